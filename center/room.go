package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// TakeEffects returns the room of each call that changed since it was last
// called, by its id, a room that hangs up for each call refused, and the
// functions and bots that were asked.
func (m *Machine) TakeEffects(epoch tandem.Epoch) []tandem.Effect {
	touched := m.takeTouched()
	if len(touched)+len(m.refused)+len(m.asked) == 0 {
		return nil
	}
	slices.SortFunc(touched, func(a, b *call) int { return a.id.Compare(b.id) })
	effects := make([]tandem.Effect, 0, len(touched)+len(m.refused))
	for _, of := range touched {
		if len(of.contacts) > 0 {
			effects = append(effects, m.room(of.id, epoch))
		}
	}
	for i := range m.refused {
		effects = append(effects, m.refusal(&m.refused[i], epoch))
	}
	m.refused = nil
	return m.takeAsked(effects)
}

// Outstanding returns the room of each call that is live, or of which media may
// still have a leg, and the functions and bots that have not answered.
func (m *Machine) Outstanding(epoch tandem.Epoch) []tandem.Effect {
	var effects []tandem.Effect
	for _, id := range tandem.SortedIDs(m.calls) {
		if of := m.calls[id]; slices.ContainsFunc(of.contacts, (*Contact).concernsMedia) {
			effects = append(effects, m.room(of.id, epoch))
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		effects = m.state.Contacts[id].questions(effects, tandem.ID{})
	}
	return effects
}

func (c *Contact) concernsMedia() bool { return c.live() || c.hasLegs() }

// room is the state that a call should have in the media process.
func (m *Machine) room(callID tandem.ID, epoch tandem.Epoch) voice.Room {
	r := voice.Room{ID: callID, Instance: m.state.Instance.InstanceID, Epoch: epoch, Ended: true}
	contacts, legs := m.inCall(callID), 0
	for _, c := range contacts {
		legs += len(c.Legs)
	}
	if legs > 0 {
		r.Legs = make([]voice.Leg, 0, legs)
	}
	for _, c := range contacts {
		r.Rev = max(r.Rev, c.Rev)
		r.Ended = r.Ended && !c.live()
		for i := range c.Legs {
			r.Legs = append(r.Legs, m.legWish(c, &c.Legs[i]))
		}
	}
	if r.Ended {
		return r
	}
	r.Mix = mix(contacts)
	r.Plays = m.addPlays(m.addPlays(nil, contacts, false), contacts, true)
	if c := recorded(contacts); c != nil {
		r.Record = &voice.Recording{ID: c.RecordingID, Customer: c.RecordCustomer, Agent: c.RecordAgent,
			Suspended: c.RecordSuspended, Held: held(contacts)}
	}
	return r
}

// recorded is the contact whose recording goes on: of those with an agent the
// one that was connected first; nil for none.
func recorded(contacts []*Contact) *Contact {
	var first *Contact
	for _, c := range contacts {
		if !c.live() || c.Phase != WithAgent || c.RecordingID.IsZero() {
			continue
		}
		if first == nil || c.ConnectedToAgentAt < first.ConnectedToAgentAt {
			first = c
		}
	}
	return first
}

// mix lets all who take part in the talk hear each other, but those who are
// muted, and lets supervisors hear them all.
func mix(contacts []*Contact) []voice.Path {
	speakers, listeners := make([]tandem.ID, 0, maxParties), make([]tandem.ID, 0, maxParties+maxMonitors)
	for _, c := range contacts {
		for i := range c.Legs {
			l := &c.Legs[i]
			talks := c.talks(l)
			if talks && !l.Muted {
				speakers = append(speakers, l.ID)
			}
			if talks || c.live() && l.role() == event.MonitorLeg && l.State == event.LegAnswered && c.Phase == WithAgent {
				listeners = append(listeners, l.ID)
			}
		}
	}
	if len(speakers) == 0 || len(listeners) < 2 { // nobody to hear, or nobody else
		return nil
	}
	paths := make([]voice.Path, 0, len(speakers)*(len(listeners)-1))
	for _, speaker := range speakers {
		for _, listener := range listeners {
			if speaker != listener {
				paths = append(paths, voice.Path{Speaker: speaker, Listener: listener})
			}
		}
	}
	return paths
}

// held is the legs of which nothing is recorded: those on hold, and those who
// are muted.
func held(contacts []*Contact) []tandem.ID {
	var ids []tandem.ID
	for _, c := range contacts {
		for i := range c.Legs {
			if c.Legs[i].Held || c.Legs[i].Muted {
				ids = append(ids, c.Legs[i].ID)
			}
		}
	}
	return ids
}

// addPlays adds what is heard: those plays that end by themselves, or those that
// repeat. One leg hears one play. What ends comes first, for a flow waits for it.
func (m *Machine) addPlays(plays []voice.Play, contacts []*Contact, loops bool) []voice.Play {
	for _, c := range contacts {
		for side := event.CustomerSide; c.live() && side <= event.AgentSide; side++ {
			play, listener := *c.playOn(side), m.listener(c, side)
			taken := func(p voice.Play) bool { return p.Listener == listener }
			if play != nil && play.Started.Loop == loops && !listener.IsZero() && !slices.ContainsFunc(plays, taken) {
				plays = append(plays, play.wish(listener, c.speech()))
			}
		}
	}
	return plays
}

func (m *Machine) legWish(c *Contact, leg *Leg) voice.Leg {
	wish := voice.Leg{ID: leg.ID, Wish: voice.WishAnswered}
	switch leg.role() {
	case event.CustomerLeg:
		wish.Role = voice.Customer
	case event.OutsideLeg:
		wish.Role = voice.Outside
	case event.MonitorLeg:
		wish.Role = voice.Monitor
	default:
		wish.Role = voice.Agent
		m.offerWish(&wish, c, leg)
	}
	if d := leg.Dialed; d != nil {
		wish.Outbound, wish.Target, wish.CallerID, wish.Deadline, wish.Digits = true, d.Target, d.CallerID, d.Deadline, d.Digits
	}
	if a := m.state.Agents[leg.UserID]; a != nil && a.User.PhoneType == event.SoftPhone {
		wish.Soft, wish.UserID = true, leg.UserID
	}
	if !c.live() || wish.Role == voice.Agent && leg.ID != c.OfferID {
		wish.Wish, wish.Cause = voice.WishGone, voice.CauseHangup
	}
	return wish
}

// offerWish is the leg of an agent to whom a contact is, or was, offered.
func (m *Machine) offerWish(wish *voice.Leg, c *Contact, leg *Leg) {
	wish.Outbound = true
	wish.CallerID = c.CustomerAddress
	if wish.CallerID == "" {
		wish.CallerID = tandem.Personal(c.SystemAddress)
	}
	if a := m.state.Agents[leg.UserID]; a != nil {
		wish.Target = a.User.DeskPhoneNumber
		if slot := a.slot(c.ContactID); slot != nil && slot.OfferID == leg.ID && slot.State == Connecting {
			wish.Deadline = slot.Deadline
		}
	}
	if c.Phase == Offered {
		wish.Wish = voice.WishRinging
	}
}

// speech is how texts are spoken to the contact, as its flows have chosen.
func (c *Contact) speech() voice.Speech {
	return voice.Speech{Voice: c.TextVoice, Engine: c.TextEngine, Style: c.TextStyle, Locale: c.LanguageCode}
}

// wish is the play for a leg. The texts of an erased contact are gone, and with
// them the play's items.
func (p *Play) wish(listener tandem.ID, speech voice.Speech) voice.Play {
	st := &p.Started
	play := voice.Play{ID: st.PlayID, Listener: listener, Loop: st.Loop}
	kinds := st.Kinds[:min(len(st.Kinds), len(st.Prompts))]
	if len(kinds) > 0 {
		play.Items = make([]voice.Prompt, 0, len(kinds))
	}
	for i, kind := range kinds {
		var item voice.Prompt
		switch kind {
		case event.PromptSSML:
			item.SSML, item.Speech = st.Prompts[i], speech
		case event.PromptFile:
			item.Prompt = string(st.Prompts[i])
		default:
			item.Text, item.Speech = st.Prompts[i], speech
		}
		play.Items = append(play.Items, item)
	}
	if p.collects() {
		play.Collect = collect(st)
	}
	return play
}

// collects reports whether the play takes what the listener types or says.
func (p *Play) collects() bool { return p.Started.CollectDigits > 0 || p.Started.Locale != "" }

func collect(st *event.PlayStarted) *voice.Collect {
	k := &voice.Collect{MaxDigits: int(st.CollectDigits), FirstDigitMillis: st.FirstDigitMillis,
		InterDigitMillis: st.InterDigitMillis, Terminators: st.Terminators, CancelKey: st.CancelKey}
	if st.Locale != "" {
		k.Listen = &voice.Listen{Locale: st.Locale, StartTimeoutMillis: st.SpeechStartMillis, EndTimeoutMillis: st.SpeechEndMillis,
			MaxMillis: st.SpeechMaxMillis}
	}
	if st.KeyID != "" {
		k.Encrypt = &voice.Encrypt{KeyID: st.KeyID, Certificate: st.Certificate}
	}
	return k
}

// refusal is the room that turns a call away.
func (m *Machine) refusal(r *event.CallRefused, epoch tandem.Epoch) voice.Room {
	return voice.Room{
		ID: r.RoomID, Instance: m.state.Instance.InstanceID, Epoch: epoch, Rev: uint64(m.seq), Ended: true,
		Legs: []voice.Leg{{ID: r.LegID, Role: voice.Customer, Wish: voice.WishGone, Cause: voice.Cause(r.Cause)}},
	}
}
