package center

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

const (
	// maxInvocations is how many functions a contact may wait for at once.
	maxInvocations = 16
	// maxRequestBytes is how long the request to a function may be.
	maxRequestBytes = 128 << 10
	// asyncMillis is how long a function may take that nobody waits for (Amazon
	// Connect Administrator Guide: Flow block: AWS Lambda function).
	asyncMillis = 60_000
	// maxFailureBytes is how much is kept of why an answer did not come.
	maxFailureBytes = 256
)

// invoke asks a function. What cannot be asked has failed at once.
func (r *runner) invoke(s *tandem.Step, act flow.Invoke) (outcome string) {
	c := r.c
	request := r.request(act.Parameters)
	if len(c.Invocations) >= maxInvocations || len(request) > maxRequestBytes {
		r.soon = &flow.Input{Kind: flow.InputFunctionFailed, Text: outcomeNotInvoked}
		return outcomeNotInvoked
	}
	ev := &event.FunctionInvoked{ContactID: c.ContactID, InitialContactID: c.InitialContactID, InvocationID: s.NextID(), Side: r.side,
		FunctionARN: act.FunctionARN, Request: request, TimeoutMillis: int64(act.TimeoutMillis), Async: act.Async}
	if act.Async {
		ev.TimeoutMillis = max(ev.TimeoutMillis, asyncMillis)
	}
	ev.Deadline = s.At.Add(max(ev.TimeoutMillis, 1))
	s.Emit(ev)
	return ""
}

// functionReturned goes on with the flow that waits for a function. The answer
// to one that nobody waits for leaves no trace.
func (m *Machine) functionReturned(s *tandem.Step, b FunctionReturned) {
	c := m.state.Contacts[b.ContactID]
	if c == nil {
		return
	}
	for _, i := range c.Invocations {
		if i.InvocationID == b.InvocationID {
			m.functionEnds(s, c, &i, string(b.Result), b.Failure)
			return
		}
	}
}

// functionEnds takes the answer of a function, or its failure.
func (m *Machine) functionEnds(s *tandem.Step, c *Contact, i *event.FunctionInvoked, result, failure string) {
	async, side := i.Async, i.Side
	failure = shortened(failure)
	m.returned(s, c, i.InvocationID, failure)
	if async || !c.live() {
		return
	}
	in := flow.Input{Kind: flow.InputFunctionReturned, Result: result}
	if failure != "" {
		in = flow.Input{Kind: flow.InputFunctionFailed, Text: failure}
	}
	m.resume(s, c, side, in, s.At)
}

func (m *Machine) returned(s *tandem.Step, c *Contact, id tandem.ID, failure string) {
	s.Emit(&event.FunctionReturned{ContactID: c.ContactID, InitialContactID: c.InitialContactID, InvocationID: id, Failure: failure})
}

// shortened is a failure as it is kept.
func shortened(failure string) string {
	failure = strings.ToValidUTF8(failure, "?")
	if len(failure) <= maxFailureBytes {
		return failure
	}
	cut := maxFailureBytes
	for !utf8.RuneStart(failure[cut]) {
		cut--
	}
	return failure[:cut]
}

// answersLate gives up the functions and bots of a contact that have not
// answered in time.
func (m *Machine) answersLate(s *tandem.Step, c *Contact) {
	for _, i := range c.Invocations {
		if i.Deadline <= s.At {
			m.functionEnds(s, c, &i, "", timedOut)
			return // there may be another one; it is due as well
		}
	}
	for side := event.CustomerSide; side <= event.AgentSide; side++ {
		if mem := c.memoryOn(side); mem != nil && mem.Asked != nil && mem.Asked.Deadline <= s.At {
			m.botEnds(s, c, side, "", timedOut)
			return
		}
	}
}

// answersDue is the deadline of the first function or bot that the contact waits
// for.
func (c *Contact) answersDue(first *deadline) {
	for i := range c.Invocations {
		first.consider(c.Invocations[i].Deadline, answerLate)
	}
	for _, mem := range [...]*FlowMemory{c.Memory, c.AgentMemory} {
		if mem != nil && mem.Asked != nil {
			first.consider(mem.Asked.Deadline, answerLate)
		}
	}
}

// The request to a function (Amazon Connect Administrator Guide: Invoke AWS
// Lambda functions: JSON request). What does not apply is null.
type (
	functionRequest struct {
		Name    string
		Details requestDetails
	}
	requestDetails struct {
		ContactData requestContact
		Parameters  json.RawMessage
	}
	requestContact struct {
		Attributes        map[string]string
		AwsRegion         string
		Channel           string
		ContactID         string `json:"ContactId"`
		CustomerEndpoint  *requestEndpoint
		CustomerID        *string `json:"CustomerId"`
		Description       *string
		InitialContactID  string `json:"InitialContactId"`
		InitiationMethod  string
		InstanceARN       string
		LanguageCode      *string
		MediaStreams      requestStreams
		Name              *string
		PreviousContactID *string `json:"PreviousContactId"`
		Queue             *requestQueue
		References        map[string]requestReference
		SystemEndpoint    *requestEndpoint
		Tags              map[string]string
		SegmentAttributes map[string]requestSegment
	}
	requestEndpoint struct{ Address, Type string }
	requestStreams  struct {
		Customer struct{ Audio *string }
	}
	requestQueue struct {
		ARN              string
		Name             string
		OutboundCallerID *requestEndpoint `json:"OutboundCallerId"`
	}
	requestReference struct{ Type, Value string }
	requestSegment   struct{ ValueString string }
)

// request is what a function is told.
func (r *runner) request(parameters string) tandem.Personal {
	e := env{r.m, r.c, r.side, nil}
	c := r.c
	data := requestContact{
		Attributes: orEmpty(c.Attributes), AwsRegion: r.m.state.Instance.Region, Channel: c.Channel.String(), ContactID: c.ContactID.String(),
		CustomerID: orNull(string(c.CustomerID)), Description: orNull(string(c.Description)),
		InitialContactID: c.InitialContactID.String(), InitiationMethod: c.Method.String(), InstanceARN: e.arn(""),
		LanguageCode: orNull(c.LanguageCode), Name: orNull(string(c.Name)), Queue: e.requestQueue(),
		References: map[string]requestReference{}, Tags: orEmpty(c.Tags), SegmentAttributes: map[string]requestSegment{},
		CustomerEndpoint: telephone(string(c.CustomerAddress)), SystemEndpoint: telephone(c.SystemAddress),
	}
	if !c.PreviousID.IsZero() {
		data.PreviousContactID = orNull(c.PreviousID.String())
	}
	for _, name := range tandem.SortedKeys(c.References) {
		kind, value, _ := strings.Cut(c.References[name], " ")
		data.References[name] = requestReference{Type: kind, Value: value}
	}
	if !json.Valid([]byte(parameters)) {
		parameters = "{}"
	}
	return tandem.Personal(marshal(functionRequest{Name: "ContactFlowEvent",
		Details: requestDetails{ContactData: data, Parameters: json.RawMessage(parameters)}}))
}

// requestQueue is the queue that the contact is in, or will be; nil for none.
func (e env) requestQueue() *requestQueue {
	arn, ok := e.queue("ARN")
	if !ok {
		return nil
	}
	q := &requestQueue{ARN: arn}
	q.Name, _ = e.queue("Name")
	number, _ := e.queue("OutboundCallerId.Address")
	q.OutboundCallerID = telephone(number)
	return q
}

// telephone is the endpoint of a number; nil for none.
func telephone(number string) *requestEndpoint {
	if number == "" {
		return nil
	}
	return &requestEndpoint{Address: number, Type: telephoneNumber}
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
