package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads a flow. It refuses what is not JSON, what is too large, and what
// does not have the shape of a flow, naming every place at once: its error is
// then a Problems. Whether the flow makes sense is for Validate to say.
func Parse(content []byte) (*Document, error) {
	if n := utf8.RuneCount(content); n > MaxContentChars {
		return nil, Problems{{Message: "Invalid flow content",
			Hint: fmt.Sprintf("It has %d characters; at most %d are allowed", n, MaxContentChars)}}
	}
	members, err := readMembers(content)
	if err != nil {
		return nil, Problems{{Message: "Invalid flow content", Hint: "It is not a JSON object: " + err.Error()}}
	}
	doc := &Document{members: members}
	var s shape
	for _, m := range members {
		switch m.name {
		case "Version":
			doc.Version = s.text(m.value, "Version")
		case "StartAction":
			doc.StartAction = s.text(m.value, "StartAction")
		case "Actions":
			doc.Actions = s.actions(m.value)
		case settingsPath:
			var settings shape // wrong ones can be saved, not published
			doc.Module = settings.settings(m.value)
			doc.settings = settings.problems
		}
	}
	if len(s.problems) > 0 {
		return nil, s.problems
	}
	return doc, nil
}

// readMembers lists the members of a JSON object in their order. Of a name that
// occurs twice the last value holds, at the first one's place.
func readMembers(content []byte) ([]member, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(content, &values); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	var members []member
	seen := make(map[string]bool, len(values))
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var skipped json.RawMessage
		if err := decoder.Decode(&skipped); err != nil {
			return nil, err
		}
		if text, ok := name.(string); ok && !seen[text] {
			seen[text] = true
			members = append(members, member{name: text, value: values[text]})
		}
	}
	return members, nil
}

// shape reads JSON of an expected form and notes every place that has another.
type shape struct{ problems Problems }

func (s *shape) wrong(path, want string) {
	s.problems = append(s.problems, Problem{Message: msgPropertyValue, Path: path, Hint: "Expected " + want})
}

func (s *shape) text(raw json.RawMessage, path string) string {
	var text string
	if raw != nil && json.Unmarshal(raw, &text) != nil {
		s.wrong(path, "text")
	}
	return text
}

func (s *shape) object(raw json.RawMessage, path string) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if raw != nil && json.Unmarshal(raw, &members) != nil {
		s.wrong(path, "an object")
	}
	return members
}

func (s *shape) list(raw json.RawMessage, path string) []json.RawMessage {
	var items []json.RawMessage
	if raw != nil && json.Unmarshal(raw, &items) != nil {
		s.wrong(path, "a list")
	}
	return items
}

func (s *shape) actions(raw json.RawMessage) []Action {
	var actions []Action
	for i, item := range s.list(raw, "Actions") {
		actions = append(actions, s.action(item, fmt.Sprintf("Actions[%d]", i)))
	}
	return actions
}

func (s *shape) action(raw json.RawMessage, path string) Action {
	members := s.object(raw, path)
	s.object(members["Parameters"], path+".Parameters")
	return Action{
		Identifier:  s.text(members["Identifier"], path+".Identifier"),
		Type:        s.text(members["Type"], path+".Type"),
		Parameters:  members["Parameters"],
		Transitions: s.transitions(members["Transitions"], path+".Transitions"),
		raw:         raw,
	}
}

func (s *shape) transitions(raw json.RawMessage, path string) Transitions {
	members := s.object(raw, path)
	t := Transitions{NextAction: s.text(members["NextAction"], path+".NextAction")}
	for i, item := range s.list(members["Errors"], path+".Errors") {
		at := fmt.Sprintf("%s.Errors[%d]", path, i)
		branch := s.object(item, at)
		t.Errors = append(t.Errors, ErrorBranch{
			NextAction: s.text(branch["NextAction"], at+".NextAction"),
			ErrorType:  s.text(branch["ErrorType"], at+".ErrorType"),
		})
	}
	for i, item := range s.list(members["Conditions"], path+".Conditions") {
		at := fmt.Sprintf("%s.Conditions[%d]", path, i)
		branch := s.object(item, at)
		t.Conditions = append(t.Conditions, ConditionBranch{
			NextAction: s.text(branch["NextAction"], at+".NextAction"),
			Condition:  s.condition(branch["Condition"], at+".Condition"),
		})
	}
	return t
}

func (s *shape) condition(raw json.RawMessage, path string) Condition {
	members := s.object(raw, path)
	c := Condition{Operator: s.text(members["Operator"], path+".Operator")}
	for _, item := range s.list(members["Operands"], path+".Operands") {
		text, _ := scalar(item)
		c.Operands = append(c.Operands, text)
	}
	return c
}

// scalar reads text, a number or a truth value as text. Exports of the Amazon
// Connect console write all three as text, people write numbers and truth values.
func scalar(raw json.RawMessage) (string, bool) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return "", false
	}
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	case bool:
		if value {
			return "True", true
		}
		return "False", true
	}
	return "", false
}

// truth reads True and False in any spelling of case.
func truth(text string) (value, ok bool) {
	switch {
	case strings.EqualFold(text, "True"):
		return true, true
	case strings.EqualFold(text, "False"):
		return false, true
	}
	return false, false
}
