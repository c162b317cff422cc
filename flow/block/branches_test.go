package block

import (
	"testing"

	"tandem/flow"

	"github.com/google/go-cmp/cmp"
)

// branchCase is one way through a block: entered, perhaps resumed, and left.
type branchCase struct {
	name       string
	parameters string
	branches   []string
	world      func(*world)
	resume     *flow.Input // after the block has entered and waits
	wantActs   []flow.Act  // of the last step
	want       string      // the branch taken: "next", an error type, "=operand"; or an End
	outcome    string
}

func runBranchCases(t *testing.T, actionType string, cases []branchCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			if c.world != nil {
				c.world(w)
			}
			program := flowOf(t, actionType, c.parameters, c.branches...)
			r := program.Step(program.Start(), flow.Input{Kind: flow.InputStart}, w)
			if c.resume != nil {
				if r.Wait == nil {
					t.Fatalf("entered: %+v, want a wait", r)
				}
				r = program.Step(r.Next, *c.resume, w)
			}
			if diff := cmp.Diff(c.wantActs, r.Acts); diff != "" {
				t.Errorf("acts (-want +got):\n%s", diff)
			}
			noteTaken(actionType, taken(r))
			if got := taken(r); got != c.want {
				t.Errorf("went to %q, want %q (%+v)", got, c.want, r)
			}
			if r.Outcome != c.outcome {
				t.Errorf("outcome %q, want %q", r.Outcome, c.outcome)
			}
			if r.ActionID != "A" || r.Type != actionType {
				t.Errorf("ran %q of type %q, want A of type %s", r.ActionID, r.Type, actionType)
			}
		})
	}
}

func taken(r flow.Result) string {
	switch {
	case r.End != flow.EndNone:
		return string(r.End)
	case r.Wait != nil:
		return "wait"
	}
	return r.Next.ActionID
}

func input(kind flow.InputKind) *flow.Input { return &flow.Input{Kind: kind} }
func digits(keys string) *flow.Input        { return &flow.Input{Kind: flow.InputDigits, Digits: keys} }

func prompts(items ...flow.Prompt) []flow.Act { return []flow.Act{flow.Play{Items: items}} }

func channel(name string) func(*world) { return func(w *world) { w.channel = name } }

func TestMessageParticipantTakesEachBranch(t *testing.T) {
	text, both := `{"Text":"Hello $.Attributes.name"}`, []string{"next", "NoMatchingError"}
	runBranchCases(t, "MessageParticipant", []branchCase{
		{name: "plays text", parameters: text, branches: both, want: "wait",
			wantActs: prompts(flow.Prompt{Text: "Hello Ann & Bo"})},
		{name: "escapes values in SSML", parameters: `{"SSML":"<speak>Hi $.Attributes.name</speak>"}`, branches: both, want: "wait",
			wantActs: prompts(flow.Prompt{SSML: "<speak>Hi Ann &amp; Bo</speak>"})},
		{name: "plays a prompt by ARN", parameters: `{"PromptId":"arn:aws:connect:eu:1:instance/i/prompt/beep"}`, branches: both, want: "wait",
			wantActs: prompts(flow.Prompt{PromptID: "beep"})},
		{name: "goes on when played", parameters: text, branches: both, resume: input(flow.InputPlayDone), want: "next", outcome: "Success"},
		{name: "takes the error branch when it cannot be played", parameters: text, branches: both,
			resume: input(flow.InputPlayFailed), want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "goes on after a failure without error branch", parameters: text, branches: []string{"next"},
			resume: input(flow.InputPlayFailed), want: "next", outcome: "NoMatchingError"},
		{name: "keeps waiting on keys", parameters: text, branches: both, resume: digits("1"), want: "wait"},
		{name: "does nothing on a task", parameters: text, branches: both, world: channel(flow.ChannelTask), want: "next", outcome: "Success"},
		{name: "does nothing on an e-mail", parameters: text, branches: both, world: channel(flow.ChannelEmail), want: "next", outcome: "Success"},
		{name: "goes on when nothing is left to say", parameters: `{"Text":"$.Attributes.none"}`, branches: both, want: "next", outcome: "Success"},
		{name: "errs on a prompt without id", parameters: `{"PromptId":"$.Attributes.none"}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "errs without parameters", parameters: ``, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "faults with nowhere to go", parameters: text, resume: input(flow.InputPlayDone), want: "Fault", outcome: "Success"},
	})
}

func TestMessageParticipantIterativelyTakesEachBranch(t *testing.T) {
	list := `{"Messages":[{"Text":"Please wait"},{"PromptId":"music"}]}`
	interrupted := `{"Messages":[{"PromptId":"music"}],"InterruptFrequencySeconds":"30"}`
	playedOn := `{"Messages":[{"PromptId":"music"}],"InterruptFrequencySeconds":30,"ContinueMessagingDuringInterrupt":true}`
	branches := []string{"next", "NoMatchingError", "=MessagesInterrupted"}
	runBranchCases(t, "MessageParticipantIteratively", []branchCase{
		{name: "loops its list", parameters: list, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.Play{Loop: true, Items: []flow.Prompt{{Text: "Please wait"}, {PromptID: "music"}}}}},
		{name: "is interrupted and stops playing", parameters: interrupted, branches: branches, resume: input(flow.InputInterrupted),
			want: "=MessagesInterrupted", outcome: "MessagesInterrupted", wantActs: []flow.Act{flow.StopPlay{}}},
		{name: "is interrupted and plays on", parameters: playedOn, branches: branches, resume: input(flow.InputInterrupted),
			want: "=MessagesInterrupted", outcome: "MessagesInterrupted"},
		{name: "waits on when no interruption is due", parameters: list, branches: branches, resume: input(flow.InputInterrupted), want: "wait"},
		{name: "errs when it cannot be played", parameters: list, branches: branches, resume: input(flow.InputPlayFailed),
			want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "errs on chat", parameters: list, branches: branches, world: channel(flow.ChannelChat), want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "faults without error branch", parameters: list, world: channel(flow.ChannelChat), want: "Fault", outcome: "NoMatchingError"},
		{name: "errs when nothing is left to say", parameters: `{"Messages":[{"Text":"$.Attributes.none"}]}`, branches: branches,
			want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "errs without messages", parameters: `{}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}

func TestGetParticipantInputTakesTheBranchOfTheKey(t *testing.T) {
	menu := `{"Text":"Press 1","StoreInput":"False","InputTimeLimitSeconds":"5"}`
	branches := []string{"next", "NoMatchingError", "NoMatchingCondition", "InputTimeLimitExceeded", "=1", "=#"}
	runBranchCases(t, "GetParticipantInput", []branchCase{
		{name: "plays and collects one key", parameters: menu, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.Play{Items: []flow.Prompt{{Text: "Press 1"}},
				Collect: &flow.Collect{MaxDigits: 1, FirstDigitTimeoutMillis: 5000}}}},
		{name: "key 1", parameters: menu, branches: branches, resume: digits("1"), want: "=1", outcome: "1"},
		{name: "key #", parameters: menu, branches: branches, resume: digits("#"), want: "=#", outcome: "#"},
		{name: "another key", parameters: menu, branches: branches, resume: digits("7"), want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
		{name: "no key", parameters: menu, branches: branches, resume: input(flow.InputTimeout), want: "InputTimeLimitExceeded", outcome: "Timeout"},
		{name: "no key and no branch for it", parameters: menu, branches: []string{"NoMatchingError"}, resume: input(flow.InputTimeout),
			want: "NoMatchingError", outcome: "Timeout"},
		{name: "prompt fails", parameters: menu, branches: branches, resume: input(flow.InputPlayFailed), want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "prompt done, still collecting", parameters: menu, branches: branches, resume: input(flow.InputPlayDone), want: "wait"},
		{name: "chat", parameters: menu, branches: branches, world: channel(flow.ChannelChat), want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "asks in silence when nothing is left to say", parameters: `{"Text":"$.Attributes.none","InputTimeLimitSeconds":5}`, branches: branches,
			want: "wait", wantActs: []flow.Act{flow.Play{Collect: &flow.Collect{MaxDigits: 1, FirstDigitTimeoutMillis: 5000}}}},
		{name: "no time limit", parameters: `{"Text":"Press 1"}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}

func TestGetParticipantInputStoresKeys(t *testing.T) {
	plain := `{"Text":"Your number?","StoreInput":"True","InputTimeLimitSeconds":"7","InputValidation":{"CustomValidation":{"MaximumLength":"10"}}}`
	tuned := `{"Text":"Your number?","StoreInput":true,"InputTimeLimitSeconds":7,"InputValidation":{"CustomValidation":{"MaximumLength":4}},
		"DTMFConfiguration":{"InputTerminationSequence":"**","DisableCancelKey":"True","InterdigitTimeLimitSeconds":"2"}}`
	encrypted := `{"Text":"Your number?","StoreInput":"True","InputTimeLimitSeconds":"7","InputEncryption":{"EncryptionKeyId":"k","Key":"c"},
		"InputValidation":{"CustomValidation":{"MaximumLength":"10"}}}`
	question := []flow.Prompt{{Text: "Your number?"}}
	branches := []string{"next", "NoMatchingError"}
	stored := func(value string) []flow.Act { return []flow.Act{flow.SetStoredInput{Value: value}} }
	runBranchCases(t, "GetParticipantInput", []branchCase{
		{name: "collects with the usual keys", parameters: plain, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.Play{Items: question, Collect: &flow.Collect{MaxDigits: 10, FirstDigitTimeoutMillis: 7000,
				InterDigitTimeoutMillis: 5000, Terminator: "#", CancelKey: "*"}}}},
		{name: "collects with other keys", parameters: tuned, branches: branches, want: "wait",
			wantActs: []flow.Act{flow.Play{Items: question, Collect: &flow.Collect{MaxDigits: 4, FirstDigitTimeoutMillis: 7000,
				InterDigitTimeoutMillis: 2000, Terminator: "**"}}}},
		{name: "stores keys", parameters: plain, branches: branches, resume: digits("123"), want: "next", outcome: "Success", wantActs: stored("123")},
		{name: "no key is a success", parameters: plain, branches: branches, resume: input(flow.InputTimeout), want: "next",
			outcome: "Timeout", wantActs: stored("Timeout")},
		{name: "never collects in the clear what was to be encrypted", parameters: encrypted, branches: branches,
			want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}

func TestCompareTakesTheFirstConditionThatHolds(t *testing.T) {
	name := `{"ComparisonValue":"$.Attributes.name"}`
	runBranchCases(t, "Compare", []branchCase{
		{name: "equal", parameters: name, branches: []string{"=x", "=Ann & Bo", "NoMatchingCondition"}, want: "=Ann & Bo", outcome: "Ann & Bo"},
		{name: "case matters", parameters: name, branches: []string{"=ann & bo", "NoMatchingCondition"}, want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
		{name: "operand from an attribute", parameters: name, branches: []string{"=$.Attributes.name"}, want: "=$.Attributes.name", outcome: "$.Attributes.name"},
		{name: "attribute without value", parameters: `{"ComparisonValue":"$.Attributes.none"}`, branches: []string{"=x", "NoMatchingCondition"},
			want: "NoMatchingCondition", outcome: "NoMatchingCondition"},
		{name: "falls to next without branch", parameters: name, branches: []string{"=x", "next"}, want: "next", outcome: "NoMatchingCondition"},
		{name: "faults with nowhere to go", parameters: name, branches: []string{"=x"}, want: "Fault", outcome: "NoMatchingCondition"},
	})
}

func TestUpdateContactAttributesSetsAllOrNone(t *testing.T) {
	both := []string{"next", "NoMatchingError"}
	runBranchCases(t, "UpdateContactAttributes", []branchCase{
		{name: "sets", parameters: `{"Attributes":{"who":"$.CustomerEndpoint.Address","n":5},"TargetContact":"Current"}`, branches: both, want: "next", outcome: "Success",
			wantActs: []flow.Act{flow.SetAttributes{Attributes: map[string]string{"who": "+15550100", "n": "5"}}}},
		{name: "a bad name", parameters: `{"Attributes":{"a.b":"x","ok":"y"}}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "too large", parameters: `{"Attributes":{"a":"$.Attributes.big"}}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError",
			world: func(w *world) { w.values["Attributes.big"] = string(make([]byte, maxAttributeBytes)) }},
		{name: "another contact", parameters: `{"Attributes":{"a":"b"},"TargetContact":"Related"}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "none given", parameters: `{}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}

func TestUpdateContactTargetQueueTakesIDsARNsAndAttributes(t *testing.T) {
	both := []string{"next", "NoMatchingError"}
	set := []flow.Act{flow.SetTargetQueue{QueueID: "support"}}
	runBranchCases(t, "UpdateContactTargetQueue", []branchCase{
		{name: "id", parameters: `{"QueueId":"support"}`, branches: both, want: "next", outcome: "Success", wantActs: set},
		{name: "ARN", parameters: `{"QueueId":"arn:aws:connect:eu:1:instance/i/queue/support"}`, branches: both, want: "next", outcome: "Success", wantActs: set},
		{name: "attribute", parameters: `{"QueueId":"$.Attributes.queue"}`, branches: both, want: "next", outcome: "Success", wantActs: set},
		{name: "unknown queue", parameters: `{"QueueId":"gone"}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "attribute without value", parameters: `{"QueueId":"$.Attributes.none"}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "an agent's queue", parameters: `{"AgentId":"agent1"}`, branches: both, want: "next", outcome: "Success",
			wantActs: []flow.Act{flow.SetTargetAgent{UserID: "agent1"}}},
		{name: "an unknown agent", parameters: `{"AgentId":"gone"}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "both", parameters: `{"QueueId":"support","AgentId":"agent1"}`, branches: both, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "no error branch", parameters: `{"QueueId":"gone"}`, branches: []string{"next"}, want: "Fault", outcome: "NoMatchingError"},
	})
}

func TestUpdateContactRecordingBehaviorNeverFails(t *testing.T) {
	record := func(list string) string { return `{"RecordingBehavior":{"RecordedParticipants":` + list + `}}` }
	next := []string{"next"}
	runBranchCases(t, "UpdateContactRecordingBehavior", []branchCase{
		{name: "both", parameters: record(`["Agent","Customer"]`), branches: next, want: "next", outcome: "Success",
			wantActs: []flow.Act{flow.SetRecording{Agent: true, Customer: true}}},
		{name: "agent", parameters: record(`["Agent"]`), branches: next, want: "next", outcome: "Success", wantActs: []flow.Act{flow.SetRecording{Agent: true}}},
		{name: "off", parameters: record(`[]`), branches: next, want: "next", outcome: "Success", wantActs: []flow.Act{flow.SetRecording{}}},
		{name: "task", parameters: record(`["Agent"]`), branches: next, world: channel(flow.ChannelTask), want: "next", outcome: "Success"},
		{name: "says nothing", parameters: `{}`, branches: next, want: "next", outcome: "Success"},
	})
}

func TestCheckHoursOfOperationTakesEachBranch(t *testing.T) {
	branches := []string{"=True", "=False", "NoMatchingError"}
	runBranchCases(t, "CheckHoursOfOperation", []branchCase{
		{name: "open", parameters: `{"HoursOfOperationId":"open"}`, branches: branches, want: "=True", outcome: "True"},
		{name: "closed", parameters: `{"HoursOfOperationId":"x/closed"}`, branches: branches, want: "=False", outcome: "False"},
		{name: "unknown", parameters: `{"HoursOfOperationId":"gone"}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "of the target queue", parameters: `{}`, branches: branches, want: "=True", outcome: "True", world: func(w *world) { w.hours[""] = true }},
		{name: "no target queue", parameters: `{}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "attribute without value is not the target queue", parameters: `{"HoursOfOperationId":"$.Attributes.none"}`, branches: branches,
			world: func(w *world) { w.hours[""] = true }, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "closed, console's mirror", parameters: `{"HoursOfOperationId":"closed"}`, branches: []string{"=True", "next"}, want: "next", outcome: "False"},
	})
}

func TestTransferContactToQueueTakesEachBranch(t *testing.T) {
	branches := []string{"next", "QueueAtCapacity", "NoMatchingError"}
	runBranchCases(t, "TransferContactToQueue", []branchCase{
		{name: "room", branches: branches, world: targeted, want: "TransferToQueue", outcome: "Success"},
		{name: "full", branches: branches, world: full, want: "QueueAtCapacity", outcome: "QueueAtCapacity"},
		{name: "full, no branch for it", branches: []string{"NoMatchingError"}, world: full, want: "NoMatchingError", outcome: "QueueAtCapacity"},
		{name: "no queue set", branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}

func TestEndingBlocksEndTheFlow(t *testing.T) {
	runBranchCases(t, "DisconnectParticipant", []branchCase{{name: "disconnects", want: "Disconnect", outcome: "Success"}})
	runBranchCases(t, "EndFlowExecution", []branchCase{{name: "ends the flow", want: "EndFlow", outcome: "Success"}})
}

func TestUnknownActionTakesItsErrorBranch(t *testing.T) {
	runBranchCases(t, "ShowView", []branchCase{
		{name: "branch", parameters: `{"Name":"x"}`, branches: []string{"next", "NoMatchingError"}, want: "NoMatchingError", outcome: "NoMatchingError"},
		{name: "no branch", branches: []string{"next"}, want: "Fault", outcome: "NoMatchingError"},
	})
}
