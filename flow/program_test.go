package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"

	"github.com/google/go-cmp/cmp"
)

// center is an Env with one queue; it remembers what flows have done.
type center struct {
	channel  string
	open     bool
	full     bool
	noQueues bool
	agents   int64 // every metric
	target   string
	values   map[string]string
}

func (c *center) Channel() string { return c.channel }
func (c *center) Value(path ...string) (string, bool) {
	value, ok := c.values[strings.Join(path, ".")]
	return value, ok
}
func (c *center) HoursOpen(id string) (open, known bool) { return c.open, id != "" || c.target != "" }
func (c *center) QueueKnown(string) bool                 { return !c.noQueues }
func (c *center) QueueHasRoom() (room, known bool)       { return !c.full, c.target != "" }

func (c *center) HasRoom(string) (room, known bool)   { return !c.full, !c.noQueues }
func (c *center) AgentKnown(string) bool              { return !c.noQueues }
func (c *center) FlowKnown(string, ...flow.Type) bool { return c.open }
func (c *center) Percent() int                        { return 50 }
func (c *center) Dialable(number string) (ok, allowed bool) {
	return strings.HasPrefix(number, "+"), c.open
}

func (c *center) Metric(_ flow.MetricName, queueID, agentID string) (n int64, known bool) {
	return c.agents, queueID+agentID+c.target != ""
}

func (c *center) carryOut(acts []flow.Act) {
	for _, act := range acts {
		switch act := act.(type) {
		case flow.SetTargetQueue:
			c.target = act.QueueID
		case flow.SetAttributes:
			for name, value := range act.Attributes {
				c.values["Attributes."+name] = value
			}
		case flow.SetStoredInput:
			c.values["StoredCustomerInput"] = act.Value
		}
	}
}

func compile(t testing.TB, content string) *flow.Program {
	t.Helper()
	doc, err := flow.Parse([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return flow.Compile(doc, block.Registry())
}

// story runs a program, feeding it one input at each wait, and tells each step as
// "block: outcome"; waits tell what is played.
func story(program *flow.Program, env *center, inputs ...flow.Input) []string {
	var told []string
	at, in := program.Start(), flow.Input{Kind: flow.InputStart}
	for range flow.MaxSteps {
		r := program.Step(at, in, env)
		env.carryOut(r.Acts)
		at, in = r.Next, flow.Input{Kind: flow.InputStart}
		switch {
		case r.End != flow.EndNone:
			return append(told, fmt.Sprintf("%s: %s, %s", r.ActionID, r.Outcome, r.End))
		case r.Wait != nil:
			told = append(told, r.ActionID+": waits")
			if len(inputs) == 0 {
				return told
			}
			in, inputs = inputs[0], inputs[1:]
		default:
			told = append(told, r.ActionID+": "+r.Outcome)
		}
	}
	return append(told, "runs in a circle")
}

func sample(t *testing.T, name string) string {
	t.Helper()
	for _, s := range flow.Samples() {
		if s.Name == name {
			content, err := s.Fill(map[string]string{flow.PlaceholderQueue: `arn:x/queue/"basic"`, flow.PlaceholderMusic: "music"})
			if err != nil {
				t.Fatal(err)
			}
			return content
		}
	}
	t.Fatalf("no sample %q", name)
	return ""
}

func TestSamplesCanBePublished(t *testing.T) {
	for _, s := range flow.Samples() {
		content := sample(t, s.Name)
		if strings.Contains(content, "${") {
			t.Errorf("%s: a placeholder is left", s.Name)
		}
		doc, err := flow.Parse([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if problems := flow.Validate(doc, s.Type, block.Registry(), nil); len(problems) > 0 {
			t.Errorf("%s: %v", s.Name, problems)
		}
		if _, err := s.Fill(nil); (err == nil) != (len(s.Placeholders) == 0) {
			t.Errorf("%s, with %d placeholders: filled without values, error %v", s.Name, len(s.Placeholders), err)
		}
		if s.Description == "" {
			t.Errorf("%s: no description", s.Name)
		}
	}
}

func TestSampleInboundFlowTellsItsStories(t *testing.T) {
	done, one := flow.Input{Kind: flow.InputPlayDone}, flow.Input{Kind: flow.InputDigits, Digits: "1"}
	begin := []string{"Greeting: waits", "Greeting: Success", "Menu: waits"}
	chosen := append(begin, "Menu: 1", "Choose queue: Success")
	cases := []struct {
		name   string
		center center
		inputs []flow.Input
		want   []string
	}{
		{"to the queue", center{open: true}, []flow.Input{done, one},
			append(chosen, "Check hours: True", "Record: Success", "To queue: Success, TransferToQueue")},
		{"closed", center{}, []flow.Input{done, one, done},
			append(chosen, "Check hours: False", "Closed: waits", "Closed: Success", "Hang up: Success, Disconnect")},
		{"full", center{open: true, full: true}, []flow.Input{done, one, done},
			append(chosen, "Check hours: True", "Record: Success", "To queue: QueueAtCapacity",
				"Queue full: waits", "Queue full: Success", "Hang up: Success, Disconnect")},
		{"queue is gone", center{noQueues: true}, []flow.Input{done, one, done},
			append(begin, "Menu: 1", "Choose queue: NoMatchingError", "Trouble: waits", "Trouble: Success", "Hang up: Success, Disconnect")},
		{"no key", center{}, []flow.Input{done, {Kind: flow.InputTimeout}, done},
			append(begin, "Menu: Timeout", "No choice: waits", "No choice: Success", "Hang up: Success, Disconnect")},
		{"wrong key", center{}, []flow.Input{done, {Kind: flow.InputDigits, Digits: "9"}, {Kind: flow.InputPlayFailed}},
			append(begin, "Menu: NoMatchingCondition", "No choice: waits", "No choice: NoMatchingError", "Hang up: Success, Disconnect")},
	}
	program := compile(t, sample(t, flow.SampleInbound))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.center.channel = flow.ChannelVoice
			if diff := cmp.Diff(c.want, story(program, &c.center, c.inputs...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultCustomerQueueLoopsThanksAndMusic(t *testing.T) {
	program := compile(t, sample(t, flow.SampleCustomerQueue))
	r := program.Step(program.Start(), flow.Input{Kind: flow.InputStart}, &center{channel: flow.ChannelVoice})
	play, ok := r.Acts[0].(flow.Play)
	if !ok || !play.Loop || len(play.Items) != 2 || play.Items[0].Text == "" || play.Items[1].PromptID != "music" {
		t.Errorf("acts %+v", r.Acts)
	}
	if r.Wait == nil || r.Wait.DeadlineMillis != 0 {
		t.Errorf("wait %+v, want one without deadline", r.Wait)
	}
}

func TestDefaultFlowsTellTheirStories(t *testing.T) {
	done := flow.Input{Kind: flow.InputPlayDone}
	closed := "Closed: waits"
	cases := []struct {
		sample string
		center center
		inputs []flow.Input
		want   []string
	}{
		{flow.SampleAgentHold, center{}, nil, []string{"Hold: waits"}},
		{flow.SampleCustomerHold, center{}, nil, []string{"Hold: waits"}},
		{flow.SampleAgentTransfer, center{}, []flow.Input{done}, []string{"Announce: waits", "Announce: Success", "To agent: Success, TransferToAgent"}},
		{flow.SampleAgentWhisper, center{values: map[string]string{"Queue.Name": "Support"}}, []flow.Input{done},
			[]string{"Say queue: waits", "Say queue: Success", "End: Success, EndFlow"}},
		{flow.SampleAgentWhisper, center{}, nil, []string{"Say queue: Success", "End: Success, EndFlow"}},
		{flow.SampleCustomerWhisper, center{}, []flow.Input{{Kind: flow.InputPlayFailed}}, []string{"Beep: waits", "Beep: NoMatchingError", "End: Success, EndFlow"}},
		{flow.SampleOutbound, center{}, []flow.Input{{Kind: flow.InputAnswered}},
			[]string{"Record nobody: Success", "Call: waits", "Call: Success", "End: Success, EndFlow"}},
		{flow.SampleQueueTransfer, center{target: "q", open: true, agents: 1}, nil,
			[]string{"Check hours: True", "Check staff: NumberGreaterThan 0", "To queue: Success, TransferToQueue"}},
		{flow.SampleQueueTransfer, center{target: "q"}, []flow.Input{done},
			[]string{"Check hours: False", closed, "Closed: Success", "Hang up: Success, Disconnect"}},
		{flow.SampleQueueTransfer, center{target: "q", open: true}, []flow.Input{done},
			[]string{"Check hours: True", "Check staff: NoMatchingCondition", "Nobody there: waits", "Nobody there: Success", "Hang up: Success, Disconnect"}},
		{flow.SampleQueueTransfer, center{target: "q", open: true, agents: 1, full: true}, []flow.Input{done},
			[]string{"Check hours: True", "Check staff: NumberGreaterThan 0", "To queue: QueueAtCapacity", "Queue full: waits", "Queue full: Success", "Hang up: Success, Disconnect"}},
		{flow.SampleQueueTransfer, center{}, []flow.Input{done},
			[]string{"Check hours: NoMatchingError", "To queue: NoMatchingError", "Trouble: waits", "Trouble: Success", "Hang up: Success, Disconnect"}},
	}
	for _, c := range cases {
		c.center.channel = flow.ChannelVoice
		if diff := cmp.Diff(c.want, story(compile(t, sample(t, c.sample)), &c.center, c.inputs...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sample, diff)
		}
	}
}

// interruptedQueue is interrupted each 20 seconds to say something and go on.
const interruptedQueue = `{"Version":"2019-10-30","StartAction":"loop","Actions":[
	{"Identifier":"loop","Type":"MessageParticipantIteratively",
	 "Parameters":{"Messages":[{"PromptId":"music"}],"InterruptFrequencySeconds":"20"},
	 "Transitions":{"NextAction":"say","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}],
	  "Conditions":[{"NextAction":"say","Condition":{"Operator":"Equals","Operands":["MessagesInterrupted"]}}]}},
	{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"Soon."},"Transitions":{"NextAction":"end"}},
	{"Identifier":"end","Type":"EndFlowExecution"}]}`

func TestEndFlowReturnsToTheInterruptedLoop(t *testing.T) {
	interrupted, done := flow.Input{Kind: flow.InputInterrupted}, flow.Input{Kind: flow.InputPlayDone}
	got := story(compile(t, interruptedQueue), &center{channel: flow.ChannelVoice}, interrupted, done, interrupted, done, flow.Input{Kind: flow.InputPlayFailed})
	want := []string{"loop: waits", "loop: MessagesInterrupted", "say: waits", "say: Success", "end: Success",
		"loop: waits", "loop: MessagesInterrupted", "say: waits", "say: Success", "end: Success",
		"loop: waits", "loop: NoMatchingError", "end: Success, EndFlow"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoopEnteredAnewForgetsItsInterruption(t *testing.T) {
	direct := strings.Replace(interruptedQueue, `"Parameters":{"Text":"Soon."},"Transitions":{"NextAction":"end"}`,
		`"Parameters":{"Text":"Soon."},"Transitions":{"NextAction":"loop"}`, 1)
	interrupted, done, failed := flow.Input{Kind: flow.InputInterrupted}, flow.Input{Kind: flow.InputPlayDone}, flow.Input{Kind: flow.InputPlayFailed}
	got := story(compile(t, direct), &center{channel: flow.ChannelVoice}, interrupted, done, failed)
	want := []string{"loop: waits", "loop: MessagesInterrupted", "say: waits", "say: Success",
		"loop: waits", "loop: NoMatchingError", "end: Success, EndFlow"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A loop of two rounds inside one of three; the inner one counts anew each time.
const nestedLoops = `{"Version":"2019-10-30","StartAction":"outer","Actions":[
	{"Identifier":"outer","Type":"Loop","Parameters":{"LoopCount":"3"},"Transitions":{"NextAction":"end","Conditions":[
		{"NextAction":"inner","Condition":{"Operator":"Equals","Operands":["ContinueLooping"]}},
		{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["DoneLooping"]}}]}},
	{"Identifier":"inner","Type":"Loop","Parameters":{"LoopCount":2},"Transitions":{"NextAction":"outer","Conditions":[
		{"NextAction":"inner","Condition":{"Operator":"Equals","Operands":["ContinueLooping"]}},
		{"NextAction":"outer","Condition":{"Operator":"Equals","Operands":["DoneLooping"]}}]}},
	{"Identifier":"end","Type":"EndFlowExecution"}]}`

func TestLoopsCountEachForItselfAndAnewWhenDone(t *testing.T) {
	got := story(compile(t, nestedLoops), &center{channel: flow.ChannelVoice})
	var want []string
	for range 3 {
		want = append(want, "outer: ContinueLooping", "inner: ContinueLooping", "inner: ContinueLooping", "inner: DoneLooping")
	}
	want = append(want, "outer: DoneLooping", "end: Success, EndFlow")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// countedQueue says something at each of the first two interruptions, and moves
// the customer to another queue at the third.
const countedQueue = `{"Version":"2019-10-30","StartAction":"music","Actions":[
	{"Identifier":"music","Type":"MessageParticipantIteratively",
	 "Parameters":{"Messages":[{"PromptId":"music"}],"InterruptFrequencySeconds":"20"},
	 "Transitions":{"Conditions":[{"NextAction":"count","Condition":{"Operator":"Equals","Operands":["MessagesInterrupted"]}}]}},
	{"Identifier":"count","Type":"Loop","Parameters":{"LoopCount":"2"},"Transitions":{"NextAction":"move","Conditions":[
		{"NextAction":"say","Condition":{"Operator":"Equals","Operands":["ContinueLooping"]}},
		{"NextAction":"move","Condition":{"Operator":"Equals","Operands":["DoneLooping"]}}]}},
	{"Identifier":"say","Type":"MessageParticipant","Parameters":{"Text":"Soon."},"Transitions":{"NextAction":"end"}},
	{"Identifier":"move","Type":"DequeueContactAndTransferToQueue","Parameters":{"QueueId":"other"},"Transitions":{"NextAction":"end",
	 "Errors":[{"ErrorType":"QueueAtCapacity","NextAction":"end"},{"ErrorType":"NoMatchingError","NextAction":"end"}]}},
	{"Identifier":"end","Type":"EndFlowExecution"}]}`

func TestLoopCountsOnOverInterruptions(t *testing.T) {
	interrupted, done := flow.Input{Kind: flow.InputInterrupted}, flow.Input{Kind: flow.InputPlayDone}
	got := story(compile(t, countedQueue), &center{channel: flow.ChannelVoice}, interrupted, done, interrupted, done, interrupted)
	round := []string{"music: waits", "music: MessagesInterrupted", "count: ContinueLooping", "say: waits", "say: Success", "end: Success"}
	want := append(append([]string{}, round...), round...)
	want = append(want, "music: waits", "music: MessagesInterrupted", "count: DoneLooping", "move: Success", "end: Success", "music: waits")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPositionCarriesCountsAndInterruptedLoop(t *testing.T) {
	env := &center{channel: flow.ChannelVoice}
	r := compile(t, countedQueue).Step(flow.Position{ActionID: "count", ReturnTo: "music"}, flow.Input{Kind: flow.InputStart}, env)
	if want := (flow.Position{ActionID: "say", ReturnTo: "1=1;music"}); r.Next != want {
		t.Fatalf("next %+v, want %+v", r.Next, want)
	}
	r = compile(t, countedQueue).Step(flow.Position{ActionID: "end", ReturnTo: r.Next.ReturnTo}, flow.Input{Kind: flow.InputStart}, env)
	if want := (flow.Position{ActionID: "music", ReturnTo: "1=1;"}); r.Next != want {
		t.Errorf("next %+v, want %+v", r.Next, want)
	}
}

func TestFirstOfTwoActionsWithOneIdentifierCounts(t *testing.T) {
	program := compile(t, `{"StartAction":"a","Actions":[{"Identifier":"a","Type":"DisconnectParticipant"},{"Identifier":"a","Type":"EndFlowExecution"}]}`)
	if got := story(program, &center{}); got[0] != "a: Success, Disconnect" {
		t.Errorf("got %q", got)
	}
}

func TestPositionAloneCarriesAFlowOverARestart(t *testing.T) {
	env := &center{channel: flow.ChannelVoice}
	at := flow.Position{ActionID: "say", ReturnTo: "loop"}
	r := compile(t, interruptedQueue).Step(at, flow.Input{Kind: flow.InputPlayDone}, env)
	if want := (flow.Position{ActionID: "end", ReturnTo: "loop"}); r.Next != want {
		t.Fatalf("next %+v, want %+v", r.Next, want)
	}
	r = compile(t, interruptedQueue).Step(r.Next, flow.Input{Kind: flow.InputStart}, env)
	if want := (flow.Position{ActionID: "loop"}); r.Next != want || r.End != flow.EndNone {
		t.Errorf("result %+v, want the loop next", r)
	}
}

func TestInputNotWaitedForChangesNothing(t *testing.T) {
	at := flow.Position{ActionID: "loop", ReturnTo: ""}
	r := compile(t, interruptedQueue).Step(at, flow.Input{Kind: flow.InputDigits, Digits: "1"}, &center{channel: flow.ChannelVoice})
	if !r.Ignored || r.Wait == nil || r.Wait.DeadlineMillis != 20_000 || len(r.Acts) != 0 || r.Next != at {
		t.Errorf("result %+v", r)
	}
}

func TestUnknownPositionFaults(t *testing.T) {
	r := compile(t, interruptedQueue).Step(flow.Position{ActionID: "gone"}, flow.Input{}, &center{})
	if r.End != flow.EndFault || r.Outcome != flow.OutcomeUnknownAction {
		t.Errorf("result %+v", r)
	}
	if r := compile(t, `{}`).Step(flow.Position{}, flow.Input{}, &center{}); r.End != flow.EndFault {
		t.Errorf("empty flow: %+v", r)
	}
}

func (*center) PhoneNumber(digits, _ string, _ bool) (e164 string, ok bool) {
	return "+" + digits, digits != ""
}
func (*center) FunctionKnown(arn string) bool { return arn != "" }
func (*center) BotKnown(bot string) bool      { return bot != "" }
func (*center) ModuleKnown(id string) bool    { return id != "" }
func (*center) BotPresent() bool              { return false }
