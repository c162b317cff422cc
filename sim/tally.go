package sim

import (
	"tandem"
	"tandem/event"
)

// tally counts what happened in a run, so that a world in which too little
// happens is noticed.
type tally map[string]int

func (t tally) take(rec *tandem.Record) {
	for _, ev := range rec.Events {
		t[ev.EventName()]++
		switch ev := ev.(type) {
		case *event.OfferEnded:
			t["offer "+ev.Outcome.String()]++
		case *event.ContactDisconnected:
			t["ended by "+ev.Reason.String()]++
		case *event.FlowBlockRan:
			t["block "+ev.Type+" "+ev.Outcome]++
		}
	}
}

// count counts one thing that happened, if it did.
func (t tally) count(what string, happened bool) {
	if happened {
		t[what]++
	}
}
