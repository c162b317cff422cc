package viewtest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
	"tandem/voice"
)

// Shift lets agents work through calls, callbacks and tasks at random, with
// holds, transfers, supervisors and people who hang up, with the real center
// deciding, and stops and starts everything now and then. At its end every
// contact has ended.
func (s *Story) Shift(seed uint64, steps int, usernames ...string) {
	s.t.Helper()
	h := &shift{Calls: s.Calls(usernames...), r: rand.New(rand.NewPCG(seed, seed)), usernames: usernames}
	h.LogIn(usernames...)
	for i := range steps {
		h.now = h.now.Add(h.r.Int64N(3000))
		h.act(i)
		if h.r.IntN(60) == 0 {
			s.Restart(nil)
		}
	}
	h.finish()
}

// shift is a shift that goes on.
type shift struct {
	*Calls
	r         *rand.Rand
	usernames []string
}

// act does one thing; much of it is refused.
func (h *shift) act(i int) {
	h.t.Helper()
	user := UserID(pick(h.r, h.usernames))
	switch h.r.IntN(21) {
	case 20:
		h.try(h.monitors(user))
	case 0, 1:
		if h.live() < 2*len(h.usernames) {
			h.call(pick(h.r, []string{QueueNumber, QueueNumber, QueueNumber, CallbackNumber, CustomerFirstNumber, MovingNumber, OutsideNumber}))
		}
	case 2:
		h.try(center.PutUserStatus{UserID: user, StatusID: pick(h.r, []tandem.ID{AvailableID, AvailableID, AvailableID, AvailableID, LunchID, OfflineID})})
	case 3:
		h.try(h.begins(i, user))
	case 4:
		h.try(tandem.Tick{})
	case 5, 6, 7, 8, 9:
		h.legReport(h.ofAgent(user))
	case 10, 11:
		h.playDone(h.ofAgent(user))
	case 12, 13, 14:
		h.try(h.handles(user))
	case 15:
		h.playDone(h.anyContact().ContactID)
	default:
		h.try(h.talks(user))
	}
}

func (h *shift) try(body any) {
	h.t.Helper()
	_, _ = h.Do(h.now, body) // refusals are part of a shift
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// call is [Calls.Call], or one that is not answered.
func (h *shift) call(number string) {
	h.t.Helper()
	if h.r.IntN(10) > 0 {
		h.Call(number)
		return
	}
	h.arrived++
	h.report(voice.Report{Kind: voice.CallArrived, Leg: tandem.NameID("viewtest leg", fmt.Sprint(h.arrived)), From: CustomerNumber, To: number})
}

// begins is a command that begins a contact, or changes the instance.
func (h *shift) begins(i int, user tandem.ID) any {
	switch h.r.IntN(6) {
	case 0:
		return center.StartOutboundCall{UserID: user, Number: CustomerNumber2}
	case 1:
		return center.StartOutboundContact{Number: CustomerNumber2, SourceNumber: QueueNumber, FlowID: named("flow Queue")}
	case 2:
		return h.monitors(user)
	case 3:
		return center.SaveSettings{Settings: event.SettingsSaved{RequeueOnOffline: h.r.IntN(2) == 0, MissedBeforePause: h.r.Uint32N(3),
			PauseStatusID: LunchID, HeartbeatGraceSeconds: 0}}
	case 4:
		return center.UpdateContactAttributes{ContactID: h.anyContact().ContactID, Attributes: tandem.PersonalMap{"Step": fmt.Sprint(i)}}
	}
	return center.StartTask{FlowID: FlowID, Name: tandem.Personal(fmt.Sprintf("Task %d", i)), References: tandem.PersonalMap{"page": "URL https://example.com/a b"}}
}

// monitors is a supervisor who has no contact listening to an agent who talks,
// if there are two such.
func (h *shift) monitors(user tandem.ID) any {
	id := h.ofAgent(user)
	h.Look(func(st *center.State) {
		for _, other := range tandem.SortedIDs(st.Agents) {
			switch a := st.Agents[other]; {
			case len(a.Contacts) == 0:
				user = other
			case a.Contacts[0].State == center.Connected && a.Contacts[0].Channel == event.Voice:
				id = a.Contacts[0].ContactID
			}
		}
	})
	return center.MonitorContact{UserID: user, ContactID: id, Barged: h.r.IntN(2) == 0}
}

// handles is a command about a contact of the agent's as a whole: mostly the
// one that its state asks for.
func (h *shift) handles(user tandem.ID) any {
	id := h.ofAgent(user)
	if h.r.IntN(3) > 0 {
		var open bool
		h.Look(func(st *center.State) {
			if a := st.Agents[user]; len(a.Contacts) > 0 {
				open = a.Contacts[0].State == center.Connecting
			}
		})
		if open {
			return center.AcceptContact{UserID: user, ContactID: id}
		}
		return center.DismissUserContact{UserID: user, ContactID: id}
	}
	switch h.r.IntN(8) {
	case 0:
		return center.RejectContact{UserID: user, ContactID: id}
	case 1:
		return center.StopContact{ContactID: id}
	case 2, 3:
		return center.PauseContact{UserID: user, ContactID: id, Paused: h.r.IntN(2) == 0}
	case 4:
		return center.UpdateContactRouting{ContactID: h.anyContact().ContactID, Priority: 1 + h.r.Int64N(9), Adjusts: true, AdjustmentSeconds: h.r.Int64N(100) - 50}
	case 5:
		return center.SetMonitorMode{UserID: user, ContactID: id, Barged: h.r.IntN(2) == 0}
	}
	return center.TransferContact{ContactID: id, QueueID: QueueID, FlowID: named("flow Queue transfer")}
}

// talks is a command about the parties of the agent's call.
func (h *shift) talks(user tandem.ID) any {
	id := h.ofAgent(user)
	leg := h.anyLeg(id)
	switch h.r.IntN(10) {
	case 0, 1, 9:
		return center.HoldLeg{UserID: user, ContactID: id, LegID: leg.ID, Held: !leg.Held}
	case 2:
		return center.MuteLeg{UserID: user, ContactID: id, LegID: leg.ID, Muted: !leg.Muted}
	case 3:
		return center.SwapLegs{UserID: user, ContactID: id}
	case 4:
		return center.JoinLegs{UserID: user, ContactID: id}
	case 5:
		return center.DropLeg{UserID: user, ContactID: id}
	case 6:
		return center.DropLeg{UserID: user, ContactID: id, LegID: leg.ID}
	case 7:
		return center.AddParty{UserID: user, ContactID: id, Number: ThirdNumber}
	}
	return center.AddParty{UserID: user, ContactID: id, QuickConnectID: pick(h.r, []tandem.ID{ToQueueID, ToAgentID(pick(h.r, h.usernames))})}
}

// legReport reports on a leg of a contact: that it has answered, where it has
// not yet, and else now and then that it is over.
func (h *shift) legReport(id tandem.ID) {
	h.t.Helper()
	if id.IsZero() {
		return
	}
	c := h.Contact(id)
	for _, l := range c.Legs {
		kind, likely := voice.LegEnded, 12
		if l.State < event.LegAnswered {
			kind, likely = voice.LegAnswered, 1
			if h.r.IntN(6) == 0 {
				kind = voice.LegEnded
			}
		}
		if h.r.IntN(likely) == 0 {
			h.report(voice.Report{Kind: kind, Room: c.CallID, Leg: l.ID,
				Cause: pick(h.r, []voice.Cause{voice.CauseRemote, voice.CauseRemote, voice.CauseNoAnswer, voice.CauseBusy, voice.CauseUnreachable})})
			return
		}
	}
}

// playDone reports that what a contact plays has ended.
func (h *shift) playDone(id tandem.ID) {
	h.t.Helper()
	if id.IsZero() {
		return
	}
	c := h.Contact(id)
	for _, p := range []*center.Play{c.AgentPlay, c.Play} {
		if p != nil {
			h.report(voice.Report{Kind: voice.PlayEnded, Room: c.CallID, Play: p.Started.PlayID, Outcome: voice.PlayDone})
			return
		}
	}
}

// live counts the contacts that have not ended.
func (h *shift) live() (n int) {
	h.t.Helper()
	h.Look(func(st *center.State) {
		for _, id := range tandem.SortedIDs(st.Contacts) {
			if st.Contacts[id].DisconnectedAt.IsZero() {
				n++
			}
		}
	})
	return n
}

// anyContact is a contact that has not ended, or now and then one that has.
func (h *shift) anyContact() center.Contact {
	h.t.Helper()
	var ids []tandem.ID
	late := h.r.IntN(8) == 0
	h.Look(func(st *center.State) {
		for _, id := range tandem.SortedIDs(st.Contacts) {
			if late || st.Contacts[id].Phase != center.Ended {
				ids = append(ids, id)
			}
		}
	})
	if len(ids) == 0 {
		return center.Contact{}
	}
	return h.Contact(pick(h.r, ids))
}

// ofAgent is a contact that the agent has, or any.
func (h *shift) ofAgent(user tandem.ID) tandem.ID {
	h.t.Helper()
	if id := h.contactOf(user); !id.IsZero() && h.r.IntN(10) > 0 {
		return id
	}
	return h.anyContact().ContactID
}

// anyLeg is a party of the contact's call.
func (h *shift) anyLeg(id tandem.ID) (leg center.Leg) {
	h.t.Helper()
	var legs []center.Leg
	h.Look(func(st *center.State) {
		c := st.Contacts[id]
		for _, other := range tandem.SortedIDs(st.Contacts) {
			if o := st.Contacts[other]; c != nil && !c.CallID.IsZero() && o.CallID == c.CallID {
				legs = append(legs, slices.Clone(o.Legs)...)
			}
		}
	})
	if len(legs) == 0 {
		return leg
	}
	return pick(h.r, legs)
}

// contactOf is a contact that the agent has now, or zero.
func (s *Story) contactOf(user tandem.ID) (id tandem.ID) {
	s.t.Helper()
	err := s.engine.Read(s.t.Context(), InstanceID, func(in *instance.Instance) {
		if a := view.Center(in).Agents[user]; a != nil && len(a.Contacts) > 0 {
			id = a.Contacts[0].ContactID
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// finish lets everybody hang up, retires half of the agents, and lets all
// contacts end.
func (h *shift) finish() {
	h.t.Helper()
	h.now = h.now.Add(1000)
	h.Must(center.SaveSettings{})
	for i, name := range h.usernames {
		h.Must(center.DeleteQuickConnect{QuickConnectID: ToAgentID(name)})
		if i%2 == 0 {
			h.try(center.DeleteUser{UserID: UserID(name)})
		}
	}
	h.now = h.now.Add(1000)
	h.NewMedia()
	for h.live() > 0 {
		h.try(center.StopContact{ContactID: h.anyContact().ContactID})
	}
	for _, name := range h.usernames {
		for id := h.contactOf(UserID(name)); !id.IsZero(); id = h.contactOf(UserID(name)) {
			h.now = h.now.Add(1500)
			h.Must(center.DismissUserContact{UserID: UserID(name), ContactID: id})
		}
	}
}
