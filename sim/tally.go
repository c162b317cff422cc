package sim

import (
	"tandem"
	"tandem/event"
)

// tally counts what happened in a run, so that a world in which too little
// happens is noticed.
type tally map[string]int

// kinds counts events by their kind, which are far below its size.
type kinds [512]int32

func (k *kinds) take(rec *tandem.Record) {
	for _, ev := range rec.Events {
		k[ev.Kind()]++
	}
}

// tell adds the counts by name.
func (k *kinds) tell(t tally) {
	for kind, n := range k {
		if n > 0 {
			t[event.New(tandem.EventKind(kind)).EventName()] += int(n)
		}
	}
}

// take counts how offers and contacts ended.
func (t tally) take(ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.OfferEnded:
		t[offerWords[ev.Outcome]]++
	case *event.ContactDisconnected:
		t[endWords[ev.Reason]]++
	}
}

// count counts one thing that happened, if it did.
func (t tally) count(what string, happened bool) {
	if happened {
		t[what]++
	}
}

// add adds what happened elsewhere.
func (t tally) add(prefix string, other map[string]int) {
	for what, times := range other {
		t[prefix+what] += times
	}
}

// What is counted often has its words ready.
var (
	offerWords = words("offer ", event.OfferAccepted, event.OfferFailed)
	endWords   = words("ended by ", event.CustomerDisconnect, event.Barged)
)

// words are the names of the values from first to last, behind a prefix.
func words[T interface {
	~uint8
	String() string
}](prefix string, first, last T) map[T]string {
	all := map[T]string{}
	for v := first; v <= last; v++ {
		all[v] = prefix + v.String()
	}
	return all
}
