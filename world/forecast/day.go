package forecast

import (
	"tandem"
	"tandem/event"
)

// spillMillis is how long after the end of a day it is followed, so that what
// came late in it ends.
const spillMillis = hourMillis

// Day follows the records of an instance's journal and keeps what happened from
// one moment until another: who came, what became of them, and what agents did.
type Day struct {
	start, end tandem.Time
	tally      *tally
	contacts   map[tandem.ID]*history
	agents     map[tandem.ID]*agentHistory
	listed     []*history // those that entered a queue
	acts       []act
	last       tandem.Time
}

// agentHistory is where an agent stands.
type agentHistory struct {
	statusID, nextID     tandem.ID
	connected, softphone bool
	known                bool // whether the panel is connected
	pauseAct             int  // the pause that it has, as in history; 0: none
}

// NewDay follows a day. The configuration is that by which statuses and routing
// profiles are judged.
func NewDay(config *Config, start, end tandem.Time, thresholdMillis int64) *Day {
	return &Day{start: start, end: end, tally: newTally(config, start, end, thresholdMillis),
		contacts: map[tandem.ID]*history{}, agents: map[tandem.ID]*agentHistory{}}
}

// Take follows one record. The records must come in order, those before the day
// too, as far as they are kept.
func (d *Day) Take(rec *tandem.Record) {
	if d.over(rec.At) {
		return
	}
	d.last = max(d.last, rec.At)
	if rec.At >= d.start && len(d.acts) == 0 {
		d.begin()
	}
	missed := tandem.ID{} // who has just missed an offer
	for _, ev := range rec.Events {
		d.tally.take(rec.At, ev)
		switch ev := ev.(type) {
		case *event.OfferEnded:
			if ev.Outcome == event.OfferMissed {
				missed = ev.UserID
			}
			d.offerEnded(rec.At, ev)
		case *event.AgentStatusChanged:
			d.statusChanged(rec.At, ev, ev.UserID == missed)
		case *event.NextStatusSet:
			d.nextStatus(rec.At, ev, ev.UserID == missed)
		case *event.AgentConnectionChanged:
			a := d.agent(ev.UserID)
			a.connected, a.softphone, a.known = ev.Connected, ev.Softphone, true
			d.act(act{at: rec.At, kind: connects, userID: ev.UserID, connected: ev.Connected, softphone: ev.Softphone})
		case *event.UserDeleted:
			d.act(act{at: rec.At, kind: becomes, userID: ev.UserID, statusID: d.tally.config.statusOf(event.Offline)})
		default:
			d.contactEvent(rec.At, ev)
		}
	}
}

func (d *Day) over(at tandem.Time) bool { return at >= d.end.Add(spillMillis) }

// begin notes how the agents stand as the day begins.
func (d *Day) begin() {
	d.acts = append(d.acts, act{at: d.start, kind: nothing}) // so that it is done once
	for _, id := range tandem.SortedIDs(d.agents) {
		a := d.agents[id]
		if a.known {
			d.acts = append(d.acts, act{at: d.start, kind: connects, userID: id, connected: a.connected, softphone: a.softphone})
		}
		status := a.statusID
		if !a.nextID.IsZero() {
			status = a.nextID
		}
		if !status.IsZero() {
			d.acts = append(d.acts, act{at: d.start, kind: becomes, userID: id, statusID: status})
		}
	}
	for _, id := range tandem.SortedIDs(d.contacts) {
		if h := d.contacts[id]; !h.busySince.IsZero() {
			d.work(h, d.start)
		}
	}
}

func (d *Day) act(a act) {
	if a.at >= d.start {
		d.acts = append(d.acts, a)
	}
}

func (d *Day) agent(id tandem.ID) *agentHistory {
	a := d.agents[id]
	if a == nil {
		a = &agentHistory{}
		d.agents[id] = a
	}
	return a
}

// statusChanged notes a change of status that somebody chose then; one that was
// chosen as the next status before is noted at that moment.
func (d *Day) statusChanged(at tandem.Time, ev *event.AgentStatusChanged, paused bool) {
	a := d.agent(ev.UserID)
	follows := a.nextID == ev.StatusID
	a.statusID, a.nextID = ev.StatusID, tandem.ID{}
	if !follows {
		d.chosen(at, ev.UserID, ev.StatusID, paused)
	}
}

func (d *Day) nextStatus(at tandem.Time, ev *event.NextStatusSet, paused bool) {
	a := d.agent(ev.UserID)
	a.nextID = ev.StatusID
	status := ev.StatusID
	if status.IsZero() { // it was taken back
		status = a.statusID
	}
	if !status.IsZero() {
		d.chosen(at, ev.UserID, status, paused)
	}
}

// chosen notes a status. The pause after a missed offer begins when an agent is
// free, as work of another kind does: at another moment, with a contact in the
// way, it must not become shorter.
func (d *Day) chosen(at tandem.Time, userID, statusID tandem.ID, paused bool) {
	a := d.agent(userID)
	if a.pauseAct > 0 {
		d.acts[a.pauseAct].millis = at.Sub(d.acts[a.pauseAct].at)
		a.pauseAct = 0
	}
	if paused && at >= d.start {
		a.pauseAct = len(d.acts)
		d.acts = append(d.acts, act{at: at, kind: works, userID: userID, millis: d.end.Add(spillMillis).Sub(at)})
		return
	}
	d.act(act{at: at, kind: becomes, userID: userID, statusID: statusID})
}

// Report is how the day went, as the journal says.
func (d *Day) Report() *Report { return d.tally.report(d.last) }

// End is where the day ends, or where the journal does if that is earlier.
func (d *Day) End() tandem.Time { return max(d.start, min(d.end, d.last+1)) }
