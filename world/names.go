package world

import (
	"fmt"
	"regexp"
	"strings"

	"tandem"
	"tandem/event"
)

// Names is what people call the things of a world, by their ids.
type Names map[tandem.ID]string

var idPattern = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// Tell puts names in place of the ids in a text.
func (n Names) Tell(text string) string {
	return idPattern.ReplaceAllStringFunc(text, func(s string) string {
		id, err := tandem.ParseID(s)
		if err != nil || n[id] == "" {
			return s[:8]
		}
		return n[id]
	})
}

// named makes an id that is told by its name.
func (w *World) named(name string) tandem.ID {
	id := tandem.NameID("world", name)
	w.names[id] = name
	return id
}

// nameContact calls a contact after its call or task, or else after how it
// began.
func (w *World) nameContact(ev *event.ContactInitiated) {
	switch caller := w.names[ev.CustomerLeg]; {
	case caller != "":
		w.names[ev.ContactID] = "call of " + caller
	case ev.ClientToken != "":
		w.names[ev.ContactID] = ev.ClientToken
	default:
		w.names[ev.ContactID] = numbered(strings.ToLower(ev.Method.String())+" contact ", len(w.names))
	}
}

func numbered(what string, n int) string { return fmt.Sprintf("%s%d", what, n) }

// IDs lists the ids in a text, as text.
func IDs(text string) []string { return idPattern.FindAllString(text, -1) }
