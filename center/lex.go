package center

import (
	"strconv"
	"strings"
)

// lexNames is where the answer of a bot has what $.Lex shows (Amazon Connect
// Administrator Guide: List of available contact attributes: Amazon Lex
// contact attributes; Amazon Lex API: RecognizeText). Names are read in any
// case. Beyond that guide DialogAction is what the bot does next.
var lexNames = map[string][]string{
	"intentname":        {"sessionState", "intent", "name"},
	"dialogstate":       {"sessionState", "intent", "state"},
	"dialogaction":      {"sessionState", "dialogAction", "type"},
	"sessionattributes": {"sessionState", "sessionAttributes"},
	"slots":             {"sessionState", "intent", "slots"},
	"intentconfidence":  {"interpretations", "0", "nluConfidence"},
	"sentimentresponse": {"interpretations", "0", "sentimentResponse"},
}

// lex is a value of $.Lex, the last answer of the bot.
func (e env) lex(path []string) (string, bool) {
	mem := e.c.memoryOn(e.side)
	if mem == nil || mem.Locals.Session == "" {
		return "", false
	}
	answer := e.m.json.read(mem.Locals.Session)
	name := strings.ToLower(path[0])
	if name == "alternateintents" || name == "alternativeintents" {
		return shown(alternate(answer, path[1:]))
	}
	at, known := lexNames[name]
	if !known {
		return "", false
	}
	return shown(lexMember(member(answer, false, at...), name, path[1:]))
}

// lexMember reads on in a part of the answer, with the names of $.Lex.
func lexMember(value any, name string, path []string) any {
	if len(path) == 0 {
		return value
	}
	switch name {
	case "slots":
		return slot(member(value, true, path[0]), path[1:])
	case "sentimentresponse":
		path = sentimentPath(path)
	case "sessionattributes":
		return member(value, false, path...)
	}
	return member(value, true, path...)
}

// slot is the value of a slot: as the bot understood it, else as it was said.
func slot(value any, path []string) any {
	if len(path) > 0 {
		return member(value, true, path...)
	}
	if understood := member(value, false, "value", "interpretedValue"); understood != nil {
		return understood
	}
	if _, isObject := value.(map[string]any); isObject {
		return member(value, false, "value", "originalValue")
	}
	return value
}

// sentimentPath turns the names of $.Lex into those of the answer.
func sentimentPath(path []string) []string {
	switch strings.ToLower(path[0]) {
	case "label":
		return []string{"sentiment"}
	case "scores":
		return append([]string{"sentimentScore"}, path[1:]...)
	}
	return path
}

// alternate is a value of an intent that the bot thought of too: named by its
// place, 1 for the first that it did not take, or by its name.
func alternate(answer any, path []string) any {
	all, _ := member(answer, false, "interpretations").([]any)
	if len(all) < 2 || len(path) < 2 {
		return nil
	}
	for i, one := range all[1:] {
		if path[0] != strconv.Itoa(i+1) && member(one, false, "intent", "name") != path[0] {
			continue
		}
		switch name := strings.ToLower(path[1]); name {
		case "intentname":
			return member(one, false, "intent", "name")
		case "intentconfidence":
			return member(one, true, append([]string{"nluConfidence"}, path[2:]...)...)
		case "slots":
			return lexMember(member(one, false, "intent", "slots"), name, path[2:])
		case "sentimentresponse":
			return lexMember(member(one, false, "sentimentResponse"), name, path[2:])
		}
	}
	return nil
}
