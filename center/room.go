package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// TakeEffects returns the room of each voice contact that changed since it was
// last called, by contact id, and a room that hangs up for each call refused.
func (m *Machine) TakeEffects(epoch tandem.Epoch) []tandem.Effect {
	var effects []tandem.Effect
	ids := m.touched.take()
	slices.SortFunc(ids, tandem.ID.Compare)
	for _, id := range ids {
		if c := m.state.Contacts[id]; c != nil {
			effects = append(effects, m.room(c, epoch))
		}
	}
	for i := range m.refused {
		effects = append(effects, m.refusal(&m.refused[i], epoch))
	}
	m.refused = nil
	return effects
}

// Outstanding returns the room of each voice contact that is live, or of which
// media may still have a leg.
func (m *Machine) Outstanding(epoch tandem.Epoch) []tandem.Effect {
	var effects []tandem.Effect
	for _, id := range tandem.SortedIDs(m.state.Contacts) {
		if c := m.state.Contacts[id]; c.Channel == event.Voice && (c.live() || c.hasLegs()) {
			effects = append(effects, m.room(c, epoch))
		}
	}
	return effects
}

// room is the state that a voice contact should have in the media process.
func (m *Machine) room(c *Contact, epoch tandem.Epoch) voice.Room {
	r := voice.Room{ID: c.ContactID, Instance: m.state.Instance.InstanceID, Epoch: epoch, Rev: c.Rev, Ended: !c.live()}
	var customer tandem.ID
	for _, leg := range c.Legs {
		if leg.UserID.IsZero() {
			customer = leg.ID
		}
		r.Legs = append(r.Legs, m.legWish(c, leg))
	}
	if r.Ended {
		return r
	}
	if c.Play != nil {
		r.Play = c.Play.wish(customer)
	}
	if c.Phase == WithAgent {
		r.Mix = []voice.Path{{Speaker: customer, Listener: c.OfferID}, {Speaker: c.OfferID, Listener: customer}}
		if !c.RecordingID.IsZero() {
			r.Record = &voice.Recording{ID: c.RecordingID, Customer: c.RecordCustomer, Agent: c.RecordAgent}
		}
	}
	return r
}

func (m *Machine) legWish(c *Contact, leg Leg) voice.Leg {
	wish := voice.Leg{ID: leg.ID, Role: voice.Customer, Wish: voice.WishAnswered}
	if !leg.UserID.IsZero() {
		wish.Role, wish.Outbound = voice.Agent, true
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
	if !c.live() || wish.Outbound && leg.ID != c.OfferID {
		wish.Wish, wish.Cause = voice.WishGone, voice.CauseHangup
	}
	return wish
}

// wish is the play for the customer's leg. The texts of an erased contact are
// gone, and with them the play's items.
func (p *Play) wish(listener tandem.ID) *voice.Play {
	st := &p.Started
	play := &voice.Play{ID: st.PlayID, Listener: listener, Loop: st.Loop}
	for i, kind := range st.Kinds[:min(len(st.Kinds), len(st.Prompts))] {
		var item voice.Prompt
		switch kind {
		case event.PromptSSML:
			item.SSML = st.Prompts[i]
		case event.PromptFile:
			item.Prompt = string(st.Prompts[i])
		default:
			item.Text = st.Prompts[i]
		}
		play.Items = append(play.Items, item)
	}
	if st.CollectDigits > 0 {
		play.Collect = &voice.Collect{MaxDigits: int(st.CollectDigits), FirstDigitMillis: st.FirstDigitMillis,
			InterDigitMillis: st.InterDigitMillis, Terminators: st.Terminators}
	}
	return play
}

// refusal is the room that turns a call away.
func (m *Machine) refusal(r *event.CallRefused, epoch tandem.Epoch) voice.Room {
	return voice.Room{
		ID: r.RoomID, Instance: m.state.Instance.InstanceID, Epoch: epoch, Rev: uint64(m.seq), Ended: true,
		Legs: []voice.Leg{{ID: r.LegID, Role: voice.Customer, Wish: voice.WishGone, Cause: voice.Cause(r.Cause)}},
	}
}
