package flowtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/flow"
)

// testOf writes a test of observations, each "id | event | actions | next next",
// where an event is "start", "end", "says TEXT", "plays ID" or "does TYPE PARAMS",
// and actions are JSON.
func testOf(t testing.TB, observations ...string) *Case {
	t.Helper()
	var written []string
	for _, o := range observations {
		parts := strings.Split(o, "|")
		for len(parts) < 5 {
			parts = append(parts, "")
		}
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		next := `"` + strings.Join(strings.Fields(parts[3]), `","`) + `"`
		if parts[3] == "" {
			next = ""
		}
		usage := ""
		if parts[4] != "" {
			usage = `,"Usage":` + parts[4]
		}
		written = append(written, fmt.Sprintf(`{"Identifier":%q,"Event":%s,"Actions":[%s],"Transitions":{"NextObservations":[%s]}%s}`,
			parts[0], eventOf(parts[1]), parts[2], next, usage))
	}
	c, err := Parse([]byte(`{"Version":"2025-06-21","Observations":[` + strings.Join(written, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if problems := c.Test.Check(); len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func eventOf(short string) string {
	kind, rest, _ := strings.Cut(short, " ")
	switch kind {
	case "start":
		return `{"Identifier":"e","Type":"TestInitiated","Actor":"System","Properties":{}}`
	case "end":
		return `{"Identifier":"e","Type":"TestCompleted","Actor":"System","Properties":{}}`
	case "says":
		return fmt.Sprintf(`{"Identifier":"e","Type":"MessageReceived","Actor":"System","Properties":{"Text":%q,"MatchingCriteria":{"Type":"Inclusion"}}}`, rest)
	case "plays":
		return fmt.Sprintf(`{"Identifier":"e","Type":"MessageReceived","Actor":"System","Properties":{"PromptId":%q}}`, rest)
	}
	actionType, parameters, _ := strings.Cut(rest, " ")
	if parameters == "" {
		parameters = "{}"
	}
	return fmt.Sprintf(`{"Identifier":"e","Type":"FlowActionStarted","Actor":"System","Properties":{"ActionType":%q,"ActionParameters":%s}}`, actionType, parameters)
}

func keys(value string) string {
	return fmt.Sprintf(`{"Identifier":"keys","Type":"SendInstruction","Parameters":{"ActionType":"SendInstruction","Actor":"Customer","Instruction":{"Type":"DtmfInput","Properties":{"Value":%s}}},"Transitions":{}}`, value)
}

func assert(namespace, operator, operand string) string {
	return fmt.Sprintf(`{"Identifier":%q,"Type":"Assert","Parameters":{"Namespace":%q,"Operator":%q,"Operand":%q},"Transitions":{}}`,
		namespace+" "+operator, namespace, operator, operand)
}

func override(actionType, parameters, strategy string) string {
	return fmt.Sprintf(`{"Identifier":"override","Type":"OverrideSystemBehavior","Parameters":{"ActionType":"OverrideSystemBehavior","Behavior":{"Type":"FlowAction","Properties":{"ActionType":%q,"ActionParameters":%s,"Strategy":%s}}},"Transitions":{"NextAction":""}}`,
		actionType, parameters, strategy)
}

const (
	endTest    = `{"Identifier":"stop","Type":"TestControl","Parameters":{"ActionType":"TestControl","Command":{"Type":"EndTest"}},"Transitions":{}}`
	hangUp     = `{"Identifier":"hang up","Type":"SendInstruction","Parameters":{"Instruction":{"Type":"Disconnect"}},"Transitions":{}}`
	mockResult = `{"Type":"MockResponse","Response":{"Type":"ExecutionResult","ExecutionResult":%s}}`
	mockError  = `{"Type":"MockResponse","Response":{"Type":"Error","Error":{"Value":%q}}}`
)

func mustPass(t *testing.T, r *Report) {
	t.Helper()
	if !r.Passed {
		t.Errorf("failed: %+v\n%s", r.Observations, strings.Join(r.Trace, "\n"))
	}
}

// mustFail checks that a test fails for a reason.
func mustFail(t *testing.T, r *Report, id, reason string) {
	t.Helper()
	for _, o := range r.Observations {
		if o.ID == id && o.Status == StatusFailed && strings.Contains(strings.Join(o.Reasons, "; "), reason) && !r.Passed {
			return
		}
	}
	t.Errorf("%s does not fail for %q: %+v", id, reason, r.Observations)
}

// TestStoryOfACallIsObserved follows a caller to the queue, with every kind of
// event and action.
func TestStoryOfACallIsObserved(t *testing.T) {
	c := testOf(t,
		"start | start | "+override("CheckHoursOfOperation", `{"HoursOfOperationId":"office"}`, fmt.Sprintf(mockResult, `{"Value":"InHours"}`))+" | hello",
		"hello | says welcome to the Harbour Office | | menu",
		"menu | says for a berth press 1 | "+keys("1")+" | transfer",
		`transfer | does TransferContactToQueue {"QueueId":"arn:aws:connect:eu:1:instance/other/queue/berths"} | `+
			assert("$.Queue.Name", "Equals", "Berths")+","+assert("$.Attributes.topic", "TextStartsWith", "be")+","+assert("$.Attributes.tries", "NumberGreaterThan", "2")+","+
			assert("$.Attributes.topic", "Exists", "")+`,{"Identifier":"log","Type":"TestControl","Parameters":{"Command":{"Type":"LogData","Properties":{"Expressions":{"topic":"$.Attributes.topic","channel":"$.Channel"}}}},"Transitions":{}} | end`,
		"end | end | "+endTest+" |")
	c.Attributes = map[string]string{"name": "Ann"}
	r := Run(c, desk(t), &World{Closed: []string{"*"}, Queues: map[string]Queue{"berths": {Name: "Berths"}}})
	mustPass(t, r)
	if total, passed, failed := r.Counts(); total != 5 || passed != 5 || failed != 0 {
		t.Errorf("counts are %d, %d, %d", total, passed, failed)
	}
	if want := []Logged{{Label: "channel", Value: "VOICE"}, {Label: "topic", Value: "berth"}}; fmt.Sprint(r.Logged) != fmt.Sprint(want) {
		t.Errorf("logged %v", r.Logged)
	}
	if r.End != "the contact goes to the queue Berths" {
		t.Errorf("ended: %s", r.End)
	}
}

// TestOverridesChangeWhatBlocksDo takes each block that can be overridden to each
// of its ends.
func TestOverridesChangeWhatBlocksDo(t *testing.T) {
	price := "arn:aws:lambda:eu:1:function:price"
	world := World{Closed: []string{"night"}, Queues: map[string]Queue{"packed": {Full: true}}, Functions: map[string]json.RawMessage{"arn:other": json.RawMessage(`{"euros":7}`)}}
	for name, c := range map[string]struct{ press, override, ends string }{
		"open as it is":         {"1", "", "does TransferContactToQueue"},
		"closed by mock":        {"1", override("CheckHoursOfOperation", `{}`, fmt.Sprintf(mockResult, `{"Value":"OutOfHours"}`)), "plays closed.wav"},
		"closed by substitute":  {"1", override("CheckHoursOfOperation", `{"HoursOfOperationId":"arn:x/operating-hours/office"}`, `{"Type":"SubstituteResource","SubstituteArn":"arn:x/operating-hours/night"}`), "plays closed.wav"},
		"another block's hours": {"1", override("CheckHoursOfOperation", `{"HoursOfOperationId":"arn:x/operating-hours/shop"}`, fmt.Sprintf(mockResult, `{"Value":"OutOfHours"}`)), "does TransferContactToQueue"},
		"hours unknown":         {"1", override("CheckHoursOfOperation", `{}`, fmt.Sprintf(mockError, "NoMatchingError")), "says something went wrong"},
		"queue full":            {"1", override("TransferContactToQueue", `{"QueueId":"berths"}`, fmt.Sprintf(mockError, "QueueAtCapacity")), "says too many are waiting"},
		"queue fails":           {"1", override("TransferContactToQueue", `{}`, fmt.Sprintf(mockError, "NoMatchingError")), "says something went wrong"},
		"another queue":         {"1", override("TransferContactToQueue", `{}`, `{"Type":"SubstituteResource","SubstituteArn":"arn:x/queue/packed"}`), "says too many are waiting"},
		"function answers":      {"2", override("InvokeLambdaFunction", `{"LambdaFunctionARN":"`+price+`"}`, fmt.Sprintf(mockResult, `{"LoadedData":"{\"euros\":\"12\"}"}`)), "says it is 12 euros a day"},
		"function as object":    {"2", override("InvokeLambdaFunction", `{}`, fmt.Sprintf(mockResult, `{"DelaySeconds":1,"LoadedData":{"euros":9}}`)), "says it is 9 euros a day"},
		"function fails":        {"2", override("InvokeLambdaFunction", `{}`, fmt.Sprintf(mockError, "NoMatchingError")), "says something went wrong"},
		"function too slow":     {"2", override("InvokeLambdaFunction", `{}`, fmt.Sprintf(mockResult, `{"DelaySeconds":4,"LoadedData":"{}"}`)), "says something went wrong"},
		"another function":      {"2", override("InvokeLambdaFunction", `{}`, `{"Type":"SubstituteResource","SubstituteArn":"arn:other"}`), "says it is 7 euros a day"},
		"function not known":    {"2", "", "says something went wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			mustPass(t, Run(testOf(t, "start | start | "+c.override+" | menu end", "menu | says for a berth | "+keys(`"`+c.press+`"`)+" | | {\"Type\":\"Always\"}", "end | "+c.ends+" | |"), desk(t), &world))
		})
	}
}

// TestTestFailsWithTheReason holds that what was not observed, or is not as it
// was said to be, is told.
func TestTestFailsWithTheReason(t *testing.T) {
	press := "menu | says for a berth | " + keys("1") + " | transfer"
	mustFail(t, Run(testOf(t, "start | start | | menu", press, "transfer | does TransferContactToQueue | "+assert("$.Attributes.topic", "Equals", "price")),
		desk(t), &World{}), "transfer", `$.Attributes.topic is "berth", expected: Equals "price"`)
	mustFail(t, Run(testOf(t, "start | start | | menu", press, "transfer | does TransferContactToQueue | "+assert("$.Attributes.colour", "Exists", "")),
		desk(t), &World{}), "transfer", `$.Attributes.colour does not exist`)
	r := Run(testOf(t, "start | start | | sun", "sun | says the sun is shining | | later", "later | says anything"), desk(t), &World{Closed: []string{"*"}})
	mustFail(t, r, "sun", `the message "the sun is shining" was observed 0 of 1 times; the flow ended: the contact is disconnected`)
	if status := r.Observations[2].Status; status != StatusNotReached {
		t.Errorf("what comes after has the status %s", status)
	}
	mustFail(t, Run(testOf(t, "start | start | "+hangUp+" | never", "never | says welcome back"), desk(t), &World{}), "never", "the customer hangs up")
}

// TestUsageSaysHowOften counts how often the menu is said: as often as the
// customer presses nothing that it knows, and once more.
func TestUsageSaysHowOften(t *testing.T) {
	for usage, passes := range map[string]bool{
		``: true, `{"Type":"EXACTLY"}`: true, `{"Type":"Exactly","Times":3}`: true, `{"Type":"Exactly","Times":4}`: false,
		`{"Type":"AtLeast","Times":2}`: true, `{"Type":"AtLeast","Times":4}`: false, `{"Type":"AtMost","Times":3}`: true, `{"Type":"AtMost","Times":2}`: false,
		`{"Type":"Always"}`: true, `{"Type":"ANY"}`: true,
	} {
		c := testOf(t, "start | start | "+strings.Join([]string{renamed(keys(`"7"`), "a"), renamed(keys(`"8"`), "b"), renamed(hangUp, "c")}, ",")+" | menu", "menu | says for a berth | | | "+usage)
		if r := Run(c, desk(t), &World{}); r.Passed != passes {
			t.Errorf("usage %s: passed %t; %+v", usage, r.Passed, r.Observations[1])
		}
	}
}

func renamed(action, id string) string {
	_, rest, _ := strings.Cut(action, ",")
	return `{"Identifier":"` + id + `",` + rest
}

// TestActionsFollowTheirTransitions holds that the order is that of the
// transitions, and that a circle ends.
func TestActionsFollowTheirTransitions(t *testing.T) {
	o := Observation{}
	for _, pair := range []string{"b>c", "x>y", "a>b", "c>", "y>x"} {
		id, next, _ := strings.Cut(pair, ">")
		a := Action{Identifier: id}
		a.Transitions.NextAction = next
		o.Actions = append(o.Actions, a)
	}
	var order []string
	for _, a := range o.ordered() {
		order = append(order, a.Identifier)
	}
	if got := strings.Join(order, ""); got != "abcxy" {
		t.Errorf("the order is %s", got)
	}
}

// TestSameMessageIsObservedOneAfterTheOther holds that an observation that was made
// leaves what follows to the next.
func TestSameMessageIsObservedOneAfterTheOther(t *testing.T) {
	c := testOf(t, "start | start | | once", "once | says for a berth | "+keys(`"7"`)+" | twice", "twice | says for a berth | "+keys(`"1"`)+" | end", "end | does TransferContactToQueue")
	mustPass(t, Run(c, desk(t), &World{}))
}

// TestTestEndsItself holds that nothing is done after EndTest.
func TestTestEndsItself(t *testing.T) {
	r := Run(testOf(t, "start | start | "+endTest+","+assert("$.Attributes.x", "Exists", "")+" | end", "end | end | |"), desk(t), &World{})
	if !strings.Contains(r.End, "the test has ended it") || r.Observations[0].Status != StatusPassed || len(r.Trace) > 3 {
		t.Errorf("it is %+v", r)
	}
}

// TestBotIsMocked holds that a bot's intent is taken, written short or as Lex
// writes it, and that $.Lex shows it.
func TestBotIsMocked(t *testing.T) {
	f := flowOf(t, "bot", flow.TypeContactFlow, `[{"id":"ask","type":"ConnectParticipantWithLexBot","do":{"LexV2Bot":{"AliasArn":"arn:bot"}},"if":{"Book":"ok"},"errors":{"NoMatchingError":"bad"}},
		{"id":"ok","type":"MessageParticipant","do":{"Text":"Booked for $.Lex.Slots.day, $.Lex.SessionAttributes.mood, $.Lex.DialogState."},"next":"end"},
		{"id":"bad","type":"MessageParticipant","do":{"Text":"The bot is away."},"next":"end"},{"id":"end","type":"DisconnectParticipant"}]`)
	for answer, says := range map[string]string{
		fmt.Sprintf(mockResult, `{"LoadedData":"{\"IntentName\":\"Book\",\"Slots\":{\"day\":\"Monday\"},\"SessionAttributes\":{\"mood\":\"glad\"}}"}`):                                                                  "Booked for Monday glad Fulfilled",
		fmt.Sprintf(mockResult, `{"LoadedData":{"sessionState":{"intent":{"name":"Book","state":"ReadyForFulfillment","slots":{"day":{"value":{"interpretedValue":"Friday"}}}},"sessionAttributes":{"mood":"calm"}}}}`): "Booked for Friday calm ReadyForFulfillment",
		fmt.Sprintf(mockError, "TimeLimitExceeded"): "The bot is away",
	} {
		mustPass(t, Run(testOf(t, "start | start | "+override("ConnectParticipantWithLexBot", `{"LexV2Bot":{"AliasArn":"arn:bot"}}`, answer)+" | says", "says | says "+says), f, &World{}))
	}
}

// TestCustomerSpeaks holds that words reach a block that listens.
func TestCustomerSpeaks(t *testing.T) {
	f := flowOf(t, "listen", flow.TypeContactFlow, `[{"id":"ask","type":"Listen","if":{"a berth please":"end"},"errors":{"NoMatchingCondition":"end"}},{"id":"end","type":"DisconnectParticipant"}]`)
	say := `{"Identifier":"say","Type":"SendInstruction","Parameters":{"Instruction":{"Type":"TextUtterance","Properties":{"SSML":"<speak>a <b>berth</b> please</speak>"}}},"Transitions":{}}`
	mustPass(t, Run(testOf(t, "start | start | | ask", "ask | says how can we help | "+say+" | end", "end | end | "+assert("$.Attributes.said", "Equals", "a berth please")), f, &World{}))
}

// FuzzTest holds that no test makes a run panic or go on for ever.
func FuzzTest(f *testing.F) {
	f.Add([]byte(`{"Version":"2025-06-21","Observations":[{"Identifier":"a","Event":{"Type":"TestInitiated"},"Transitions":{"NextObservations":["a"]},"Usage":{"Type":"Always"}}]}`))
	f.Add([]byte(`{"Name":"x","EntryPoint":{"Type":"CHAT"},"InitializationData":"{\"a\":\"b\"}","Content":"{\"Observations\":[` +
		`{\"Identifier\":\"a\",\"Event\":{\"Type\":\"MessageReceived\",\"Properties\":{\"Text\":\"For a berth\"}},\"Actions\":[]}]}"}`))
	f.Add([]byte(`{"Observations":[{"Identifier":"s","Event":{"Type":"TestInitiated"},"Actions":[` + keys(`"1#*"`) + "," + override("TransferContactToQueue", `{"QueueId":{"a":1}}`, `{}`) + `]}]}`))
	samples, err := filepath.Glob("testdata/samples/*.json")
	if err != nil || len(samples) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, path := range samples {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := Parse(content)
		if err != nil {
			return
		}
		c.Test.Check()
		if r := Run(c, desk(t), &World{}); r.End == "" {
			t.Errorf("it has no end: %+v", r)
		}
	})
}
