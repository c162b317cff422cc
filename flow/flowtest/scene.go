package flowtest

import (
	"encoding/json"
	"maps"
	"strings"

	"tandem/flow"
)

// The identity of the contact that walks, and of its instance.
const (
	walkingContact  = "00000000-0000-4000-8000-000000000001"
	walkingInstance = "arn:aws:connect:us-east-1:000000000000:instance/00000000-0000-4000-8000-000000000000"
)

// scene is what a contact carries along; it answers the flow's questions.
type scene struct {
	outside     Outside
	flows       map[string]*Flow // by id
	channel     string
	attributes  map[string]string
	flowOnly    map[string]string // $.FlowAttributes
	values      map[string]string // other attributes by dotted path
	external    string            // JSON
	bot         string            // JSON
	view        string            // JSON
	moduleInput string            // JSON
	moduleData  string            // JSON
	target      string            // id of the queue, or of the agent whose own queue is meant
	recorded    string            // whose voices are recorded
}

func newScene(w *World, outside Outside, flows map[string]*Flow) *scene {
	s := &scene{outside: outside, flows: flows, channel: w.Channel, attributes: maps.Clone(w.Attributes),
		flowOnly: map[string]string{}, values: map[string]string{}, target: flow.ResourceID(w.Queue)}
	if s.channel == "" {
		s.channel = flow.ChannelVoice
	}
	if s.attributes == nil {
		s.attributes = map[string]string{}
	}
	maps.Copy(s.values, map[string]string{
		"ContactId": walkingContact, "InitialContactId": walkingContact, "InstanceARN": walkingInstance, "Channel": s.channel,
		"InitiationMethod": "INBOUND", "LanguageCode": "en-US", "TextToSpeechVoiceId": "Joanna",
	})
	if w.CustomerNumber != "" {
		s.values["CustomerEndpoint.Address"], s.values["CustomerEndpoint.Type"] = w.CustomerNumber, "TELEPHONE_NUMBER"
	}
	if w.DialedNumber != "" {
		s.values["SystemEndpoint.Address"], s.values["SystemEndpoint.Type"] = w.DialedNumber, "TELEPHONE_NUMBER"
	}
	maps.Copy(s.values, w.Values)
	return s
}

// Channel implements flow.Env.
func (s *scene) Channel() string { return s.channel }

// Value implements flow.Env.
func (s *scene) Value(path ...string) (string, bool) {
	name := strings.Join(path[1:], ".")
	var value string
	var ok bool
	switch path[0] {
	case "Attributes":
		value, ok = s.attributes[name]
	case "FlowAttributes":
		value, ok = s.flowOnly[name]
	case "External":
		value, ok = lookUp(s.external, path[1:])
	case "Lex":
		value, ok = lookUpBot(s.bot, path[1:])
	case "Views":
		value, ok = lookUp(s.view, path[1:])
	case "Modules":
		value, ok = s.module(path[1:])
	case "Queue":
		value, ok = s.queue(name)
	}
	if !ok {
		value, ok = s.values[strings.Join(path, ".")]
	}
	return value, ok
}

func (s *scene) module(path []string) (string, bool) {
	switch {
	case len(path) == 0:
		return "", false
	case path[0] == "Input":
		return lookUp(s.moduleInput, path[1:])
	case path[0] == "ResultData":
		return lookUp(s.moduleData, path[1:])
	}
	return "", false
}

func (s *scene) queue(name string) (string, bool) {
	if s.target == "" {
		return "", false
	}
	switch name {
	case "Name":
		return s.outside.QueueName(s.target)
	case "ARN":
		return walkingInstance + "/queue/" + s.target, true
	}
	return "", false
}

// HoursOpen implements flow.Env.
func (s *scene) HoursOpen(hoursID string) (open, known bool) { return s.outside.HoursOpen(hoursID) }

// QueueKnown implements flow.Env.
func (s *scene) QueueKnown(id string) bool {
	_, known := s.outside.QueueName(id)
	return id != "" && known
}

// QueueHasRoom implements flow.Env.
func (s *scene) QueueHasRoom() (room, known bool) { return s.HasRoom("") }

// HasRoom implements flow.Env.
func (s *scene) HasRoom(id string) (room, known bool) {
	if id == "" {
		id = s.target
	}
	if id == "" {
		return false, false
	}
	return s.outside.HasRoom(id)
}

// AgentKnown implements flow.Env.
func (s *scene) AgentKnown(id string) bool { return s.QueueKnown(id) }

// FlowKnown implements flow.Env. A flow that the walk does not have is taken to be
// there, and of the right type: the walk ends there.
func (s *scene) FlowKnown(id string, types ...flow.Type) bool {
	f := s.flows[id]
	if f == nil || f.Type == "" {
		return id != ""
	}
	for _, t := range types {
		if f.Type == t {
			return true
		}
	}
	return false
}

// Metric implements flow.Env.
func (s *scene) Metric(name flow.MetricName, queueID, agentID string) (n int64, known bool) {
	id := queueID + agentID
	if id == "" {
		id = s.target
	}
	if id == "" {
		return 0, false
	}
	return s.outside.Metric(name, id)
}

// Percent implements flow.Env.
func (s *scene) Percent() int { return s.outside.Percent() }

// Dialable implements flow.Env: a number in E.164 may be called.
func (s *scene) Dialable(number string) (ok, allowed bool) {
	digits := strings.TrimPrefix(number, "+")
	ok = digits != number && len(digits) >= 7 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
	return ok, ok
}

// PhoneNumber implements flow.Env. It knows the calling codes of no country: one
// that is given as a code counts, of others the number is taken as it is.
func (s *scene) PhoneNumber(digits, country string, local bool) (e164 string, ok bool) {
	if code := strings.TrimPrefix(country, "+"); local && code != country {
		digits = code + strings.TrimPrefix(digits, "0")
	}
	ok, _ = s.Dialable("+" + digits)
	return "+" + digits, ok
}

// FunctionKnown implements flow.Env.
func (s *scene) FunctionKnown(arn string) bool { return arn != "" }

// BotKnown implements flow.Env.
func (s *scene) BotKnown(bot string) bool { return bot != "" }

// BotPresent implements flow.Env.
func (s *scene) BotPresent() bool { return false }

// ModuleKnown implements flow.Env.
func (s *scene) ModuleKnown(id string) bool { return s.flows[moduleID(id)] != nil }

// moduleID cuts the version or alias off.
func moduleID(id string) string {
	id, _, _ = strings.Cut(id, ":")
	return id
}

// lookUp finds a value in JSON: text, numbers and truth values as text, the rest
// as JSON.
func lookUp(content string, path []string) (string, bool) {
	decoder := json.NewDecoder(strings.NewReader(content))
	decoder.UseNumber()
	var value any
	if content == "" || decoder.Decode(&value) != nil {
		return "", false
	}
	for _, step := range path {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			at := 0
			for _, digit := range step {
				if digit < '0' || digit > '9' || at > len(inner) {
					return "", false
				}
				at = at*10 + int(digit-'0')
			}
			if at >= len(inner) || step == "" {
				return "", false
			}
			value = inner[at]
		default:
			return "", false
		}
	}
	switch value := value.(type) {
	case nil:
		return "", false
	case string:
		return value, true
	}
	return jsonText(value), true
}

// lookUpBot finds what $.Lex shows in an answer of Lex V2 (Amazon Connect
// Administrator Guide: Amazon Lex contact attributes).
func lookUpBot(session string, path []string) (string, bool) {
	if len(path) == 0 {
		return "", false
	}
	switch strings.ToLower(path[0]) {
	case "intentname":
		return lookUp(session, []string{"sessionState", "intent", "name"})
	case "dialogstate":
		return lookUp(session, []string{"sessionState", "intent", "state"})
	case "slots":
		return lookUp(session, append(append([]string{"sessionState", "intent", "slots"}, path[1:]...), "value", "interpretedValue"))
	case "sessionattributes":
		return lookUp(session, append([]string{"sessionState", "sessionAttributes"}, path[1:]...))
	case "intentconfidence":
		return lookUp(session, []string{"interpretations", "0", "nluConfidence", "score"})
	}
	return lookUp(session, path)
}
