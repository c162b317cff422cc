package metric

import (
	"fmt"
	"testing"

	"tandem"
	"tandem/event"
)

func id(kind string, n int) tandem.ID { return tandem.NameID(kind, fmt.Sprint(n)) }

var (
	sales   = id("queue", 1)
	support = id("queue", 2)
	first   = id("profile", 1)
	second  = id("profile", 2)
)

func serves(queueID tandem.ID, ch event.Channel) event.RoutingEntry {
	return event.RoutingEntry{QueueID: queueID, Channel: ch, Priority: 1}
}

// in is an agent of the first profile with one call at most.
func in(status event.StatusType, voice Slots) Agent {
	voice.Maximum = 1
	return Agent{ProfileID: first, Status: status, Slots: [channels]Slots{event.Voice: voice}}
}

// salesOnly is metrics in which the first profile serves sales by voice.
func salesOnly() *Live {
	l := New()
	l.SetProfile(first, []event.RoutingEntry{serves(sales, event.Voice)})
	return l
}

func wantValue(t *testing.T, what string, got Value, want string) {
	t.Helper()
	if want == "null" {
		want = ""
	}
	if got.String() != want {
		t.Errorf("%s is %q, want %q", what, got, want)
	}
}
