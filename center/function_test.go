package center

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

const lookUp = "arn:aws:lambda:eu-central-1:012345678901:function:look-up"

// ask is a block that invokes the function.
func ask(id, params string) act {
	if params != "" {
		params = "," + params
	}
	return act{id: id, kind: "InvokeLambdaFunction", params: `"LambdaFunctionARN":"` + lookUp + `"` + params, to: map[string]string{"NoMatchingError": "bye"}}
}

// functionWorld has a number whose flow is the acts.
func functionWorld(t *testing.T, acts ...act) *world {
	w := created(t)
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.must(AssociateFunction{FunctionARN: lookUp})
	w.saveFlow("asks", flow.TypeContactFlow, acts...)
	w.saveNumber("+14155550110", "asks")
	return w
}

// arrives lets a call come to the number of the world, and answers it.
func (w *world) arrives(name string) *Contact {
	w.t.Helper()
	w.call(name, customerNumber, "+14155550110")
	w.legReport(voice.LegAnswered, name, false, 0)
	return w.c(name)
}

// invoked is the newest wish to ask a function.
func (w *world) invoked() InvokeFunction {
	w.t.Helper()
	for i := len(w.effects) - 1; i >= 0; i-- {
		if f, ok := w.effects[i].(InvokeFunction); ok {
			return f
		}
	}
	w.t.Fatal("no function was asked")
	return InvokeFunction{}
}

// answers lets the function answer that was asked last.
func (w *world) answers(result string) []tandem.Event {
	w.t.Helper()
	f := w.invoked()
	return w.must(FunctionReturned{ContactID: f.ContactID, InvocationID: f.InvocationID, Result: tandem.Personal(result)})
}

// prompt is what the customer of a contact hears.
func (w *world) prompt(contact string) string {
	w.t.Helper()
	c := w.c(contact)
	if c.Play == nil {
		return ""
	}
	var all []string
	for _, p := range c.Play.Started.Prompts {
		all = append(all, string(p))
	}
	return strings.Join(all, "|")
}

func TestFunctionAnswerIsWhatTheFlowReadsAsExternal(t *testing.T) {
	w := functionWorld(t, ask("ask", `"ResponseValidation":{"ResponseType":"JSON"}`),
		say("tell", "$.External.customer.name has $.External.orders[1].count of $.External.total."), bye)
	w.arrives("c1")
	w.restart()
	w.answers(`{"customer":{"name":"Example"},"orders":[{"count":1},{"count":27}],"total":1.50}`)
	if got := w.prompt("c1"); got != "Example has 27 of 1.50." {
		t.Errorf("the customer hears %q", got)
	}
}

func TestFunctionIsToldEverythingOfTheContactAndNullOfWhatDoesNotApply(t *testing.T) {
	w := functionWorld(t, toQueue, act{id: "attrs", kind: "UpdateContactAttributes", params: `"Attributes":{"plan":"<gold>"}`},
		ask("ask", `"LambdaInvocationAttributes":{"from":"$.CustomerEndpoint.Address"}`), bye)
	c := w.arrives("c1")
	f := w.invoked()
	if f.FunctionARN != lookUp || f.TimeoutMillis != 3000 || f.Async || f.Deadline != w.now.Add(3000) || f.ContactID != c.ContactID {
		t.Errorf("the wish is %+v", f)
	}
	var got struct {
		Name    string
		Details struct {
			ContactData map[string]json.RawMessage
			Parameters  map[string]string
		}
	}
	if err := json.Unmarshal([]byte(f.Request), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "ContactFlowEvent" || got.Details.Parameters["from"] != customerNumber {
		t.Errorf("the request is %s", f.Request)
	}
	queue := w.id("BasicQueue").String()
	arn := fmt.Sprintf("arn:aws:connect:%s:%s:instance/%s", w.m.state.Instance.Region, w.m.state.Instance.AccountID, w.m.state.Instance.InstanceID)
	for key, want := range map[string]string{
		"Attributes": `{"plan":"<gold>"}`, "AwsRegion": `"` + w.m.state.Instance.Region + `"`, "Channel": `"VOICE"`,
		"ContactId": `"` + c.ContactID.String() + `"`, "CustomerEndpoint": `{"Address":"` + customerNumber + `","Type":"TELEPHONE_NUMBER"}`,
		"CustomerId": "null", "Description": "null", "InitialContactId": `"` + c.ContactID.String() + `"`, "InitiationMethod": `"INBOUND"`,
		"InstanceARN": `"` + arn + `"`, "LanguageCode": "null", "MediaStreams": `{"Customer":{"Audio":null}}`, "Name": "null",
		"PreviousContactId": "null", "Queue": `{"ARN":"` + arn + "/queue/" + queue + `","Name":"BasicQueue","OutboundCallerId":null}`,
		"References": "{}", "SystemEndpoint": `{"Address":"+14155550110","Type":"TELEPHONE_NUMBER"}`, "Tags": "{}", "SegmentAttributes": "{}",
	} {
		if string(got.Details.ContactData[key]) != want {
			t.Errorf("%s is %s, want %s", key, got.Details.ContactData[key], want)
		}
		delete(got.Details.ContactData, key)
	}
	if len(got.Details.ContactData) > 0 {
		t.Errorf("more is told: %v", got.Details.ContactData)
	}
}

func TestFunctionThatFailsOrLiesLeadsToTheErrorBranch(t *testing.T) {
	for name, returned := range map[string]FunctionReturned{
		"failed":    {Failure: "Status Code: 403; Error Code: AccessDeniedException"},
		"no object": {Result: `["a"]`},
		"no JSON":   {Result: `{"a":`},
		"nested":    {Result: `{"a":{"b":1}}`},
		"33 KB":     {Result: tandem.Personal(`{"a":"` + strings.Repeat("x", 33<<10) + `"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			w := functionWorld(t, act{id: "ask", kind: "InvokeLambdaFunction", params: `"LambdaFunctionARN":"` + lookUp + `"`,
				to: map[string]string{"NoMatchingError": "sorry"}}, say("fine", "Fine."), bye, say("sorry", "Sorry."), bye2)
			w.arrives("c1")
			f := w.invoked()
			returned.ContactID, returned.InvocationID = f.ContactID, f.InvocationID
			w.must(returned)
			if c := w.c("c1"); w.prompt("c1") != "Sorry." || len(c.Invocations) != 0 {
				t.Errorf("the customer hears %q, outstanding %d", w.prompt("c1"), len(c.Invocations))
			}
		})
	}
}

func TestFunctionThatDoesNotAnswerInTimeLeadsToTheErrorBranch(t *testing.T) {
	w := functionWorld(t, ask("ask", `"InvocationTimeLimitSeconds":"5"`), bye)
	c := w.arrives("c1")
	w.wait(5*time.Second - time.Millisecond)
	if w.c("c1").Phase != InFlow || len(w.m.Outstanding(1)) != 2 {
		t.Fatal("the time is not over yet")
	}
	events := w.wait(time.Millisecond)
	if w.want("c1", Ended, "the error branch disconnects"); !strings.Contains(kinds(events), "FunctionReturned") {
		t.Errorf("the invocation did not end: %s", kinds(events))
	}
	if got := w.answers(`{}`); len(got) != 0 || c.live() {
		t.Errorf("a late answer gave %s", kinds(got))
	}
}

func TestAnswerThatComesTwiceOrToNobodyLeavesNoTrace(t *testing.T) {
	w := functionWorld(t, ask("ask", ""), ask("again", ""), say("tell", "$.External.a"), bye)
	w.arrives("c1")
	first := w.invoked()
	w.answers(`{"a":"1"}`)
	for _, b := range []FunctionReturned{{ContactID: first.ContactID, InvocationID: first.InvocationID, Result: `{"a":"2"}`},
		{ContactID: w.id("nobody"), InvocationID: first.InvocationID}, {ContactID: first.ContactID}, {}} {
		if got := w.must(b); len(got) > 0 {
			t.Errorf("%+v gave %s", b, kinds(got))
		}
	}
	w.answers(`{"a":"3"}`)
	if w.prompt("c1") != "3" {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
}

func TestFunctionThatNobodyWaitsForOutlivesTheContactUntilItsDeadline(t *testing.T) {
	w := functionWorld(t, ask("note", `"InvocationType":"ASYNCHRONOUS"`), bye)
	c := w.arrives("c1")
	f := w.invoked()
	if w.want("c1", Ended, "the flow went on at once"); !f.Async || len(c.Invocations) != 1 || len(w.m.Outstanding(1)) != 2 {
		t.Fatalf("the wish is %+v; %d outstanding", f, len(w.m.Outstanding(1)))
	}
	w.restart()
	w.wait(time.Minute - time.Millisecond)
	if len(w.c("c1").Invocations) != 1 {
		t.Error("it ended early")
	}
	w.wait(time.Millisecond)
	if len(w.c("c1").Invocations) != 0 {
		t.Error("it never ends")
	}
}

func TestContactWaitsForAtMostSixteenFunctions(t *testing.T) {
	w := functionWorld(t, bye)
	again := act{id: "again", kind: "TransferToFlow", params: `"ContactFlowId":"` + idOf("asks") + `"`, to: map[string]string{"NoMatchingError": "bye"}}
	w.saveFlow("asks", flow.TypeContactFlow, ask("note", `"InvocationType":"ASYNCHRONOUS"`), again, bye)
	c := w.arrives("c1")
	if len(c.Invocations) != maxInvocations {
		t.Errorf("%d functions are asked", len(c.Invocations))
	}
}

func TestFunctionsOfAContactThatEndsAreDropped(t *testing.T) {
	w := functionWorld(t, ask("ask", ""), bye)
	c := w.arrives("c1")
	w.hangsUp("c1", event.CustomerLeg)
	if len(c.Invocations) != 0 || len(w.m.Outstanding(1)) != 0 {
		t.Errorf("%d are waited for, %d outstanding", len(c.Invocations), len(w.m.Outstanding(1)))
	}
}

func TestExternalOfTheAgentsSideIsItsOwn(t *testing.T) {
	w := functionWorld(t, ask("ask", ""), toQueue, enter, bye)
	w.saveFlow(flow.SampleAgentWhisper, flow.TypeAgentWhisper, act{id: "ask", kind: "InvokeLambdaFunction", params: `"LambdaFunctionARN":"` + lookUp + `"`,
		to: map[string]string{"NoMatchingError": "end"}}, say("tell", "Agent $.External.a"), end)
	w.saveFlow(flow.SampleCustomerWhisper, flow.TypeCustomerWhisper, say("tell", "Customer $.External.a"), end)
	w.available("agent1")
	w.arrives("c1")
	w.answers(`{"a":"1"}`)
	w.lifts("c1")
	w.answers(`{"a":"2"}`)
	if p := w.c("c1").AgentPlay; p == nil || p.Started.Prompts[0] != "Agent 2" {
		t.Fatalf("the agent hears %+v", p)
	}
	w.heard("c1", event.AgentSide)
	if w.prompt("c1") != "Customer 1" {
		t.Errorf("the customer hears %q", w.prompt("c1"))
	}
}
