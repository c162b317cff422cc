package record_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/view/record"
	"tandem/view/viewtest"
)

// life is what the journal's facts say of one contact, added up in a test's own
// way.
type life struct {
	began     event.ContactInitiated
	connected event.AgentConnected
	ended     tandem.Time
	gone      tandem.Time // disconnected
	queued    tandem.Time
	work      tandem.Time // after contact work, from
	cleared   tandem.Time // and to
	accepted  tandem.Time
	holds     []int64
	heldSince tandem.Time
	attempts  uint32
	outside   bool // transferred outside last
	next      tandem.ID
}

// lives reads the journal.
func lives(t *testing.T, s *viewtest.Story) map[tandem.ID]*life {
	t.Helper()
	all, customers := map[tandem.ID]*life{}, map[tandem.ID]bool{}
	err := s.Records(func(rec *tandem.Record) error {
		for _, ev := range rec.Events {
			apply(all, customers, ev)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func apply(all map[tandem.ID]*life, customers map[tandem.ID]bool, ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		all[ev.ContactID] = &life{began: *ev}
		customers[ev.CustomerLeg] = true
	case *event.LegDialed:
		customers[ev.LegID] = customers[ev.LegID] || ev.Role == event.CustomerLeg
	case *event.LegHeld:
		if l := all[ev.ContactID]; customers[ev.LegID] && l.gone.IsZero() {
			l.hold(ev.Held, ev.At)
		}
	case *event.ContactQueued:
		all[ev.ContactID].queued = ev.At
	case *event.OfferMade:
		all[ev.ContactID].attempts++
	case *event.OfferEnded:
		if all[ev.ContactID].accepted = 0; ev.Outcome == event.OfferAccepted {
			all[ev.ContactID].accepted = ev.At
		}
	case *event.AgentConnected:
		all[ev.ContactID].connected = *ev
	case *event.ContactDisconnected:
		l := all[ev.ContactID]
		l.hold(false, ev.At)
		l.gone = ev.At
	case *event.ContactTransferred:
		all[ev.ContactID].outside, all[ev.ContactID].next = ev.To == event.TransferOutside, ev.NextContactID
	case *event.AfterContactWorkStarted:
		all[ev.ContactID].work = ev.At
	case *event.ContactCleared:
		if l := all[ev.ContactID]; !l.work.IsZero() && l.ended.IsZero() {
			l.cleared = ev.At
		}
	case *event.ContactEnded:
		all[ev.ContactID].ended = ev.At
	}
}

func (l *life) hold(on bool, at tandem.Time) {
	switch {
	case on:
		l.heldSince = at
	case !l.heldSince.IsZero():
		l.holds = append(l.holds, at.Sub(l.heldSince))
		l.heldSince = 0
	}
}

// seen counts what the shifts had, so that the property is not held of nothing.
type seen map[string]int

// TestRecordsOfAnyShiftAddUp holds, for shifts of random work, that there is
// exactly one record of each contact, that its times are in order, and that its
// durations are the whole seconds of what happened: the parts of the time with
// an agent sum to the whole. SIM-S9
func TestRecordsOfAnyShiftAddUp(t *testing.T) {
	had := seen{}
	for seed := range uint64(6) {
		names := []string{"agent1", "agent2", "agent3", "agent4"}
		s := viewtest.Begin(t, filepath.Join(t.TempDir(), "views.db"), func() []engine.View { return []engine.View{record.New()} })
		s.TellAll(viewtest.Setup(names...))
		s.Shift(seed, 400, names...)
		all := lives(t, s)
		rows, err := record.List(t.Context(), s.DB(), viewtest.InstanceID, record.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(all) {
			t.Errorf("seed %d: %d records of %d contacts", seed, len(rows), len(all))
		}
		for i := range rows {
			l := all[rows[i].ContactID]
			if err := l.check(&rows[i], had); err != nil {
				t.Errorf("seed %d, %s contact %s (%s): %v", seed, rows[i].Record.InitiationMethod, rows[i].ContactID, l.began.Channel, err)
			}
		}
	}
	for _, kind := range []string{"INBOUND", "OUTBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK", "API", "DISCONNECT", "MONITOR", "EXTERNAL_OUTBOUND",
		"held", "next", "outside", "callback with an agent", "after contact work", "retired"} {
		if had[kind] == 0 {
			t.Errorf("no record was %s; there were %v", kind, had)
		}
	}
}

func (l *life) check(row *record.Row, had seen) error {
	r, times := &row.Record, &row.Times
	had[r.InitiationMethod]++
	for _, err := range []error{
		ordered(times.Initiated, times.Enqueued, times.Dequeued, times.Disconnected, times.AfterWorkStarted, times.AfterWorkEnded, times.Ended),
		ordered(times.Initiated, times.ConnectedToAgent, times.Disconnected),
		same("method", r.InitiationMethod, l.began.Method.String()), same("end", times.Ended, l.ended),
		same("disconnect", times.Disconnected, l.gone), same("attempts", r.AgentConnectionAttempts, l.attempts),
		l.checkQueue(row), l.checkAgent(row, had), l.checkChain(r, had), l.checkEndpoints(r, had),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *life) checkQueue(row *record.Row) error {
	q, times := row.Record.Queue, &row.Times
	if q == nil || l.queued.IsZero() {
		return same("queue", q == nil, l.queued.IsZero())
	}
	if at := l.connected.At; !at.IsZero() && l.began.Method != event.Callback {
		if err := same("dequeued", times.Dequeued, at); err != nil {
			return err
		}
	}
	return firstOf(same("enqueued", times.Enqueued, l.queued), same("queue time", *q.Duration, times.Dequeued.Sub(times.Enqueued)/1000))
}

func (l *life) checkAgent(row *record.Row, had seen) error {
	a := row.Record.Agent
	if a == nil || l.connected.At.IsZero() {
		return same("agent", a == nil, l.connected.At.IsZero())
	}
	var held, longest int64
	for _, ms := range l.holds {
		held, longest = held+ms, max(longest, ms)
	}
	whole := l.gone.Sub(l.connected.At)
	if over := whole/1000 - *a.AgentInteractionDuration - a.CustomerHoldDuration; over < 0 || over > 1 {
		return fmt.Errorf("%d ms with the agent are %d s of talk and %d s of hold", whole, *a.AgentInteractionDuration, a.CustomerHoldDuration)
	}
	if held > 0 {
		had["held"]++
	}
	if row.Record.InitiationMethod == "CALLBACK" {
		had["callback with an agent"]++
	}
	if !l.work.IsZero() {
		had["after contact work"]++
		if err := firstOf(same("work", row.Times.AfterWorkStarted, l.work), same("clearing", row.Times.AfterWorkEnded, l.cleared),
			same("work time", *a.AfterContactWorkDuration, l.cleared.Sub(l.work)/1000)); err != nil {
			return err
		}
	}
	if a.Username == nil || a.RoutingProfile == nil || a.HierarchyGroups == nil || a.HierarchyGroups.Level2.GroupName != "Team" || a.HierarchyGroups.Level3 != nil {
		return fmt.Errorf("the agent is %+v", a)
	}
	if viewtest.UserID(*a.Username) == viewtest.UserID("agent1") && row.Times.AfterWorkEnded > l.gone {
		had["retired"]++
	}
	return firstOf(same("user", viewtest.UserID(*a.Username), l.connected.UserID), same("talk", *a.AgentInteractionDuration, (whole-held)/1000),
		same("hold", a.CustomerHoldDuration, held/1000), same("longest hold", a.LongestHoldDuration, longest/1000), same("holds", a.NumberOfHolds, int64(len(l.holds))))
}

func (l *life) checkChain(r *record.Record, had seen) error {
	if !l.next.IsZero() {
		had["next"]++
	}
	return firstOf(same("next", text(r.NextContactID), id(l.next)), same("previous", text(r.PreviousContactID), id(l.began.PreviousID)),
		same("related", text(r.RelatedContactID), id(l.began.RelatedID)), same("initial", r.InitialContactID == nil, l.began.InitialContactID == l.began.ContactID))
}

func (l *life) checkEndpoints(r *record.Record, had seen) error {
	without := l.began.Method == event.Monitor || l.began.Method == event.QueueTransfer || l.began.Method == event.Callback
	if l.outside {
		had["outside"]++
	}
	if (l.began.Method == event.Inbound || l.began.Method == event.ExternalOutbound) && r.SystemEndpoint == nil {
		return fmt.Errorf("there is no system endpoint")
	}
	if without && r.SystemEndpoint != nil {
		return fmt.Errorf("the system endpoint is %+v", *r.SystemEndpoint)
	}
	return firstOf(same("transferred to", r.TransferredToEndpoint != nil, l.outside), same("transfer completed", r.TransferCompletedTimestamp != nil, l.outside))
}

// ordered makes sure that no time is before one that precedes it; zero times
// are left out.
func ordered(times ...tandem.Time) error {
	var last tandem.Time
	for i, at := range times {
		if at.IsZero() {
			continue
		}
		if at < last {
			return fmt.Errorf("the times are not in order: number %d of %v", i, times)
		}
		last = at
	}
	return nil
}

func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: %v, want %v", what, got, want)
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func id(id tandem.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}
