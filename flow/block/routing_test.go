package block

import (
	"testing"

	"tandem/flow"
)

// The error types in short.
const (
	anError  = flow.NoMatchingError
	atFull   = flow.QueueAtCapacity
	tooLong  = flow.ConnectionTimeLimitExceeded
	mismatch = flow.ChannelMismatch
)

func chat(w *world) { w.channel = flow.ChannelChat }
func task(w *world) { w.channel = flow.ChannelTask }

func acts(acts ...flow.Act) []flow.Act { return acts }

// full has no room in a queue, in an agent's own, and in the target queue.
func full(w *world) {
	w.full = map[string]bool{"support": true, "agent1": true}
	w.target, w.queueFull = "support", true
}

func targeted(w *world) { w.target = "support" }

func TestUpdateContactEventHooksSetsTheFlowOfOneMoment(t *testing.T) {
	both := []string{"next", anError}
	set := func(hooks string) string { return `{"EventHooks":{` + hooks + `}}` }
	runBranchCases(t, "UpdateContactEventHooks", []branchCase{
		{name: "queue", parameters: set(`"CustomerQueue":"waiting"`), branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetHook{Hook: "CustomerQueue", FlowID: "waiting"})},
		{name: "end", parameters: set(`"CustomerRemaining":"arn:x/contact-flow/inbound"`), branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetHook{Hook: "CustomerRemaining", FlowID: "inbound"})},
		{name: "attribute without value is the default", parameters: set(`"AgentWhisper":"$.Attributes.none"`), branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetHook{Hook: "AgentWhisper"})},
		{name: "none at all", parameters: `{"EventHooksConfiguration":{"AgentWhisper":{"DisableExecution":"true"}}}`, branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetHook{Hook: "AgentWhisper", Disabled: true})},
		{name: "a flow, not disabled", parameters: `{"EventHooks":{"CustomerHold":"hold"},"EventHooksConfiguration":{"CustomerHold":{"DisableExecution":"False"}}}`,
			branches: both, want: "next", outcome: "Success", wantActs: acts(flow.SetHook{Hook: "CustomerHold", FlowID: "hold"})},
		{name: "a flow of another type", parameters: set(`"CustomerHold":"waiting"`), branches: both, want: anError, outcome: anError},
		{name: "no such flow", parameters: set(`"CustomerQueue":"gone"`), branches: both, want: anError, outcome: anError},
		{name: "hold on a chat", parameters: set(`"CustomerHold":"hold"`), branches: both, world: chat, want: anError, outcome: anError},
		{name: "queue on a task", parameters: set(`"CustomerQueue":"waiting"`), branches: both, world: task, want: "next", outcome: "Success",
			wantActs: acts(flow.SetHook{Hook: "CustomerQueue", FlowID: "waiting"})},
		{name: "an agent's screen", parameters: set(`"DefaultAgentUI":"inbound"`), branches: both, want: "next", outcome: "Success",
			wantActs: acts(flow.SetHook{Hook: "DefaultAgentUI", FlowID: "inbound"})},
		{name: "two moments", parameters: set(`"CustomerHold":"hold","CustomerQueue":"waiting"`), branches: both, want: anError, outcome: anError},
		{name: "no moment", parameters: `{}`, branches: both, want: anError, outcome: anError},
	})
}

func TestUpdateContactRoutingBehaviorSetsPriorityOrAge(t *testing.T) {
	next := []string{"next"}
	runBranchCases(t, "UpdateContactRoutingBehavior", []branchCase{
		{name: "priority", parameters: `{"QueuePriority":"1"}`, branches: next, want: "next", outcome: "Success", wantActs: acts(flow.SetRouting{Priority: 1})},
		{name: "priority as a number", parameters: `{"QueuePriority":9}`, branches: next, want: "next", outcome: "Success", wantActs: acts(flow.SetRouting{Priority: 9})},
		{name: "older", parameters: `{"QueueTimeAdjustmentSeconds":"600"}`, branches: next, want: "next", outcome: "Success",
			wantActs: acts(flow.SetRouting{AdjustmentSeconds: 600, Adjusts: true})},
		{name: "younger", parameters: `{"QueueTimeAdjustmentSeconds":-60}`, branches: next, world: task, want: "next", outcome: "Success",
			wantActs: acts(flow.SetRouting{AdjustmentSeconds: -60, Adjusts: true})},
		{name: "not on a chat", parameters: `{"QueuePriority":"1"}`, branches: next, world: chat, want: "next", outcome: "Success"},
		{name: "wrong", parameters: `{"QueuePriority":"0"}`, branches: next, want: "Fault", outcome: anError},
	})
}

func TestUpdateContactCallbackNumberTakesEachBranch(t *testing.T) {
	from := `{"CallbackNumber":"$.StoredCustomerInput"}`
	branches := []string{"next", flow.InvalidCallbackNumber, flow.CallbackNumberNotDialable}
	typed := func(number string) func(*world) {
		return func(w *world) { w.values["StoredCustomerInput"] = number }
	}
	runBranchCases(t, "UpdateContactCallbackNumber", []branchCase{
		{name: "a number", parameters: from, branches: branches, world: typed("+4930123456"), want: "next", outcome: "Success",
			wantActs: acts(flow.SetCallbackNumber{Number: "+4930123456"})},
		{name: "no number", parameters: from, branches: branches, world: typed("Timeout"), want: flow.InvalidCallbackNumber, outcome: flow.InvalidCallbackNumber},
		{name: "nothing typed", parameters: from, branches: branches, want: flow.InvalidCallbackNumber, outcome: flow.InvalidCallbackNumber},
		{name: "a country not allowed", parameters: from, branches: branches, world: typed("+8501234567"),
			want: flow.CallbackNumberNotDialable, outcome: flow.CallbackNumberNotDialable},
		{name: "chat", parameters: from, branches: branches, world: func(w *world) { typed("+4930123456")(w); chat(w) },
			want: flow.InvalidCallbackNumber, outcome: flow.InvalidCallbackNumber},
		{name: "no branch", parameters: from, branches: []string{"next"}, want: "Fault", outcome: flow.InvalidCallbackNumber},
	})
}

func TestCreateCallbackContactQueuesACall(t *testing.T) {
	with := func(more string) string {
		return `{"InitialCallDelaySeconds":"5","MaximumConnectionAttempts":2,"RetryDelaySeconds":"600"` + more + `}`
	}
	made := func(c flow.CreateCallback) []flow.Act {
		c.InitialDelaySeconds, c.Attempts, c.RetryDelaySeconds = 5, 2, 600
		return acts(c)
	}
	branches := []string{"next", anError}
	noNumber := func(w *world) { targeted(w); delete(w.values, "CustomerEndpoint.Address") }
	runBranchCases(t, "CreateCallbackContact", []branchCase{
		{name: "target queue", parameters: with(""), branches: branches, world: targeted, want: "next", outcome: "Success", wantActs: made(flow.CreateCallback{})},
		{name: "queue", parameters: with(`,"QueueId":"support"`), branches: branches, want: "next", outcome: "Success",
			wantActs: made(flow.CreateCallback{QueueID: "support"})},
		{name: "agent", parameters: with(`,"AgentId":"agent1"`), branches: branches, want: "next", outcome: "Success",
			wantActs: made(flow.CreateCallback{AgentID: "agent1"})},
		{name: "customer first", parameters: with(`,"QueueId":"support","ContactFlowId":"inbound","CallerId":"+15550199"`), branches: branches,
			want: "next", outcome: "Success", wantActs: made(flow.CreateCallback{QueueID: "support", FlowID: "inbound", CallerID: "+15550199"})},
		{name: "number that was set", parameters: with(""), branches: branches, want: "next", outcome: "Success", wantActs: made(flow.CreateCallback{}),
			world: func(w *world) { noNumber(w); w.values["CustomerCallBackPhoneNumber"] = "+4930123456" }},
		{name: "no number", parameters: with(""), branches: branches, world: noNumber, want: anError, outcome: anError},
		{name: "target queue full", parameters: with(""), branches: branches, world: full, want: anError, outcome: anError},
		{name: "queue full", parameters: with(`,"QueueId":"support"`), branches: branches, world: full, want: anError, outcome: anError},
		{name: "no target queue", parameters: with(""), branches: branches, want: anError, outcome: anError},
		{name: "no such queue", parameters: with(`,"QueueId":"$.Attributes.none"`), branches: branches, world: targeted, want: anError, outcome: anError},
		{name: "no such agent", parameters: with(`,"AgentId":"gone"`), branches: branches, want: anError, outcome: anError},
		{name: "no such flow", parameters: with(`,"QueueId":"support","ContactFlowId":"gone"`), branches: branches, want: anError, outcome: anError},
		{name: "no delays", parameters: `{"QueueId":"support"}`, branches: branches, want: anError, outcome: anError},
	})
}

func TestDequeueContactAndTransferToQueueTakesEachBranch(t *testing.T) {
	branches := []string{"next", atFull, anError}
	runBranchCases(t, "DequeueContactAndTransferToQueue", []branchCase{
		{name: "queue", parameters: `{"QueueId":"$.Attributes.queue"}`, branches: branches, want: "next", outcome: "Success",
			wantActs: acts(flow.MoveToQueue{QueueID: "support"})},
		{name: "agent", parameters: `{"AgentId":"agent1"}`, branches: branches, world: chat, want: "next", outcome: "Success",
			wantActs: acts(flow.MoveToQueue{AgentID: "agent1"})},
		{name: "target queue", parameters: `{}`, branches: branches, world: targeted, want: "next", outcome: "Success", wantActs: acts(flow.MoveToQueue{})},
		{name: "full", parameters: `{"QueueId":"support"}`, branches: branches, world: full, want: atFull, outcome: atFull},
		{name: "agent's own full", parameters: `{"AgentId":"agent1"}`, branches: branches, world: full, want: atFull, outcome: atFull},
		{name: "target queue full", parameters: `{}`, branches: branches, world: full, want: atFull, outcome: atFull},
		{name: "unknown", parameters: `{"QueueId":"gone"}`, branches: branches, want: anError, outcome: anError},
		{name: "no target queue", parameters: `{}`, branches: branches, want: anError, outcome: anError},
		{name: "two places", parameters: `{"QueueId":"support","AgentId":"agent1"}`, branches: branches, want: anError, outcome: anError},
	})
}

func TestTransferContactToAgentEndsTheFlow(t *testing.T) {
	runBranchCases(t, "TransferContactToAgent", []branchCase{
		{name: "voice", want: "TransferToAgent", outcome: "Success"},
		{name: "chat", world: chat, want: "Fault", outcome: anError},
	})
}

func TestTransferParticipantToThirdPartyTakesEachBranch(t *testing.T) {
	stay := `{"ThirdPartyPhoneNumber":"+4930123456","ThirdPartyConnectionTimeLimitSeconds":"20","ContinueFlowExecution":"True",
		"ThirdPartyDTMFDigits":"1,2#","CallerId":{"Name":"Us","Number":"+15550199"}}`
	leave := `{"ThirdPartyPhoneNumber":"$.Attributes.number","ContinueFlowExecution":"False"}`
	branches := []string{"next", flow.CallFailed, tooLong, anError}
	number := func(n string) func(*world) {
		return func(w *world) { w.values["Attributes.number"] = n }
	}
	runBranchCases(t, "TransferParticipantToThirdParty", []branchCase{
		{name: "calls and waits", parameters: stay, branches: branches, want: "wait",
			wantActs: acts(flow.Bridge{Number: "+4930123456", TimeoutSeconds: 20, Resume: true, Digits: "1,2#", CallerID: "+15550199"})},
		{name: "goes on", parameters: stay, branches: branches, resume: input(flow.InputBridgeEnded), want: "next", outcome: "Success"},
		{name: "not reached", parameters: stay, branches: branches, resume: input(flow.InputCallFailed), want: flow.CallFailed, outcome: flow.CallFailed},
		{name: "not answered", parameters: stay, branches: branches, resume: input(flow.InputCallTimeout), want: tooLong, outcome: tooLong},
		{name: "waits on for keys", parameters: stay, branches: branches, resume: digits("1"), want: "wait"},
		{name: "leaves", parameters: leave, branches: branches, world: number("+15550100"), want: "TransferOutside", outcome: "Success",
			wantActs: acts(flow.Bridge{Number: "+15550100", TimeoutSeconds: 30})},
		{name: "no number", parameters: leave, branches: branches, world: number("reception"), want: anError, outcome: anError},
		{name: "a country not allowed", parameters: leave, branches: branches, world: number("+8501234567"), want: flow.CallFailed, outcome: flow.CallFailed},
		{name: "a country not allowed, one branch", parameters: leave, branches: []string{anError}, world: number("+8501234567"), want: anError, outcome: flow.CallFailed},
		{name: "keys that are none", parameters: `{"ThirdPartyPhoneNumber":"+4930123456","ThirdPartyDTMFDigits":"$.Attributes.name"}`, branches: branches,
			want: anError, outcome: anError},
		{name: "time limit that is none", parameters: `{"ThirdPartyPhoneNumber":"+4930123456","ThirdPartyConnectionTimeoutSeconds":"$.Attributes.name"}`,
			branches: branches, want: anError, outcome: anError},
		{name: "chat", parameters: stay, branches: branches, world: chat, want: anError, outcome: anError},
		{name: "whom", parameters: `{}`, branches: branches, want: anError, outcome: anError},
	})
}

func TestTransferToFlowGoesToPublishedFlows(t *testing.T) {
	branches := []string{"next", anError}
	runBranchCases(t, "TransferToFlow", []branchCase{
		{name: "inbound", parameters: `{"ContactFlowId":"arn:x/contact-flow/inbound"}`, branches: branches, want: "EnterFlow", outcome: "Success",
			wantActs: acts(flow.EnterFlow{FlowID: "inbound"})},
		{name: "transfer", parameters: `{"ContactFlowId":"transfer"}`, branches: branches, world: task, want: "EnterFlow", outcome: "Success",
			wantActs: acts(flow.EnterFlow{FlowID: "transfer"})},
		{name: "of another type", parameters: `{"ContactFlowId":"waiting"}`, branches: branches, want: anError, outcome: anError},
		{name: "attribute without value", parameters: `{"ContactFlowId":"$.Attributes.none"}`, branches: branches, want: anError, outcome: anError},
		{name: "no branch", parameters: `{"ContactFlowId":"gone"}`, branches: []string{"next"}, want: "Fault", outcome: anError},
	})
}

func TestCompleteOutboundCallWaitsForTheCustomer(t *testing.T) {
	next := []string{"next"}
	caller := func(number string) string { return `{"CallerId":{"Number":"` + number + `"}}` }
	runBranchCases(t, "CompleteOutboundCall", []branchCase{
		{name: "number of the queue", parameters: `{}`, branches: next, want: "wait", wantActs: acts(flow.Dial{})},
		{name: "number of its own", parameters: caller("+15550199"), branches: next, want: "wait", wantActs: acts(flow.Dial{CallerID: "+15550199"})},
		{name: "number that is none", parameters: caller("$.Attributes.name"), branches: next, want: "wait", wantActs: acts(flow.Dial{})},
		{name: "answered", parameters: `{}`, branches: next, resume: input(flow.InputAnswered), want: "next", outcome: "Success"},
		{name: "not reached", parameters: `{}`, branches: next, resume: input(flow.InputCallFailed), want: "Disconnect", outcome: flow.CallFailed},
		{name: "waits on", parameters: `{}`, branches: next, resume: input(flow.InputPlayDone), want: "wait"},
		{name: "task", parameters: `{}`, branches: next, world: task, want: "next", outcome: "Success"},
	})
}

func TestUpdatePreviousContactParticipantStateHoldsOrReleases(t *testing.T) {
	state := func(s string) string { return `{"PreviousContactParticipantState":"` + s + `"}` }
	both := []string{"next", anError}
	transferred := func(w *world) { w.values["PreviousContactId"] = "c1" }
	runBranchCases(t, "UpdatePreviousContactParticipantState", []branchCase{
		{name: "agent", parameters: state("AgentOnHold"), branches: both, world: transferred, want: "next", outcome: "Success",
			wantActs: acts(flow.HoldPrevious{State: "AgentOnHold"})},
		{name: "customer", parameters: state("CustomerOnHold"), branches: both, world: transferred, want: "next", outcome: "Success",
			wantActs: acts(flow.HoldPrevious{State: "CustomerOnHold"})},
		{name: "all together", parameters: state("OffHold"), branches: both, world: transferred, want: "next", outcome: "Success",
			wantActs: acts(flow.HoldPrevious{State: "OffHold"})},
		{name: "not transferred", parameters: state("OffHold"), branches: both, want: anError, outcome: anError},
		{name: "chat", parameters: state("OffHold"), branches: both, world: func(w *world) { transferred(w); chat(w) }, want: anError, outcome: anError},
		{name: "no such state", parameters: state("Muted"), branches: both, world: transferred, want: anError, outcome: anError},
	})
}
