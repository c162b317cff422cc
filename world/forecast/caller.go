package forecast

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// caller is somebody who came, and all that became of it.
type caller struct {
	arrival   *Arrival
	leg       tandem.ID // of a call
	callID    tandem.ID
	asked     int   // how often for keys
	offers    int   // made
	late      int64 // by how much the agent is connected too soon, which is made up for while they talk
	clear     int64 // after which the agent clears the present offer, if it is not taken
	queued    bool
	connected bool
}

// How long things take that nobody recorded, in the flow of a number.
const (
	ringMillis      = 6_000 // until somebody outside, or a customer called back, answers
	characterMillis = 60    // of spoken text
	soundMillis     = 2_000
	lingerMillis    = hourMillis // how long a caller stays whom no flow leads to a queue
)

// comes lets a contact come.
func (l *life) comes(a *Arrival) {
	c := &caller{arrival: a}
	l.arriving = c
	switch a.Channel {
	case event.Chat:
		l.do(center.StartChat{FlowID: l.door(a.QueueID).flowID})
	case event.Task:
		l.do(center.StartTask{FlowID: l.door(a.QueueID).flowID, Name: "simulated"})
	default:
		number := a.Number
		if number == "" {
			number = l.door(a.QueueID).number
		}
		c.leg = l.newID()
		l.report(voice.Report{Kind: voice.CallArrived, Leg: c.leg, To: number})
	}
	l.arriving = nil
	if c.callID.IsZero() { // refused
		l.unqueued++
		return
	}
	l.prefer(c)
	if a.Channel == event.Voice {
		l.report(voice.Report{Kind: voice.LegAnswered, Room: c.callID, Leg: c.leg})
	}
	if a.Number != "" {
		l.After(lingerMillis, func() {
			if !c.connected {
				l.leaves(c, c.callID)
			}
		})
	}
}

// prefer gives a contact the priority and age that it has in its queue.
func (l *life) prefer(c *caller) {
	if a := c.arrival; a.Priority != 0 || a.AgeMillis != 0 {
		l.do(center.UpdateContactRouting{ContactID: c.callID, Priority: a.Priority, Adjusts: a.AgeMillis != 0, AdjustmentSeconds: a.AgeMillis / 1000})
	}
}

// see lets people see a fact.
func (l *life) see(ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		l.initiated(ev)
	case *event.ContactQueued:
		l.waits(ev)
	case *event.OfferMade:
		l.offered(ev)
	case *event.OfferEnded:
		l.offerEnded(ev)
	case *event.AgentStatusChanged:
		l.statusChanged(ev)
	case *event.AgentConnected:
		l.talks(ev)
	case *event.AfterContactWorkStarted: // its time is part of the handling time
		l.dismisses(ev.UserID, ev.ContactID, 0)
	case *event.ContactDisconnected:
		if c := l.callers[ev.ContactID]; c != nil && !c.queued && c.callID == ev.ContactID {
			l.unqueued++
		}
	case *event.PlayStarted:
		l.hears(ev)
	case *event.LegDialed:
		l.dialed(ev)
	case *event.ContactBridged:
		if c := l.callers[ev.ContactID]; c != nil {
			c.connected = true
			l.After(l.plan.Habits.handle(l.chance, tandem.ID{}), func() { l.leaves(c, ev.ContactID) })
		}
	}
}

func (l *life) initiated(ev *event.ContactInitiated) {
	c := l.arriving
	switch known := l.callers[ev.InitialContactID]; {
	case c != nil && c.callID.IsZero():
		c.callID = ev.ContactID
	case known != nil:
		c = known
	default: // a flow's task
		c = &caller{arrival: &Arrival{Channel: ev.Channel}, callID: ev.ContactID}
	}
	l.callers[ev.ContactID] = c
}

// waits lets a customer lose patience in the end.
func (l *life) waits(ev *event.ContactQueued) {
	c := l.callers[ev.ContactID]
	if c == nil || c.queued {
		return
	}
	c.queued = true
	if patience := l.plan.Habits.patienceOf(l.chance, c.arrival); patience != Forever {
		l.After(patience, func() {
			if !c.connected {
				l.leaves(c, ev.ContactID)
			}
		})
	}
}

// leaves is the customer leaving, or the end of the work on a task.
func (l *life) leaves(c *caller, contactID tandem.ID) {
	contact := l.contact(contactID)
	switch {
	case !c.leg.IsZero():
		l.report(voice.Report{Kind: voice.LegEnded, Room: c.callID, Leg: c.leg, Cause: voice.CauseRemote})
	case contact == nil || !contact.DisconnectedAt.IsZero():
	case contact.Channel == event.Chat:
		l.do(center.LeaveContact{ContactID: contactID})
	default:
		l.do(center.StopContact{ContactID: contactID})
	}
}

// talks lets customer and agent talk for the handling time.
func (l *life) talks(ev *event.AgentConnected) {
	c := l.callers[ev.ContactID]
	if c == nil {
		return
	}
	c.connected = true
	millis := c.arrival.HandleMillis
	if millis == 0 {
		millis = l.plan.Habits.handle(l.chance, l.contact(ev.ContactID).QueueID)
	}
	l.After(millis+c.late, func() { l.leaves(c, ev.ContactID) })
}

// hears lets a play end. The customer who is asked for keys presses the next of
// the plan's, or nothing.
func (l *life) hears(ev *event.PlayStarted) {
	contact := l.contact(ev.ContactID)
	if ev.Loop || contact == nil {
		return
	}
	length := int64(0)
	for i, kind := range ev.Kinds {
		if kind == event.PromptFile {
			length += soundMillis
		} else {
			length += characterMillis * int64(len(ev.Prompts[i]))
		}
	}
	r := voice.Report{Kind: voice.PlayEnded, Room: callOf(contact), Play: ev.PlayID, Outcome: voice.PlayDone}
	if ev.CollectDigits > 0 {
		r.Outcome = voice.PlayTimeout
		if c := l.callers[ev.ContactID]; c != nil && c.asked < len(l.plan.Keys) {
			r.Outcome, r.Digits = voice.PlayDigits, tandem.Personal(l.plan.Keys[c.asked:c.asked+1])
			c.asked++
		} else {
			length += ev.FirstDigitMillis
		}
	}
	l.After(length, func() { l.report(r) })
}

// dialed lets somebody who is called answer.
func (l *life) dialed(ev *event.LegDialed) {
	c, contact := l.callers[ev.ContactID], l.contact(ev.ContactID)
	if c == nil || contact == nil || ev.Role != event.CustomerLeg && ev.Role != event.OutsideLeg {
		return
	}
	room := callOf(contact)
	if ev.Role == event.CustomerLeg { // a callback
		c.leg, c.callID = ev.LegID, room
	}
	l.After(ringMillis, func() { l.report(voice.Report{Kind: voice.LegAnswered, Room: room, Leg: ev.LegID}) })
}

func (l *life) contact(id tandem.ID) *center.Contact { return l.m.State().Contacts[id] }

// callOf is the call of a voice contact.
func callOf(c *center.Contact) tandem.ID {
	if c.CallID.IsZero() {
		return c.ContactID
	}
	return c.CallID
}
