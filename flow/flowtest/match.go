package flowtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"tandem/flow"
)

const (
	criterionSimilarity = "Similarity"
	criterionInclusion  = "Inclusion"

	// similarPercent is how many of the words of two similar messages they have in
	// common.
	similarPercent = 70
)

// matchesMessage says whether a prompt is the message that an event describes. An
// event without a message matches every one.
func matchesMessage(e Event, p flow.Prompt) bool {
	want := e.Properties
	switch {
	case want.PromptId != "":
		return flow.ResourceID(want.PromptId) == flow.ResourceID(p.PromptID)
	case want.Text == "" && want.SSML == "":
		return true
	case p.PromptID != "":
		return false
	}
	return similar(want.Text+withoutMarkup(want.SSML), spoken(p), e.criterion())
}

// similar compares what was expected with what was said, word by word, whatever
// the case and the punctuation. What includes the expected text is similar too.
func similar(want, said, criterion string) bool {
	expected, heard := wordsOf(want), wordsOf(said)
	if strings.Contains(" "+strings.Join(heard, " ")+" ", " "+strings.Join(expected, " ")+" ") {
		return true
	}
	if criterion == criterionInclusion || len(expected)+len(heard) == 0 {
		return false
	}
	left := map[string]int{}
	for _, word := range heard {
		left[word]++
	}
	common := 0
	for _, word := range expected {
		if left[word] > 0 {
			left[word]--
			common++
		}
	}
	return 2*common*100 >= similarPercent*(len(expected)+len(heard))
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// matchesAction says whether a block is the action that an event, or an override,
// describes: its type, and each parameter that is named. Parameters are compared
// with their references filled in; resources by id, whatever their ARN's instance.
func matchesAction(actionType string, want json.RawMessage, a flow.Action, w *Walk) bool {
	if actionNamed(actionType) != a.Type {
		return false
	}
	has := object(a.Parameters)
	wanted := object(want)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		got := w.parameter(a, name, has[name])
		if !sameParameter(wanted[name], got, w) {
			return false
		}
	}
	return true
}

// parameter is a parameter of a block as it is meant: the target queue stands for
// the queue of a transfer that names none.
func (w *Walk) parameter(a flow.Action, name string, value json.RawMessage) json.RawMessage {
	if len(value) == 0 && (name == "QueueId" || name == "AgentId") {
		return json.RawMessage(jsonText(w.scene.target))
	}
	return value
}

func sameParameter(want, got json.RawMessage, w *Walk) bool {
	if members := object(want); members != nil {
		has := object(got)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if !sameParameter(members[name], has[name], w) {
				return false
			}
		}
		return true
	}
	if items := list(want); items != nil {
		return slices.EqualFunc(items, list(got), func(a, b json.RawMessage) bool { return sameParameter(a, b, w) })
	}
	expected, value := w.Render(plain(want)), w.Render(plain(got))
	return expected == value || expected != "" && strings.Contains(expected+value, "/") && flow.ResourceID(expected) == flow.ResourceID(value)
}

func object(raw json.RawMessage) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if raw == nil || json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

func list(raw json.RawMessage) []json.RawMessage {
	var items []json.RawMessage
	if raw == nil || json.Unmarshal(raw, &items) != nil {
		return nil
	}
	return items
}
