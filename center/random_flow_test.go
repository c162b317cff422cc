package center

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/flow/block"
	"tandem/voice"
)

// anyAct is an action that a random flow may have, with the conditions that it
// may have branches for.
type anyAct struct {
	kind, params string
	conditions   []string
	none         []string // required errors that it must not have as it is set
}

// anyActs is each block, in the ways in which it runs differently.
var anyActs = []anyAct{
	{kind: "MessageParticipant", params: `"Text":"Hello $.Attributes.k $.External.a $.Lex.IntentName $.Modules.Input.a"`},
	{kind: "MessageParticipantIteratively", params: `"Messages":[{"Text":"Music."}],"InterruptFrequencySeconds":"7"`, conditions: []string{"Equals MessagesInterrupted"}},
	{kind: "GetParticipantInput", params: `"Text":"One?","StoreInput":"False","InputTimeLimitSeconds":"5"`, conditions: []string{"Equals 1", "Equals 2"}},
	{kind: "GetParticipantInput", params: `"Text":"Number?","StoreInput":"True","InputTimeLimitSeconds":"5","InputValidation":{"CustomValidation":{"MaximumLength":"3"}}`, none: []string{flow.NoMatchingCondition}},
	{kind: "InvokeLambdaFunction", params: `"LambdaFunctionARN":"` + lookUp + `"`},
	{kind: "InvokeLambdaFunction", params: `"LambdaFunctionARN":"` + lookUp + `","InvocationType":"ASYNCHRONOUS"`},
	{kind: "InvokeLambdaFunction", params: `"LambdaFunctionARN":"arn:aws:lambda:eu-central-1:012345678901:function:$.Attributes.k"`},
	{kind: "ConnectParticipantWithLexBot", params: `"LexV2Bot":{"AliasArn":"` + botAlias + `"},"Text":"How can I help?"`, conditions: []string{"Equals Book"}},
	{kind: "ConnectParticipantWithLexBot", params: `"LexV2Bot":{"AliasArn":"` + botAlias + `"},"LexInitializationData":{"InitialMessage":"hello"}`, conditions: []string{"Equals Book"}},
	{kind: "InvokeFlowModule", params: `"FlowModuleId":"` + idOf("random module 1") + `"`},
	{kind: "InvokeFlowModule", params: `"FlowModuleId":"` + idOf("random module 2") + `"`},
	{kind: "ShowView", params: `"ViewResource":{"Id":"form"},"InvocationTimeLimitSeconds":"20"`, conditions: []string{"Equals Submit"}},
	{kind: "Wait", params: `"TimeLimitSeconds":"6","Events":["CustomerReturned"]`, conditions: []string{"Equals WaitCompleted", "Equals CustomerReturned"}},
	{kind: "Loop", params: `"LoopCount":"2"`, conditions: []string{"Equals ContinueLooping", "Equals DoneLooping"}},
	{kind: "DistributeByPercentage", conditions: []string{"NumberLessThan 31", "NumberLessThan 61"}},
	{kind: "Compare", params: `"ComparisonValue":"$.External.a"`, conditions: []string{"Equals 1"}},
	{kind: "UpdateContactAttributes", params: `"Attributes":{"k":"$.External.a"}`},
	{kind: "UpdateFlowAttributes", params: `"FlowAttributes":{"f":{"Value":"mine"}}`},
	{kind: "UpdateContactTargetQueue", params: `"QueueId":"` + idOf("BasicQueue") + `"`},
	{kind: "UpdateContactEventHooks", params: `"EventHooks":{"CustomerQueue":"` + idOf(flow.SampleCustomerQueue) + `"}`},
	{kind: "UpdateContactEventHooks", params: `"EventHooks":{"AgentWhisper":"` + idOf("random agent whisper") + `"}`},
	{kind: "UpdateContactEventHooks", params: `"EventHooks":{"CustomerWhisper":"` + idOf("random customer whisper") + `"}`},
	{kind: "UpdateContactEventHooks", params: `"EventHooks":{"CustomerRemaining":"` + idOf("random 1") + `"}`},
	{kind: "UpdateFlowLoggingBehavior", params: `"FlowLoggingBehavior":"Enabled"`},
	{kind: "GetMetricData"},
	{kind: "CheckMetricData", params: `"MetricType":"NumberOfContactsInQueue"`, conditions: []string{"NumberGreaterThan 1"}},
	{kind: "CheckHoursOfOperation", conditions: []string{"Equals True", "Equals False"}},
	{kind: "UpdateContactRoutingBehavior", params: `"QueuePriority":"3"`},
	{kind: "UpdateContactCallbackNumber", params: `"CallbackNumber":"$.CustomerEndpoint.Address"`},
	{kind: "CreateCallbackContact", params: `"InitialCallDelaySeconds":"5","MaximumConnectionAttempts":"2","RetryDelaySeconds":"5"`},
	{kind: "CreateTask", params: `"ContactFlowId":"` + idOf("direct") + `","Name":"t"`},
	{kind: "TransferParticipantToThirdParty", params: `"ThirdPartyPhoneNumber":"+4930777","ThirdPartyConnectionTimeLimitSeconds":"9","ContinueFlowExecution":"True"`},
	{kind: "DequeueContactAndTransferToQueue", params: `"QueueId":"` + idOf("BasicQueue") + `"`},
	{kind: "TransferToFlow", params: `"ContactFlowId":"` + idOf("random 1") + `"`},
	{kind: "TransferToFlow", params: `"ContactFlowId":"` + idOf("random 2") + `"`},
	{kind: "TransferContactToQueue"},
	{kind: "TransferContactToQueue"},
	{kind: "DisconnectParticipant"},
	{kind: "EndFlowExecution"},
	{kind: "EndFlowModuleExecution"},
}

// firstOfFlow is what flows of a type mostly begin with.
var firstOfFlow = map[flow.Type]string{flow.TypeContactFlow: "UpdateContactTargetQueue", flow.TypeCustomerQueue: "MessageParticipantIteratively"}

// anyFlow is a random flow of a type.
func anyFlow(rnd *rand.Rand, kind flow.Type) []act {
	blocks := block.Registry()
	var fit []anyAct
	for _, a := range anyActs {
		if b, _ := blocks.Lookup(a.kind); slices.Contains(b.FlowTypes, kind) || kind == flow.TypeModule && slices.Contains(b.FlowTypes, flow.TypeContactFlow) {
			fit = append(fit, a)
		}
	}
	name := func() string { return fmt.Sprint("a", rnd.Intn(6)) }
	var acts []act
	for i := range 6 {
		a := fit[rnd.Intn(len(fit))]
		if wanted := firstOfFlow[kind]; i == 0 && rnd.Intn(3) > 0 && wanted != "" {
			a = anyActs[slices.IndexFunc(anyActs, func(a anyAct) bool { return a.kind == wanted })]
		}
		b, _ := blocks.Lookup(a.kind)
		one := act{id: fmt.Sprint("a", i), kind: a.kind, params: a.params, to: map[string]string{}}
		for _, e := range b.Rules.RequiredErrors {
			if one.to[e] = name(); slices.Contains(a.none, e) {
				one.to[e] = none
			}
		}
		for _, c := range a.conditions {
			one.to[c] = name()
		}
		acts = append(acts, one)
	}
	return acts
}

// flowChaos is a chaos whose flows are random too, and whose functions and bots
// answer, fail, lie, answer twice or not at all.
type flowChaos struct {
	*chaos
	published int
}

// randomFlows are the names of the flows that are random.
var randomFlows = []string{"random 1", "random 2", "random module 1", "random module 2", flow.SampleCustomerQueue, "random agent whisper", "random customer whisper"}

func newFlowChaos(t *testing.T, seed int64) *flowChaos {
	c := &flowChaos{chaos: newChaos(t, seed)}
	c.must(AssociateFunction{FunctionARN: lookUp})
	c.must(AssociateBot{Bot: botAlias})
	c.settings(event.SettingsSaved{FlowLogs: true})
	c.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = c.id("number1") })
	chatProfile(c.world)
	for _, name := range randomFlows {
		c.saveFlow(name, typeOfRandom(name), map[flow.Type][]act{flow.TypeModule: {back}, flow.TypeContactFlow: {bye}}[typeOfRandom(name)]...)
	}
	for range 2 {
		c.publish()
	}
	c.saveNumber("+14155550130", "random 1")
	return c
}

// saveFlow publishes a flow; one without acts ends at once.
func (c *flowChaos) saveFlow(name string, kind flow.Type, acts ...act) {
	if len(acts) == 0 {
		acts = []act{end}
	}
	c.world.saveFlow(name, kind, acts...)
}

func typeOfRandom(name string) flow.Type {
	switch name {
	case "random module 1", "random module 2":
		return flow.TypeModule
	case flow.SampleCustomerQueue:
		return flow.TypeCustomerQueue
	case "random agent whisper":
		return flow.TypeAgentWhisper
	case "random customer whisper":
		return flow.TypeCustomerWhisper
	}
	return flow.TypeContactFlow
}

// publish makes all flows anew. Some combinations cannot be published: those
// stay as they were.
func (c *flowChaos) publish() {
	for _, name := range randomFlows {
		kind := typeOfRandom(name)
		if _, _, err := c.step(SaveFlow{Flow: c.flow(name, kind, script(anyFlow(c.rnd, kind)...))}); err == nil {
			c.published++
		}
	}
}

func (c *flowChaos) live() {
	switch c.rnd.Intn(12) {
	case 0:
		c.contacts++
		c.send(voice.Report{Kind: voice.CallArrived, Leg: c.id(fmt.Sprint("leg", c.contacts)), From: "+4930123456", To: "+14155550130"})
	case 1:
		_, _, _ = c.step(StartChat{FlowID: c.id("random 1")})
	case 2:
		_, _, _ = c.step(StartTask{FlowID: c.id("random 1"), Name: "t"})
	case 3, 4:
		c.answer()
	case 5:
		c.converse()
	case 6:
		if c.rnd.Intn(4) == 0 {
			c.publish()
		}
		c.restart()
	default:
		c.act()
	}
}

// answer lets something answer that is waited for, in one way or another.
func (c *flowChaos) answer() {
	results := []tandem.Personal{`{"a":"1"}`, `{"a":"2"}`, `{"a":{"b":1}}`, `[]`, `{`, botAsksCity, botIsDone, botIsDone}
	failure := []string{"", "", "", "no"}[c.rnd.Intn(4)]
	for _, e := range c.m.Outstanding(1) {
		times := c.rnd.Intn(3)
		for range times {
			switch e := e.(type) {
			case InvokeFunction:
				c.must(FunctionReturned{ContactID: e.ContactID, InvocationID: e.InvocationID, Result: results[c.rnd.Intn(len(results))], Failure: failure})
			case AskBot:
				c.must(BotAnswered{ContactID: e.ContactID, TurnID: e.TurnID, Answer: results[c.rnd.Intn(len(results))], Failure: failure})
			}
		}
	}
}

// converse lets the customer of a chat write, come back, or answer a view.
func (c *flowChaos) converse() {
	contact := c.anyContact()
	switch c.rnd.Intn(3) {
	case 0:
		_, _, _ = c.step(SendMessage{ContactID: contact.ContactID, Role: event.MessageFromCustomer, ContentType: plainText, Content: "hello"})
	case 1:
		_, _, _ = c.step(CustomerReturned{contact.ContactID})
	case 2:
		if mem := contact.Memory; mem != nil && mem.Shown != nil {
			c.must(AnswerView{ContactID: contact.ContactID, ShownID: mem.Shown.ShownID, Action: "Submit", Result: `{"a":1}`})
		}
	}
}

// TestRandomFlowsKeepTheInvariantsAndEveryContactEnds lives lives whose flows
// are random: every block runs in every order. After each step [world.step]
// proves what it proves of all; at the end every contact has ended, once, and
// nothing is waited for.
func TestRandomFlowsKeepTheInvariantsAndEveryContactEnds(t *testing.T) {
	lives, steps := 40, 300
	if testing.Short() {
		lives = 8
	}
	ran, published := map[string]int{}, 0
	for seed := range lives {
		c := newFlowChaos(t, int64(seed))
		for range steps {
			c.live()
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		c.finish()
		c.checkLives(seed)
		published += c.published
		for i := range c.records {
			for _, ev := range c.records[i].Events {
				if b, ok := ev.(*event.FlowBlockRan); ok {
					ran[b.Type]++
				}
			}
		}
	}
	if published < 5*lives {
		t.Errorf("only %d flows could be published", published)
	}
	for _, a := range anyActs {
		if ran[a.kind] == 0 && !testing.Short() {
			t.Errorf("%s never ran", a.kind)
		}
	}
	t.Logf("%d flows, blocks that ran: %v", published, ran)
}

// TestFunctionsAreForgottenWithTheirContact holds that nothing is handed out for
// contacts that are gone.
func TestFunctionsAreForgottenWithTheirContact(t *testing.T) {
	w := functionWorld(t, ask("note", `"InvocationType":"ASYNCHRONOUS"`), bye)
	c := w.arrives("c1")
	w.wait(time.Minute)
	w.must(EraseSubject{c.ContactID})
	w.wait(tandem.TombstoneMillis * time.Millisecond)
	if len(w.m.state.Contacts) != 0 || len(w.m.Outstanding(1)) != 0 {
		t.Errorf("%d contacts, %d outstanding", len(w.m.state.Contacts), len(w.m.Outstanding(1)))
	}
}
