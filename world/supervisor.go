package world

import (
	"tandem"
	"tandem/center"
)

// watch is a supervisor's day.
func (a *agent) watch() {
	w := a.world
	w.sometimes(w.shape.WatchMillis, func() {
		switch w.chance.Between(1, 6) {
		case 1, 2, 3:
			a.monitors()
		case 4:
			a.commands()
		case 5:
			a.hurries()
		default:
			a.stops()
		}
	})
}

// monitors listens to a call, and now and then talks too, until tired of it.
func (a *agent) monitors() {
	w := a.world
	if len(w.busy) == 0 {
		return
	}
	s := w.busy[w.chance.Between(0, int64(len(w.busy)-1))]
	a.asks(center.MonitorContact{UserID: a.id, ContactID: s.id, Barged: w.chance.PerMille(300)}, func(answer any, err error) {
		id, _ := answer.(tandem.ID)
		if err != nil {
			return
		}
		for _, barged := range []bool{true, false} {
			a.later(2_000, 60_000, center.SetMonitorMode{UserID: a.id, ContactID: id, Barged: barged})
		}
		if w.chance.PerMille(500) {
			a.later(20_000, 90_000, center.DropLeg{UserID: a.id, ContactID: id})
		}
	})
}

// commands changes the status of an agent.
func (a *agent) commands() {
	w := a.world
	to := w.people[w.chance.Between(0, int64(w.shape.Agents-1))]
	status := []tandem.ID{w.plan.available, w.plan.pause, w.plan.lunch, w.plan.offline}[w.chance.Between(0, 3)]
	a.does(center.PutUserStatus{UserID: to.id, StatusID: status})
	a.later(5_000, 2*minute, center.PutUserStatus{UserID: to.id, StatusID: w.plan.available})
}

// hurries changes the place of a contact that may be waiting.
func (a *agent) hurries() {
	if s := a.world.waiting(); s != nil {
		c := a.world.chance
		body := center.UpdateContactRouting{ContactID: s.id, Priority: c.Between(0, 10)}
		if c.PerMille(500) {
			body.AdjustmentSeconds, body.Adjusts = c.Between(-600, 600), true
		}
		a.does(body)
	}
}

// stops ends a contact, wherever it is.
func (a *agent) stops() {
	if s := a.world.anyContact(); s != nil {
		a.does(center.StopContact{ContactID: s.id})
	}
}

// anyContact is one of the latest contacts, nil when there are none.
func (w *World) anyContact() *sight {
	if len(w.recent) == 0 {
		return nil
	}
	return w.recent[w.chance.Between(0, int64(len(w.recent)-1))]
}

// waiting is the first contact that waits, or any one when there is none; nil
// when nothing has come yet.
func (w *World) waiting() *sight {
	for _, s := range w.recent {
		if s.phase == center.InQueue {
			return s
		}
	}
	return w.anyContact()
}
