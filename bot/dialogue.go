package bot

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// retriesAttribute is the request attribute in which a script counts how often
// it has asked the present question again.
const retriesAttribute = "x-tandem:retries"

// turn is what a bot is asked: one utterance and all that was before.
type turn struct {
	bot       string
	sessionID string
	locale    string
	mode      string // Text, Speech or DTMF
	text      string // empty begins the session
	session   []byte // the answer before; empty: none
}

// dialogue is one turn with a script.
type dialogue struct {
	script  *Script
	locale  string
	text    string
	said    []string
	before  answer
	retries int
}

// answer decides a turn. The same turn has the same answer.
func (s *Script) answer(t turn) ([]byte, error) {
	d := dialogue{script: s, locale: t.locale, text: t.text, said: words(t.text)}
	if len(t.session) > 0 && json.Unmarshal(t.session, &d.before) != nil {
		d.before = answer{} // it begins anew
	}
	d.retries, _ = strconv.Atoi(d.before.RequestAttributes[retriesAttribute])
	out := d.next()
	out.SessionID = t.sessionID
	out.SessionState.SessionAttributes = d.before.SessionState.SessionAttributes
	return json.Marshal(out)
}

// next goes on where the answer before has left off.
func (d *dialogue) next() answer {
	state := d.before.SessionState
	definition := d.script.intent(state.Intent)
	if state.DialogAction == nil || definition == nil {
		return d.recognize()
	}
	in := *state.Intent
	in.Slots = maps.Clone(in.Slots)
	switch state.DialogAction.Type {
	case actionElicitSlot:
		i := slices.IndexFunc(definition.Slots, func(s Slot) bool { return s.Name == state.DialogAction.SlotToElicit })
		if i >= 0 {
			return d.fill(definition, in, &definition.Slots[i])
		}
	case actionConfirm:
		return d.confirm(definition, in)
	}
	return d.recognize()
}

func (s *Script) intent(in *intent) *Intent {
	if in == nil {
		return nil
	}
	i := slices.IndexFunc(s.Intents, func(d Intent) bool { return d.Name == in.Name })
	if i < 0 {
		return nil
	}
	return &s.Intents[i]
}

// recognize finds the intent of what was said.
func (d *dialogue) recognize() answer {
	if len(d.said) == 0 {
		return d.elicitIntent(d.script.Greeting, 0)
	}
	definition, length := d.match()
	switch {
	case definition != nil:
		out := d.advance(definition, intent{Name: definition.Name, State: stateInProgress, ConfirmationState: confirmationNone, Slots: map[string]*slotList{}}, nil)
		score := float64(100*length/len(d.said)) / 100
		out.Interpretations = []interpretation{{Intent: *out.SessionState.Intent, NLUConfidence: confidence{score}}}
		return out
	case d.retries < d.script.MaxRetries:
		return d.elicitIntent(d.script.Retry, d.retries+1)
	}
	return d.closed(intent{Name: d.script.FallbackIntent, State: stateReady, ConfirmationState: confirmationNone}, nil)
}

// match finds the intent with the digits, or with the longest phrase, that was
// said; of equal ones the first.
func (d *dialogue) match() (found *Intent, length int) {
	pressed := strings.Join(inDigits(d.said, d.locale), "")
	for i := range d.script.Intents {
		in := &d.script.Intents[i]
		if in.Digits != "" && in.Digits == pressed {
			return in, len(d.said)
		}
	}
	for i := range d.script.Intents {
		in := &d.script.Intents[i]
		for _, p := range pick(in.Phrases, d.locale, d.script.DefaultLocale) {
			if phrase := words(p); len(phrase) > length && contains(d.said, phrase) {
				found, length = in, len(phrase)
			}
		}
	}
	return found, length
}

// fill takes what was said as a slot's value, or asks again.
func (d *dialogue) fill(definition *Intent, in intent, slot *Slot) answer {
	value, understood := d.script.value(slot, d.text, d.locale)
	switch {
	case understood:
		if in.Slots == nil {
			in.Slots = map[string]*slotList{}
		}
		in.Slots[slot.Name] = &slotList{slotValue{OriginalValue: d.text, InterpretedValue: value, ResolvedValues: []string{value}}}
		return d.advance(definition, in, nil)
	case d.retries < d.script.MaxRetries:
		return d.again(d.advance(definition, in, slot.Retry))
	}
	in.State = stateFailed
	return d.closed(in, definition.Failed)
}

// confirm takes what was said as a yes or a no, or asks again.
func (d *dialogue) confirm(definition *Intent, in intent) answer {
	yes, understood := d.script.yesOrNo(d.said, d.locale)
	switch {
	case understood && yes:
		in.ConfirmationState = confirmationYes
		return d.advance(definition, in, nil)
	case understood:
		in.ConfirmationState, in.State = confirmationNo, stateFailed
		return d.closed(in, definition.Denied)
	case d.retries < d.script.MaxRetries:
		return d.again(d.advance(definition, in, d.script.Retry))
	}
	in.State = stateFailed
	return d.closed(in, definition.Failed)
}

// advance asks for what is missing, says before it why it asks again, and ends
// when all is known.
func (d *dialogue) advance(definition *Intent, in intent, before map[string]string) answer {
	for i := range definition.Slots {
		slot := &definition.Slots[i]
		if in.Slots[slot.Name] == nil {
			return answer{
				Messages:     d.messages(in, before, slot.Prompt),
				SessionState: sessionState{DialogAction: &dialogAction{Type: actionElicitSlot, SlotToElicit: slot.Name}, Intent: &in},
			}
		}
	}
	if len(definition.Confirm) > 0 && in.ConfirmationState == confirmationNone {
		return answer{
			Messages:     d.messages(in, before, definition.Confirm),
			SessionState: sessionState{DialogAction: &dialogAction{Type: actionConfirm}, Intent: &in},
		}
	}
	in.State = stateReady
	return d.closed(in, definition.Closing)
}

// again counts a question that is asked again.
func (d *dialogue) again(out answer) answer {
	out.RequestAttributes = map[string]string{retriesAttribute: strconv.Itoa(d.retries + 1)}
	return out
}

func (d *dialogue) elicitIntent(text map[string]string, retries int) answer {
	out := answer{Messages: d.messages(intent{}, text), SessionState: sessionState{DialogAction: &dialogAction{Type: actionElicitIntent}}}
	if retries > 0 {
		return d.again(out)
	}
	return out
}

func (d *dialogue) closed(in intent, text map[string]string) answer {
	return answer{
		Messages:        d.messages(in, text),
		SessionState:    sessionState{DialogAction: &dialogAction{Type: actionClose}, Intent: &in},
		Interpretations: []interpretation{{Intent: in, NLUConfidence: confidence{1}}},
	}
}

// messages are texts in the turn's language, with the values of slots.
func (d *dialogue) messages(in intent, texts ...map[string]string) []message {
	var all []message
	for _, by := range texts {
		text := pick(by, d.locale, d.script.DefaultLocale)
		if text == "" {
			continue
		}
		var names []string
		for _, name := range sorted(in.Slots) {
			if value := in.Slots[name]; value != nil {
				names = append(names, "{"+name+"}", value.Value.InterpretedValue)
			}
		}
		all = append(all, message{Content: strings.NewReplacer(names...).Replace(text), ContentType: "PlainText"})
	}
	return all
}
