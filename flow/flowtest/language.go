package flowtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tandem/flow"
)

// Versions are the versions of the testing language: the one that its
// documentation names, and the one that the service writes.
func Versions() []string { return []string{"2025-06-21", "2019-10-30"} }

// A Case is a test with what it begins with (Amazon Connect API: CreateTestCase).
type Case struct {
	Name           string
	Description    string
	FlowID         string            // the flow to test; may be empty
	Channel        string            // flow.ChannelVoice or flow.ChannelChat; empty: not said
	CustomerNumber string            // E.164; may be empty
	DialedNumber   string            // E.164; may be empty
	Attributes     map[string]string // contact attributes at the start
	Test           Test
}

// A Test is what is to be observed of a flow.
type Test struct {
	Version      string
	Observations []Observation // the first is expected at the start
}

// An Observation is one event to be seen, and what to do then.
type Observation struct {
	Identifier  string
	Event       Event
	Usage       Usage
	Actions     []Action
	Transitions struct{ NextObservations []string } // expected from then on
}

// Usage says how often an observation is to be made; its zero value is once.
type Usage struct {
	Type  string
	Times json.Number
}

// An Event is what the system should do.
type Event struct {
	Identifier       string
	Type             string
	Actor            string
	Properties       Properties
	MatchingCriteria json.RawMessage // written here by some
}

// Properties say more about an event.
type Properties struct {
	PromptId, Text, SSML string
	MatchingCriteria     json.RawMessage
	ActionType           string
	ActionParameters     json.RawMessage
}

// An Action is what the test does.
type Action struct {
	Identifier  string
	Type        string
	Parameters  Parameters
	Transitions struct{ NextAction string }
}

// Parameters are those of all types of action.
type Parameters struct {
	Instruction struct {
		Type       string
		Properties struct {
			Value      json.RawMessage
			Text, SSML string
		}
	}
	Behavior struct {
		Type       string
		Properties Override
	}
	Command struct {
		Type       string
		Properties struct{ Expressions map[string]string }
	}
	Namespace, Operator string
	Operand             json.RawMessage
}

// An Override makes the blocks of a type, or one of them, behave otherwise.
type Override struct {
	ActionType       string
	ActionParameters json.RawMessage
	Strategy         struct {
		Type          string
		SubstituteArn string
		Response      struct {
			Type            string
			ExecutionResult struct {
				DelaySeconds json.Number
				Value        json.RawMessage
				LoadedData   json.RawMessage
			}
			Error struct {
				DelaySeconds json.Number
				Value        string
			}
		}
	}
}

// The words of the language.
const (
	eventInitiated = "TestInitiated"
	eventCompleted = "TestCompleted"
	eventMessage   = "MessageReceived"
	eventAction    = "FlowActionStarted"

	actionSend     = "SendInstruction"
	actionOverride = "OverrideSystemBehavior"
	actionAssert   = "Assert"
	actionControl  = "TestControl"

	sendKeys       = "DtmfInput"
	sendWords      = "TextUtterance"
	sendText       = "TextInput"
	sendDisconnect = "Disconnect"

	controlEnd = "EndTest"
	controlLog = "LogData"

	strategySubstitute = "SubstituteResource"
	strategyMock       = "MockResponse"

	usageExactly = "Exactly"
	usageAtLeast = "AtLeast"
	usageAtMost  = "AtMost"
	usageAlways  = "Always"

	operatorExists = "Exists"
)

// Parse reads a test: its content alone, or the whole case as the API takes it,
// with the content as text or as an object. Whether it makes sense is for Check
// to say.
func Parse(content []byte) (*Case, error) {
	var outer struct {
		Name, Description  string
		Content            json.RawMessage
		InitializationData json.RawMessage
		EntryPoint         struct {
			Type                          string
			VoiceCallEntryPointParameters struct{ SourcePhoneNumber, DestinationPhoneNumber, FlowId string }
			ChatEntryPointParameters      struct{ FlowId string }
		}
		Observations json.RawMessage
	}
	if err := json.Unmarshal(content, &outer); err != nil {
		return nil, fmt.Errorf("read the test: %w", err)
	}
	voice, chat := outer.EntryPoint.VoiceCallEntryPointParameters, outer.EntryPoint.ChatEntryPointParameters
	c := &Case{Name: outer.Name, Description: outer.Description, FlowID: orElse(voice.FlowId, chat.FlowId),
		CustomerNumber: voice.SourcePhoneNumber, DialedNumber: voice.DestinationPhoneNumber}
	switch outer.EntryPoint.Type {
	case "VOICE_CALL":
		c.Channel = flow.ChannelVoice
	case "CHAT":
		c.Channel = flow.ChannelChat
	}
	if data := unquoted(outer.InitializationData); len(data) > 0 {
		if err := json.Unmarshal(data, &c.Attributes); err != nil {
			return nil, fmt.Errorf("read the test's InitializationData, which holds contact attributes: %w", err)
		}
	}
	if outer.Observations == nil && outer.Content != nil {
		content = unquoted(outer.Content)
	}
	if err := json.Unmarshal(content, &c.Test); err != nil {
		return nil, fmt.Errorf("read the test: %w", err)
	}
	return c, nil
}

// unquoted is JSON, taken out of text if it stands in text.
func unquoted(raw json.RawMessage) json.RawMessage {
	var inner string
	if json.Unmarshal(raw, &inner) == nil {
		return json.RawMessage(inner)
	}
	return raw
}

// plain is text, or a number as text.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return strings.TrimSpace(string(raw))
}

// times are the limits of how often an observation is to be made; most is 0 if
// there is none.
func (u Usage) times() (least, most int, ok bool) {
	n := 1
	if u.Times != "" {
		value, err := u.Times.Int64()
		if err != nil || value < 1 || value > maxTimes {
			return 1, 1, false
		}
		n = int(value)
	}
	switch {
	case u.Type == "" || strings.EqualFold(u.Type, usageExactly):
		return n, n, true
	case strings.EqualFold(u.Type, usageAtLeast):
		return n, 0, true
	case strings.EqualFold(u.Type, usageAtMost):
		return 0, n, true
	case strings.EqualFold(u.Type, usageAlways), strings.EqualFold(u.Type, "Any"):
		return 0, 0, true
	}
	return 1, 1, false
}

const maxTimes = 1_000_000

// criterion is how a message is compared: "Similarity" or "Inclusion", written as
// text or as an object, in the event or in its properties.
func (e Event) criterion() string {
	for _, raw := range []json.RawMessage{e.Properties.MatchingCriteria, e.MatchingCriteria} {
		var object struct{ Type string }
		if json.Unmarshal(raw, &object) == nil && object.Type != "" {
			return object.Type
		}
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" {
			return text
		}
	}
	return criterionSimilarity
}

// ordered lists the actions of an observation in the order in which they are
// done: as their transitions say, and those that none leads to in their order.
func (o *Observation) ordered() []Action {
	led := map[string]bool{}
	byID := map[string]Action{}
	for _, a := range o.Actions {
		led[a.Transitions.NextAction] = true
		byID[a.Identifier] = a
	}
	var order []Action
	done := map[string]bool{}
	follow := func(a Action) {
		for ok := true; ok && !done[a.Identifier]; a, ok = byID[a.Transitions.NextAction] {
			done[a.Identifier] = true
			order = append(order, a)
		}
	}
	for _, a := range o.Actions {
		if !led[a.Identifier] {
			follow(a)
		}
	}
	for _, a := range o.Actions { // of a circle
		follow(a)
	}
	return slices.Clip(order)
}
