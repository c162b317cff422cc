package world

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// inCall is one of the things that an agent does in a call.
func (a *agent) inCall(s *sight) {
	c := a.world.chance
	switch c.Between(1, 12) {
	case 1, 2:
		a.holdsOne(s)
	case 3:
		a.holdsAll(s)
	case 4, 5:
		a.mutes(s)
	case 6, 7, 8, 9:
		a.adds(s)
	case 10:
		a.records(s)
	case 11:
		a.notes(s)
	default:
		if p, ok := a.other(s); ok {
			a.does(center.DropLeg{UserID: a.id, ContactID: s.id, LegID: p.leg})
		}
	}
}

// other is one of the others in the agent's call.
func (a *agent) other(s *sight) (party, bool) {
	all := a.world.parties[s.call]
	if len(all) == 0 {
		return party{}, false
	}
	p := all[a.world.chance.Between(0, int64(len(all)-1))]
	return p, p.user != a.id
}

// holdsOne puts one party on hold, for a while.
func (a *agent) holdsOne(s *sight) {
	p, ok := a.other(s)
	if !ok {
		return
	}
	hold := center.HoldLeg{UserID: a.id, ContactID: s.id, LegID: p.leg, Held: true}
	a.does(hold)
	hold.Held = false
	a.later(1_000, 30_000, hold)
}

// holdsAll puts all on hold, and takes them back.
func (a *agent) holdsAll(s *sight) {
	a.does(center.HoldAllLegs{UserID: a.id, ContactID: s.id})
	a.later(1_000, 40_000, center.JoinLegs{UserID: a.id, ContactID: s.id})
}

// mutes silences somebody, often the agent, for a while.
func (a *agent) mutes(s *sight) {
	all := a.world.parties[s.call]
	if len(all) == 0 {
		return
	}
	p := all[a.world.chance.Between(0, int64(len(all)-1))]
	mute := center.MuteLeg{UserID: a.id, ContactID: s.id, LegID: p.leg, Muted: true}
	a.does(mute)
	mute.Muted = false
	a.later(1_000, 30_000, mute)
}

// adds calls somebody else into the call, and then swaps, joins, leaves or
// takes somebody out again.
func (a *agent) adds(s *sight) {
	w, c := a.world, a.world.chance
	add := center.AddParty{UserID: a.id, ContactID: s.id}
	if quick := w.plan.quick; !c.PerMille(200) && len(quick) > 0 {
		add.QuickConnectID = quick[c.Between(0, int64(len(quick)-1))].QuickConnectID
	} else {
		add.Number = tandem.Personal(numbered("+49305551", int(c.Between(100, 999))))
	}
	a.asks(add, func(_ any, err error) {
		if err != nil {
			return
		}
		steps := []func(){
			func() { a.does(center.SwapLegs{UserID: a.id, ContactID: s.id}) },
			func() { a.does(center.JoinLegs{UserID: a.id, ContactID: s.id}) },
			func() { a.does(center.DropLeg{UserID: a.id, ContactID: s.id}) },
			func() {
				if p, ok := a.other(s); ok {
					a.does(center.DropLeg{UserID: a.id, ContactID: s.id, LegID: p.leg})
				}
			},
		}
		for range c.Between(1, 3) {
			w.After(c.Between(500, 60_000), steps[c.Between(0, int64(len(steps)-1))])
		}
	})
}

// records begins, ends, suspends or resumes the recording.
func (a *agent) records(s *sight) {
	act := center.RecordingAction(a.world.chance.Between(int64(center.StartRecording), int64(center.ResumeRecording)))
	a.does(center.SetContactRecording{ContactID: s.id, Recording: act})
	if act == center.SuspendRecording {
		a.later(1_000, 20_000, center.SetContactRecording{ContactID: s.id, Recording: center.ResumeRecording})
	}
}

// notes writes attributes.
func (a *agent) notes(s *sight) {
	a.does(center.UpdateContactAttributes{ContactID: s.id, Attributes: tandem.PersonalMap{"note": a.world.names[a.id]}})
}

// atWork is one of the things that an agent does with a chat or a task.
func (a *agent) atWork(s *sight) {
	w, c := a.world, a.world.chance
	switch c.Between(1, 6) {
	case 1:
		a.notes(s)
	case 2:
		a.does(center.TransferContact{ContactID: s.id, FlowID: w.plan.queueTransfer, ClientToken: w.token("transfer"),
			QueueID: w.plan.queues[c.Between(0, int64(len(w.plan.queues)-1))].QueueID})
	case 3:
		to := w.people[c.Between(0, int64(min(pillars, len(w.people))-1))]
		a.does(center.TransferContact{ContactID: s.id, FlowID: w.plan.agentTransfer, UserID: to.id})
	default:
		a.does(center.PauseContact{UserID: a.id, ContactID: s.id, Paused: true})
		a.later(1_000, 60_000, center.PauseContact{UserID: a.id, ContactID: s.id})
	}
}

// finishes ends a chat or a task.
func (a *agent) finishes(s *sight) {
	c := a.world.chance
	switch {
	case s.user != a.id || s.phase != center.WithAgent:
	case s.channel == event.Chat && c.PerMille(500):
		a.world.ask(program, center.LeaveContact{ContactID: s.id}, nil)
	case c.PerMille(500):
		a.does(center.StopContact{ContactID: s.id})
	default:
		a.does(center.DropLeg{UserID: a.id, ContactID: s.id})
	}
}
