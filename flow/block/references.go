package block

import (
	"strings"

	"tandem/flow"
)

// reference is a link or a text that a contact carries along.
type reference struct {
	name, kind string // the kind such as "URL"; empty: by the look of the value
	value      flow.Template
}

// readReferences reads a contact's references: each an object with Type and Value,
// or the value alone.
func readReferences(p *flow.Params) []reference {
	object, ok := p.Object("References")
	if !ok {
		return nil
	}
	var references []reference
	for _, name := range object.Names() {
		r := reference{name: name}
		if object.IsObject(name) {
			inner, _ := object.Object(name)
			inner.Require("Value")
			r.kind, _ = readChoice(inner, "Type", "URL", "STRING", "NUMBER", "DATE", "EMAIL")
			r.value, _ = inner.Text("Value")
		} else {
			r.value, _ = object.Text(name)
		}
		references = append(references, r)
	}
	return references
}

// renderReferences makes the text "TYPE value" of each.
func renderReferences(references []reference, env flow.Env) map[string]string {
	if len(references) == 0 {
		return nil
	}
	texts := make(map[string]string, len(references))
	for _, r := range references {
		value, kind := r.value.Render(env), r.kind
		if kind == "" {
			kind = "STRING"
			if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") {
				kind = "URL"
			}
		}
		texts[r.name] = kind + " " + value
	}
	return texts
}
