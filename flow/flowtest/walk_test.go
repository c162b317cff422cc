package flowtest

import (
	"strings"
	"testing"

	"tandem/flow"
)

// walked tells what a walk says and does, and how it ends.
func walked(t *testing.T, start *Flow, w *World, outside Outside, others ...*Flow) []string {
	t.Helper()
	var told []string
	if outside == nil {
		outside = w
	}
	walk := NewWalk(start, w, outside, others...)
	walk.OnPrompt = func(p flow.Prompt) { told = append(told, spoken(p)) }
	for walk.Step() {
	}
	end, why := walk.Ended()
	return append(told, Ending(end, why))
}

func expectTold(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("told:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestModuleSeesItsInputAndNotItsCallersAttributes goes through a module and back.
func TestModuleSeesItsInputAndNotItsCallersAttributes(t *testing.T) {
	start := flowOf(t, "start", flow.TypeContactFlow, `[
		{"id":"fetch","type":"InvokeLambdaFunction","do":{"LambdaFunctionARN":"f"},"next":"flow"},
		{"id":"flow","type":"UpdateFlowAttributes","do":{"FlowAttributes":{"color":{"Value":"red"}}},"next":"mark","errors":{"NoMatchingError":"mark"}},
		{"id":"mark","type":"UpdateContactAttributes","do":{"Attributes":{"shared":"yes"}},"next":"module","errors":{"NoMatchingError":"end"}},
		{"id":"module","type":"InvokeFlowModule","do":{"FlowModuleId":"check:$LATEST"},"if":{"Gold":"back"},"errors":{"NoMatchingError":"end"}},
		{"id":"back","type":"MessageParticipant","do":{"Text":"Back: $.External.city $.FlowAttributes.color $.Attributes.inner $.Modules.Result $.Modules.ResultData.rank"},"next":"end"},
		{"id":"end","type":"DisconnectParticipant"}]`)
	module := flowOf(t, "check", flow.TypeModule, `[
		{"id":"in","type":"MessageParticipant","do":{"Text":"In: [$.External.city] [$.FlowAttributes.color] $.Attributes.shared $.Modules.Input.who"},"next":"set"},
		{"id":"set","type":"UpdateContactAttributes","do":{"Attributes":{"inner":"kept"}},"next":"out","errors":{"NoMatchingError":"out"}},
		{"id":"out","type":"EndFlowModuleExecution","do":{"Result":"Gold"}}]`)
	world := &World{Functions: rawAnswers("f", `{"city":"Kiel"}`)}
	expectTold(t, walked(t, start, world, nil, module), "In: [] [] yes me", "Back: Kiel red kept Gold gold", "the contact is disconnected")
	expectTold(t, walked(t, start, world, nil), "the contact is disconnected")
	broken := flowOf(t, "check", flow.TypeModule, `[{"id":"in","type":"Nonsense"}]`)
	expectTold(t, walked(t, start, world, nil, broken), "the contact is disconnected")
}

// TestModulesInvokeEachOtherFiveDeep holds that a module that invokes itself fails
// where the sixth would begin.
func TestModulesInvokeEachOtherFiveDeep(t *testing.T) {
	invoke := `[{"id":"say","type":"MessageParticipant","do":{"Text":"deeper"},"next":"again"},
		{"id":"again","type":"InvokeFlowModule","do":{"FlowModuleId":"self"},"if":{"Success":"out"},"errors":{"NoMatchingError":"out"}},{"id":"out","type":"EndFlowModuleExecution","do":{}}]`
	told := walked(t, flowOf(t, "start", flow.TypeContactFlow, strings.Replace(invoke, "EndFlowModuleExecution", "DisconnectParticipant", 1)), &World{}, nil, flowOf(t, "self", flow.TypeModule, invoke))
	if n := len(told) - 1; n != 1+maxModuleDepth {
		t.Errorf("it went %d deep: %v", n-1, told)
	}
}

// TestWalkGoesOnInAnotherFlow holds that contact attributes go along, the flow's
// own do not, and that a flow that is not at hand ends the walk.
func TestWalkGoesOnInAnotherFlow(t *testing.T) {
	start := flowOf(t, "start", flow.TypeContactFlow, `[
		{"id":"flow","type":"UpdateFlowAttributes","do":{"FlowAttributes":{"color":{"Value":"red"}}},"next":"mark","errors":{"NoMatchingError":"mark"}},
		{"id":"mark","type":"UpdateContactAttributes","do":{"Attributes":{"shared":"yes"}},"next":"go","errors":{"NoMatchingError":"end"}},
		{"id":"go","type":"TransferToFlow","do":{"ContactFlowId":"arn:x/contact-flow/next"},"errors":{"NoMatchingError":"end"}},
		{"id":"end","type":"MessageParticipant","do":{"Text":"refused"},"next":"end2"},{"id":"end2","type":"DisconnectParticipant"}]`)
	next := `[{"id":"say","type":"MessageParticipant","do":{"Text":"Next: $.Attributes.shared [$.FlowAttributes.color]"},"next":"end"},{"id":"end","type":"DisconnectParticipant"}]`
	expectTold(t, walked(t, start, &World{}, nil, flowOf(t, "next", flow.TypeContactFlow, next)), "Next: yes []", "the contact is disconnected")
	expectTold(t, walked(t, start, &World{}, nil), "the contact goes on in another flow: next")
	expectTold(t, walked(t, start, &World{}, nil, flowOf(t, "next", flow.TypeCustomerHold, next)), "refused", "the contact is disconnected")
}

// TestWalkNeverGoesOnForEver holds that circles are told, with and without waits.
func TestWalkNeverGoesOnForEver(t *testing.T) {
	quick := flowOf(t, "", "", `[{"id":"a","type":"UpdateFlowLoggingBehavior","do":{"FlowLoggingBehavior":"Enabled"},"next":"a"}]`)
	expectTold(t, walked(t, quick, &World{}, nil), "the flow runs in a circle: it took 1000 steps without waiting for anything")
	slow := flowOf(t, "", "", `[{"id":"a","type":"MessageParticipant","do":{"Text":"again"},"next":"a"}]`)
	told := walked(t, slow, &World{}, nil)
	if last := told[len(told)-1]; last != "the flow runs in a circle: it waited 200 times" {
		t.Errorf("it ends: %s", last)
	}
	expectTold(t, walked(t, flowOf(t, "", "", `[{"id":"a","type":"UpdateContactTargetQueue","do":{"QueueId":"gone"},"next":"a"}]`), &World{Queues: map[string]Queue{"gone": {Missing: true}}}, nil),
		`the flow fails: no branch takes NoMatchingError of "a"`)
}

// TestQueueFlowWaitsForAnAgent holds that the end of what is played for ever, and
// each interruption, are told.
func TestQueueFlowWaitsForAnAgent(t *testing.T) {
	wait := `[{"id":"wait","type":"MessageParticipantIteratively","do":{"Messages":[{"Text":"Please wait."},{"PromptId":"arn:x/prompt/music.wav"}]INTERRUPT},"if":{"MessagesInterrupted":"say"},"errors":{"NoMatchingError":"end"}},
		{"id":"say","type":"MessageParticipant","do":{"Text":"Still here."},"next":"end"},{"id":"end","type":"DisconnectParticipant"}]`
	expectTold(t, walked(t, flowOf(t, "", "", strings.Replace(wait, "INTERRUPT", "", 1)), &World{}, nil), "Please wait.", "recording music.wav", "the flow waits for what does not come")
	expectTold(t, walked(t, flowOf(t, "", "", strings.Replace(wait, "INTERRUPT", `,"InterruptFrequencySeconds":"30"`, 1)), &World{}, nil),
		"Please wait.", "recording music.wav", "Still here.", "the contact is disconnected")
}

// TestCallsOutsideGoAsTheWorldSays takes each branch of a call to somebody outside.
func TestCallsOutsideGoAsTheWorldSays(t *testing.T) {
	f := flowOf(t, "", "", `[{"id":"call","type":"TransferParticipantToThirdParty","do":{"ThirdPartyPhoneNumber":"+4930123456","ContinueFlowExecution":"True"},"next":"done",
		"errors":{"CallFailed":"failed","ConnectionTimeLimitExceeded":"late","NoMatchingError":"end"}},
		{"id":"done","type":"MessageParticipant","do":{"Text":"Back again."},"next":"end"},{"id":"failed","type":"MessageParticipant","do":{"Text":"Nobody there."},"next":"end"},
		{"id":"late","type":"MessageParticipant","do":{"Text":"No answer."},"next":"end"},{"id":"end","type":"DisconnectParticipant"}]`)
	for kind, says := range map[flow.InputKind]string{"": "Back again.", flow.InputBridgeEnded: "Back again.", flow.InputCallFailed: "Nobody there.", flow.InputCallTimeout: "No answer."} {
		expectTold(t, walked(t, f, &World{Calls: map[string]flow.InputKind{"+4930123456": kind}}, nil), says, "the contact is disconnected")
	}
}

// viewer answers views.
type viewer struct {
	*World
	answer Answer
}

func (v viewer) View(flow.ShowView) Answer { return v.answer }

// TestViewIsAnswered holds that a view's action and data come back.
func TestViewIsAnswered(t *testing.T) {
	f := flowOf(t, "", "", `[{"id":"show","type":"ShowView","if":{"ViewAnsweredNext":"say"},"errors":{"NoMatchingCondition":"end"}},
		{"id":"say","type":"MessageParticipant","do":{"Text":"$.Views.Action $.Views.ViewResultData.name"},"next":"end"},{"id":"end","type":"DisconnectParticipant"}]`)
	w := &World{Channel: flow.ChannelChat}
	expectTold(t, walked(t, f, w, viewer{w, Answer{Text: "Next", Result: `{"name":"Ann"}`}}), "Next Ann", "the contact is disconnected")
	expectTold(t, walked(t, f, w, nil), "the contact is disconnected")
}

// TestKeysAreTakenAsTheyAreTyped holds terminator, cancelling and the most keys.
func TestKeysAreTakenAsTheyAreTyped(t *testing.T) {
	store := flow.Collect{MaxDigits: 5, Terminator: "#", CancelKey: "*"}
	for _, c := range []struct {
		keys, want string
		none       bool
		ask        flow.Collect
	}{
		{"12#34", "12", false, store}, {"#", "", false, store}, {"", "", true, store}, {"12*34#", "34", false, store}, {"12*", "", true, store},
		{"1234567", "12345", false, store}, {"12", "12", false, store}, {"1*2##3", "1*2", false, flow.Collect{MaxDigits: 9, Terminator: "##"}},
		{"*1", "*", false, flow.Collect{MaxDigits: 1}},
	} {
		if got, none := typed(c.keys, c.ask); got != c.want || none != c.none {
			t.Errorf("%q becomes %q, none %t; want %q, %t", c.keys, got, none, c.want, c.none)
		}
	}
}

// TestWorldIsRead holds that a world says what it says, and that a slip of the
// pen in it is told.
func TestWorldIsRead(t *testing.T) {
	w, err := ParseWorld([]byte(`{"Channel":"CHAT","Closed":[""],"Queues":{"arn:x/queue/q1":{"Name":"One","Contacts":3,"OldestSeconds":90,"Staffed":0}},"Chance":7,
		"Values":{"Agent.UserName":"agent1"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if open, _ := w.HoursOpen(""); open {
		t.Error("the queue's hours are open")
	}
	if open, _ := w.HoursOpen("other"); !open {
		t.Error("other hours are closed")
	}
	for metric, want := range map[flow.MetricName]int64{flow.MetricContactsInQueue: 3, flow.MetricOldestContactAge: 90_000, flow.MetricAgentsStaffed: 0, flow.MetricAgentsAvailable: 1} {
		if n, known := w.Metric(metric, "q1"); n != want || !known {
			t.Errorf("%s is %d", metric, n)
		}
	}
	if w.Percent() != 7 {
		t.Errorf("the chance is %d", w.Percent())
	}
	f := flowOf(t, "", "", `[{"id":"q","type":"UpdateContactTargetQueue","do":{"QueueId":"q1"},"next":"m","errors":{"NoMatchingError":"say"}},{"id":"m","type":"GetMetricData","next":"say","errors":{"NoMatchingError":"say"}},
		{"id":"say","type":"MessageParticipant","do":{"Text":"$.Metrics.Queue.Size $.Metrics.Queue.OldestContactAge $.Metrics.Queue.Name $.Agent.UserName $.Channel $1000"},"next":"end"},{"id":"end","type":"DisconnectParticipant"}]`)
	expectTold(t, walked(t, f, w, nil), "3 90 One agent1 CHAT $1000", "the contact is disconnected")
	if _, err := ParseWorld([]byte(`{"Queue":{}}`)); err == nil {
		t.Error("a member that does not exist is taken")
	}
}
