package forecast

import (
	"tandem"
	"tandem/event"
)

// slotMillis is half an hour.
const slotMillis = 1_800_000

// tally counts what becomes of the contacts that enter a queue from start
// until end, and how agents spend that time. It goes by events alone, and so
// counts a recorded day and a simulated one by the same rules.
type tally struct {
	config    *Config
	start     tandem.Time
	end       tandem.Time
	threshold int64
	contacts  map[tandem.ID]*queued
	callbacks map[tandem.ID]bool
	cells     map[cell]*Count
	agents    map[tandem.ID]*presence
	held      map[tandem.ID]tandem.ID // contact to the agent who accepted it
	times     map[cell]*span          // by routing profile
	waiting   int                     // of those counted
}

// cell is a queue, or a routing profile, in a half hour.
type cell struct {
	id   tandem.ID
	slot int64
}

// queued is a contact in a queue.
type queued struct {
	cell cell
	at   tandem.Time
}

// Count is what became of contacts. One that goes on elsewhere before an agent
// answers, in another queue or because its customer chose to be called back, is
// not counted; nor is a callback that does not reach its customer.
type Count struct {
	Offered   int // entered the queue
	Answered  int // were connected with an agent
	InTime    int // were so within the threshold
	Abandoned int // left the queue before, whatever the reason

	AnsweredMillis int64 // the waits of those answered, in all
	LongestMillis  int64 // the longest wait of all who left the queue, either way
	BusyMillis     int64 // of the agents who serve the queue: with contacts and wrapping up
	StaffedMillis  int64 // and available or busy
}

// span is how agents of a profile spent a half hour.
type span struct{ busy, staffed int64 }

// presence is what an agent does.
type presence struct {
	profile  tandem.ID
	routable bool
	busy     int // contacts
	since    tandem.Time
}

func newTally(config *Config, start, end tandem.Time, thresholdMillis int64) *tally {
	return &tally{
		config: config, start: start, end: end, threshold: thresholdMillis,
		contacts: map[tandem.ID]*queued{}, callbacks: map[tandem.ID]bool{}, cells: map[cell]*Count{}, agents: map[tandem.ID]*presence{}, held: map[tandem.ID]tandem.ID{}, times: map[cell]*span{},
	}
}

// take counts one event of a moment.
func (t *tally) take(at tandem.Time, ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		if ev.Method == event.Callback {
			t.callbacks[ev.ContactID] = true
		}
	case *event.ContactQueued:
		t.queued(ev)
	case *event.AgentConnected:
		t.left(ev.ContactID, ev.At, true)
	case *event.ContactDequeued:
		t.movedOn(ev.ContactID)
	case *event.ContactTransferred:
		t.movedOn(ev.ContactID)
	case *event.ContactDisconnected:
		if t.callbacks[ev.ContactID] {
			t.movedOn(ev.ContactID)
		}
		delete(t.callbacks, ev.ContactID)
		t.left(ev.ContactID, ev.At, false)
	case *event.OfferEnded:
		if ev.Outcome == event.OfferAccepted {
			t.held[ev.ContactID] = ev.UserID
			t.agent(ev.UserID, at, func(p *presence) { p.busy++ })
		}
	case *event.ContactCleared:
		if t.held[ev.ContactID] == ev.UserID { // else it was offered, and not accepted
			delete(t.held, ev.ContactID)
			t.agent(ev.UserID, at, func(p *presence) { p.busy-- })
		}
	case *event.AgentStatusChanged:
		st := t.config.statuses[ev.StatusID]
		t.agent(ev.UserID, at, func(p *presence) { p.routable = st != nil && st.Type == event.Routable })
	}
}

func (t *tally) queued(ev *event.ContactQueued) {
	if ev.At < t.start || ev.At >= t.end || t.contacts[ev.ContactID] != nil {
		return
	}
	c := cell{ev.QueueID, ev.At.Sub(t.start) / slotMillis}
	t.contacts[ev.ContactID] = &queued{c, ev.At}
	t.count(c).Offered++
	t.waiting++
}

func (t *tally) count(c cell) *Count {
	n := t.cells[c]
	if n == nil {
		n = &Count{}
		t.cells[c] = n
	}
	return n
}

// movedOn takes back that a contact was offered, which goes on elsewhere without
// an agent.
func (t *tally) movedOn(contactID tandem.ID) {
	if q := t.contacts[contactID]; q != nil {
		delete(t.contacts, contactID)
		t.waiting--
		t.count(q.cell).Offered--
	}
}

// left ends the wait of a contact.
func (t *tally) left(contactID tandem.ID, at tandem.Time, answered bool) {
	q := t.contacts[contactID]
	if q == nil {
		return
	}
	delete(t.contacts, contactID)
	t.waiting--
	n, waited := t.count(q.cell), at.Sub(q.at)
	n.LongestMillis = max(n.LongestMillis, waited)
	if !answered {
		n.Abandoned++
		return
	}
	n.Answered++
	n.AnsweredMillis += waited
	if waited <= t.threshold {
		n.InTime++
	}
}

// agent changes what an agent does from a moment on.
func (t *tally) agent(id tandem.ID, at tandem.Time, change func(*presence)) {
	p := t.agents[id]
	if p == nil {
		p = &presence{}
		t.agents[id] = p
	}
	t.spend(p, at)
	change(p)
	p.profile = tandem.ID{}
	if u := t.config.users[id]; u != nil {
		p.profile = u.RoutingProfileID
	}
}

// spend counts the time until now in the half hours that it belongs to.
func (t *tally) spend(p *presence, now tandem.Time) {
	from, until := max(p.since, t.start), min(now, t.end)
	p.since = now
	if !p.routable && p.busy == 0 || p.profile.IsZero() {
		return
	}
	for from < until {
		slot := from.Sub(t.start) / slotMillis
		next := min(until, t.start.Add((slot+1)*slotMillis))
		s := t.times[cell{p.profile, slot}]
		if s == nil {
			s = &span{}
			t.times[cell{p.profile, slot}] = s
		}
		s.staffed += next.Sub(from)
		if p.busy > 0 {
			s.busy += next.Sub(from)
		}
		from = next
	}
}

// close counts the time of all agents up to the end.
func (t *tally) close(now tandem.Time) {
	for _, id := range tandem.SortedIDs(t.agents) {
		t.spend(t.agents[id], now)
	}
}
