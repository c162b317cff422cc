package forecast

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// agent is somebody who serves contacts.
type agent struct {
	user  *event.UserSaved
	wants tandem.ID   // the status
	work  int64       // of other kinds that is still to be done, in milliseconds
	until tandem.Time // when the work that has begun is done; 0: none has
	panel bool        // it was said whether the panel is open
}

// agentDoes lets an agent do what the staffing says.
func (l *life) agentDoes(do *act) {
	user := l.plan.Config.users[do.userID]
	if user == nil {
		return // somebody who is no user any more
	}
	a := l.agents[do.userID]
	if a == nil {
		a = &agent{user: user}
		l.agents[do.userID] = a
	}
	switch do.kind {
	case connects:
		l.connects(a, do.connected, do.softphone)
	case becomes:
		a.wants = do.statusID
	case works:
		a.work += do.millis
		if !a.until.IsZero() || !l.routable(a.wants) {
			l.worksNow(a)
		}
	}
	l.show(a)
}

// connects opens or closes an agent's panel. At a desk phone that matters only
// where an agent without a panel is given no contacts.
func (l *life) connects(a *agent, connected, softphone bool) {
	desk := a.user.PhoneType == event.DeskPhone
	if a.panel && desk && l.plan.Config.settings.HeartbeatGraceSeconds == 0 {
		return
	}
	if !a.panel && desk {
		connected = true
	}
	a.panel = true
	l.do(center.SetAgentConnection{UserID: a.user.UserID, Connected: connected, Softphone: softphone || desk})
}

func (l *life) routable(statusID tandem.ID) bool {
	st := l.plan.Config.statuses[statusID]
	return st != nil && st.Type == event.Routable
}

// worksNow lets an agent do the other work that there is.
func (l *life) worksNow(a *agent) {
	a.until = max(a.until, l.Now()).Add(a.work)
	a.work = 0
	l.At(a.until, func() {
		if l.Now() >= a.until {
			a.until = 0
			l.show(a)
		}
	})
}

// statusChanged lets an agent begin other work, for which no contact is in the
// way any more.
func (l *life) statusChanged(ev *event.AgentStatusChanged) {
	if a := l.agents[ev.UserID]; a != nil && ev.StatusID == l.away && a.work > 0 {
		l.worksNow(a)
	}
}

// show asks for the status that the agent should have. Other work waits until no
// contact is in its way.
func (l *life) show(a *agent) {
	l.ask(a, len(l.m.State().Agents[a.user.UserID].Contacts) == 0)
}

// ask asks for a status, which is the next one while the agent has contacts.
// Free says that other work can begin.
func (l *life) ask(a *agent, free bool) {
	want := a.wants
	st := l.plan.Config.statuses[want]
	switch {
	case want.IsZero():
		return
	case st == nil || !st.Enabled, st.Type == event.Routable && (!a.until.IsZero() || free && a.work > 0):
		want = l.away
	}
	id := a.user.UserID
	now := l.m.State().Agents[id]
	if want == now.NextStatusID || want == now.StatusID && now.NextStatusID.IsZero() {
		return
	}
	if !a.panel && st != nil && st.Type != event.Offline {
		l.connects(a, true, true)
	}
	l.do(center.PutUserStatus{UserID: id, StatusID: want})
}

// offered lets an agent answer an offer, or not.
func (l *life) offered(ev *event.OfferMade) {
	c := l.callers[ev.ContactID]
	if c == nil {
		return
	}
	o := l.plan.Habits.offerOf(l.chance, c.arrival, c.offers, ev.UserID)
	c.offers++
	c.clear = o.clear
	switch o.outcome {
	case event.OfferAccepted:
		l.accepts(ev, c, o)
	case event.OfferRejected:
		l.After(o.millis, func() {
			if l.stands(ev, center.Offered) {
				l.do(center.RejectContact{UserID: ev.UserID, ContactID: ev.ContactID})
			}
		})
	case event.OfferMissed:
		l.After(max(o.millis, tandem.RingMillis), func() { l.phone(ev, voice.LegEnded, voice.CauseNoAnswer) })
	case event.OfferFailed:
		l.After(o.millis, func() { l.phone(ev, voice.LegEnded, voice.CauseUnreachable) })
	}
}

// joinMillis is how long an agent can take at most, from accepting a call until
// being connected.
const joinMillis = tandem.RingMillis - 500

// accepts lets an agent accept an offer and, of a call, be connected when that
// is due. What comes in between, such as whispers, stands for the agent's phone
// being slow.
func (l *life) accepts(ev *event.OfferMade, c *caller, o offer) {
	after, connect := min(o.millis, joinMillis), o.connect
	if c.arrival.Number != "" { // the whispers run
		connect = after
	}
	whole := connect
	after = max(after, min(connect-joinMillis, joinMillis))
	connect = min(connect, after+joinMillis)
	c.late = max(0, whole-connect)
	l.After(after, func() {
		if l.stands(ev, center.Offered) {
			l.do(center.AcceptContact{UserID: ev.UserID, ContactID: ev.ContactID})
			l.After(connect-after, func() { l.phone(ev, voice.LegAnswered, voice.CauseNone) })
		}
	})
}

// stands reports whether an offer is as it was, or accepted.
func (l *life) stands(ev *event.OfferMade, phases ...center.Phase) bool {
	c := l.contact(ev.ContactID)
	return c != nil && c.OfferID == ev.OfferID && slices.Contains(phases, c.Phase)
}

// phone lets the phone of an agent do something, if it rings for an offer.
func (l *life) phone(ev *event.OfferMade, what voice.ReportKind, cause voice.Cause) {
	if l.stands(ev, center.Offered, center.Joining) && l.contact(ev.ContactID).Channel == event.Voice {
		l.report(voice.Report{Kind: what, Cause: cause, Room: callOf(l.contact(ev.ContactID)), Leg: ev.OfferID})
	}
}

// dismisses lets an agent clear a contact some time from now.
func (l *life) dismisses(userID, contactID tandem.ID, after int64) {
	l.After(after, func() {
		a := l.m.State().Agents[userID]
		if a == nil {
			return
		}
		for i := range a.Contacts {
			switch slot := &a.Contacts[i]; slot.State {
			case center.AfterContactWork, center.Missed, center.Rejected, center.Failed:
				if slot.ContactID == contactID {
					if other := l.agents[userID]; other != nil && other.work > 0 && len(a.Contacts) == 1 {
						l.ask(other, true)
					}
					l.do(center.DismissUserContact{UserID: userID, ContactID: contactID})
					return
				}
			}
		}
	})
}

// offerEnded lets an agent clear what was not taken.
func (l *life) offerEnded(ev *event.OfferEnded) {
	switch ev.Outcome {
	case event.OfferMissed, event.OfferRejected, event.OfferFailed:
		after := int64(clearMillis)
		if c := l.callers[ev.ContactID]; c != nil && c.clear > 0 {
			after = c.clear
		}
		l.dismisses(ev.UserID, ev.ContactID, after)
	}
}

// clearMillis is after which time an agent clears an offer that was not taken,
// where nothing is known of it.
const clearMillis = 10_000
