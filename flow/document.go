package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Version is the only version of the flow language that exists.
const Version = "2019-10-30"

// MaxContentChars is the largest flow accepted, in characters (Amazon Connect
// API: CreateContactFlow, member Content).
const MaxContentChars = 256_000

// MaxActions is the largest number of actions in one flow (Amazon Connect Flow
// language: Flow language in Amazon Connect).
const MaxActions = 250

// A Document is one flow as it is written. Parse makes one, Encode writes it.
type Document struct {
	Version     string
	StartAction string // Identifier of the first action
	Actions     []Action
	Module      ModuleSettings // of a module: those in its content, unless they are set to others

	members  []member // the top-level members as read, in their order
	settings Problems // what is wrong with a module's settings
}

// An Action is one block of a flow. An action that Parse has read is written back
// byte for byte; to change it, build a new Action.
type Action struct {
	Identifier  string          `json:"Identifier"`
	Type        string          `json:"Type"`
	Parameters  json.RawMessage `json:"Parameters,omitempty"`
	Transitions Transitions     `json:"Transitions"`

	raw json.RawMessage
}

// Transitions are the ways out of an action. Targets are Identifiers.
type Transitions struct {
	NextAction string            `json:"NextAction,omitempty"`
	Errors     []ErrorBranch     `json:"Errors,omitempty"`
	Conditions []ConditionBranch `json:"Conditions,omitempty"`
}

// An ErrorBranch is taken when the action raises ErrorType.
type ErrorBranch struct {
	NextAction string `json:"NextAction"`
	ErrorType  string `json:"ErrorType"`
}

// A ConditionBranch is taken when its condition is the first that holds.
type ConditionBranch struct {
	NextAction string    `json:"NextAction"`
	Condition  Condition `json:"Condition"`
}

// A Condition compares an action's result with one operand. Operands are text
// even where they are numbers; one that was neither text, number nor truth value
// is read as empty, which Validate refuses.
type Condition struct {
	Operator string   `json:"Operator"`
	Operands []string `json:"Operands"`
}

// member is one top-level member of a flow, such as Metadata.
type member struct {
	name  string
	value json.RawMessage
}

// Encode writes the flow as JSON. Members that the language does not know, and
// actions as Parse has read them, are kept byte for byte.
func (d *Document) Encode() ([]byte, error) {
	actions, err := encodeActions(d.Actions)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for i, m := range d.allMembers() {
		out.WriteByte("{,"[min(i, 1)])
		value := m.value
		switch m.name {
		case "Version":
			value, err = encodeJSON(d.Version)
		case "StartAction":
			value, err = encodeJSON(d.StartAction)
		case "Actions":
			value = actions
		}
		if err != nil {
			return nil, fmt.Errorf("write flow member %s: %w", m.name, err)
		}
		name, err := encodeJSON(m.name)
		if err != nil {
			return nil, fmt.Errorf("write flow member %s: %w", m.name, err)
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// allMembers returns the members as read, with those every flow has added if absent.
func (d *Document) allMembers() []member {
	members := append([]member(nil), d.members...)
	for _, name := range []string{"Version", "StartAction", "Actions"} {
		if !hasMember(members, name) {
			members = append(members, member{name: name})
		}
	}
	return members
}

func hasMember(members []member, name string) bool {
	for _, m := range members {
		if m.name == name {
			return true
		}
	}
	return false
}

func encodeActions(actions []Action) (json.RawMessage, error) {
	var out bytes.Buffer
	out.WriteByte('[')
	for i, a := range actions {
		if i > 0 {
			out.WriteByte(',')
		}
		raw := a.raw
		if raw == nil {
			var err error
			if raw, err = encodeJSON(a); err != nil {
				return nil, fmt.Errorf("write action %q: %w", a.Identifier, err)
			}
		}
		out.Write(raw)
	}
	out.WriteByte(']')
	return out.Bytes(), nil
}

// encodeJSON is json.Marshal without the escaping meant for HTML, which would
// turn every SSML tag into \u003c.
func encodeJSON(v any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
