package center

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"tandem"
)

// marshal is a value as JSON, without what only browsers need.
func marshal(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(value) != nil { // only of what is no JSON value
		return "{}"
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// readObject reads one JSON object, with its numbers as they are written; nil
// for what is none.
func readObject(text string) map[string]any {
	if !json.Valid([]byte(text)) {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var object map[string]any
	if d.Decode(&object) != nil {
		return nil
	}
	return object
}

// isObject reports whether a text is one JSON object.
func isObject(text string) bool { return readObject(text) != nil }

// jsonObject is the JSON object that was read last: flows mostly look into the
// same one again.
type jsonObject struct {
	text   string
	object map[string]any
}

// read is what the text holds, which is not to be changed.
func (j *jsonObject) read(text tandem.Personal) map[string]any {
	if j.text != string(text) {
		j.text, j.object = string(text), readObject(string(text))
	}
	return j.object
}

// member finds a value by its path: names of members, and places in lists from
// 0. With fold a name may be in any case.
func member(value any, fold bool, path ...string) any {
	for _, name := range path {
		switch v := value.(type) {
		case map[string]any:
			value = child(v, name, fold)
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

func child(object map[string]any, name string, fold bool) any {
	if value, ok := object[name]; ok || !fold {
		return value
	}
	for _, key := range tandem.SortedKeys(object) {
		if strings.EqualFold(key, name) {
			return object[key]
		}
	}
	return nil
}

// shown is a JSON value as an attribute shows it: objects and lists as JSON.
// Null is missing.
func shown(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	case map[string]any:
		return marshal(v), v != nil
	}
	return marshal(value), true
}
