package awsconnect

import (
	"testing"

	"tandem"
)

// TestStatusThatWillHoldIsReportedOnceWithWhenItWasChosen holds the identity of
// what is seen (SYNC-2): a next status counts as chosen when it is set, its
// coming into force is nothing new, and taking it back is.
func TestStatusThatWillHoldIsReportedOnceWithWhenItWasChosen(t *testing.T) {
	at := func(status string, since tandem.Time) sighting { return sighting{status: status, since: since} }
	next := func(status string, since tandem.Time, next string, nextAt tandem.Time) sighting {
		return sighting{status: status, since: since, next: next, nextAt: nextAt}
	}
	type step struct {
		seen   sighting
		remote string
		at     tandem.Time
		moved  bool
	}
	tests := map[string][]step{
		"a plain change": {
			{at("available", 100), "available", 100, true}, {at("available", 100), "available", 100, false}, {at("lunch", 200), "lunch", 200, true},
		},
		"the same status again, later": {{at("lunch", 100), "lunch", 100, true}, {at("lunch", 300), "lunch", 300, true}},
		"a next status comes into force": {
			{at("available", 100), "available", 100, true}, {next("available", 100, "lunch", 200), "lunch", 200, true},
			{at("lunch", 900), "lunch", 200, false}, {at("lunch", 900), "lunch", 200, false}, {at("available", 950), "available", 950, true},
		},
		"a next status is taken back": {
			{at("available", 100), "available", 100, true}, {next("available", 100, "lunch", 200), "lunch", 200, true},
			{at("available", 100), "available", 0, true}, {at("available", 100), "available", 0, false}, {at("lunch", 300), "lunch", 300, true},
		},
		"a next status is replaced": {
			{next("available", 100, "lunch", 200), "lunch", 200, true}, {next("available", 100, "training", 300), "training", 300, true},
		},
		"a next status whose time nobody tells": {
			{at("available", 100), "available", 100, true}, {next("available", 100, "lunch", 0), "lunch", 0, true},
			{next("available", 100, "lunch", 200), "lunch", 0, false}, {at("lunch", 900), "lunch", 0, false},
		},
		"logged out, seen by an event and then by looking": {
			{at("offline", 500), "offline", 500, true}, {sighting{status: "offline", absent: true}, "offline", 500, false},
		},
	}
	for name, steps := range tests {
		s := newSeen()
		for i, st := range steps {
			r := s.polled("agent", tandem.Time(1000+i), st.seen)
			if r.remote != st.remote || r.at != st.at || r.moved != st.moved {
				t.Errorf("%s, step %d: %s since %d, moved %t; want %s since %d, moved %t", name, i, r.remote, r.at, r.moved, st.remote, st.at, st.moved)
			}
		}
	}
}

func TestEventTellsWhenANextStatusWasTakenBack(t *testing.T) {
	s := newSeen()
	s.evented("agent", 200, sighting{status: "available", since: 100, next: "lunch", nextAt: 200})
	if r, ok := s.evented("agent", 300, sighting{status: "available", since: 100}); !ok || r.remote != "available" || r.at != 300 {
		t.Errorf("taken back: %+v, want available since 300", r)
	}
}

func TestOlderEventsAndAnswersChangeNothing(t *testing.T) {
	s := newSeen()
	if _, ok := s.evented("agent", 10_000, sighting{status: "lunch", since: 9_000}); !ok {
		t.Fatal("the first event is not taken")
	}
	if _, ok := s.evented("agent", 9_999, sighting{status: "available", since: 1}); ok {
		t.Error("an event from before the last one is taken")
	}
	if r := s.polled("agent", 8_000, sighting{status: "available", since: 1}); r.remote != "lunch" || r.at != 9_000 {
		t.Errorf("an answer from before the event is believed: %+v", r)
	}
	if r := s.polled("agent", 20_000, sighting{status: "training", since: 15_000}); r.remote != "training" {
		t.Errorf("a newer answer is not believed: %+v", r)
	}
	if _, ok := s.evented("agent", 14_000, sighting{status: "lunch", since: 9_000}); ok {
		t.Error("an event from before the answer is taken")
	}
	if r := s.polled("agent", 19_000, sighting{status: "lunch", since: 9_000}); r.remote != "training" {
		t.Errorf("an answer that was asked for earlier is believed: %+v", r)
	}
}

func TestWorkShowsTheStateThatMattersMost(t *testing.T) {
	voice := func(state, method string) slot { return slot{state: state, channel: "VOICE", method: method} }
	tests := []struct {
		name  string
		slots []slot
		want  work
	}{
		{"nothing", nil, work{}},
		{"a call rings", []slot{voice("CONNECTING", "INBOUND")}, work{"PendingBusy", true}},
		{"the agent calls", []slot{voice("CONNECTING", "OUTBOUND")}, work{"CallingCustomer", true}},
		{"a callback is dialled", []slot{voice("CONNECTING", "CALLBACK")}, work{"CallingCustomer", true}},
		{"a callback is offered", []slot{voice("INCOMING", "CALLBACK")}, work{"Pending", true}},
		{"talking", []slot{voice("CONNECTED", "INBOUND")}, work{"Busy", true}},
		{"on hold", []slot{voice("CONNECTED_ONHOLD", "INBOUND")}, work{"Busy", true}},
		{"wrap-up", []slot{voice("ENDED", "INBOUND")}, work{"AfterCallWork", true}},
		{"missed", []slot{voice("MISSED", "INBOUND")}, work{"MissedCallAgent", true}},
		{"rejected", []slot{voice("REJECTED", "INBOUND")}, work{"MissedCallAgent", true}},
		{"failed", []slot{voice("ERROR", "OUTBOUND")}, work{"Error", true}},
		{"a task rings", []slot{{state: "CONNECTING", channel: "TASK", method: "API"}}, work{"", true}},
		{"one task missed, one under way", []slot{{state: "MISSED", channel: "TASK"}, {state: "CONNECTED", channel: "TASK"}}, work{"Busy", true}},
		{"wrap-up while another rings", []slot{voice("ENDED", "INBOUND"), voice("CONNECTING", "INBOUND")}, work{"PendingBusy", true}},
	}
	for _, tt := range tests {
		if got := workOf(tt.slots); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
