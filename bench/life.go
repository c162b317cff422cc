package bench

import (
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/voice"
)

// advance lets the next thing happen to the call on a line.
func (s *shift) advance(c *call) error {
	stage := c.stage
	c.stage++
	if stage < 0 {
		return nil // the line is not in use yet
	}
	if stage == 0 {
		s.calls++
		c.leg = s.media.Derive(s.calls)
		return s.report(voice.Report{Kind: voice.CallArrived, Leg: c.leg, From: tandem.Personal(fmt.Sprintf("+49301%07d", s.calls)), To: dialled, Trunk: "trunk1"})
	}
	contact := s.center.State().Contacts[c.leg.Derive(1)]
	if contact == nil {
		return fmt.Errorf("the call on leg %s is lost at stage %d", c.leg, stage)
	}
	r := voice.Report{Room: contact.ContactID, Leg: contact.OfferID}
	switch stage {
	case 1:
		r.Kind, r.Leg = voice.LegAnswered, c.leg
	case 2, 3: // the greeting ends, then the menu's choice is made
		r.Kind, r.Outcome, r.Leg = voice.PlayEnded, voice.PlayDone, tandem.ID{}
		if stage == 3 {
			r.Outcome, r.Digits = voice.PlayDigits, "1"
		}
		if contact.Play != nil {
			r.Play = contact.Play.Started.PlayID
		}
	case 4:
		return s.step(center.UpdateContactAttributes{ContactID: contact.ContactID, Attributes: tandem.PersonalMap{
			"language": "en", "segment": "gold", "order": fmt.Sprint(100200300 + s.calls), "order.status": "shipped on Tuesday, arrives on Friday"}})
	case 5, 6:
		if contact.Phase != center.Offered {
			c.stage = stage // it waits for an agent
			return nil
		}
		r.Kind = voice.LegRinging
		if stage == 6 {
			r.Kind = voice.LegAnswered
		}
	default:
		return s.leave(c, contact, stage)
	}
	return s.report(r)
}

// leave ends a call: the customer hangs up, the agent's phone follows, the
// recording is stored, the room is forgotten and the agent wraps up.
func (s *shift) leave(c *call, contact *center.Contact, stage int) error {
	r := voice.Report{Room: contact.ContactID, Cause: voice.CauseRemote}
	switch stage {
	case 7:
		r.Kind, r.Leg = voice.LegEnded, c.leg
	case 8:
		r.Kind, r.Leg, r.Cause = voice.LegEnded, contact.OfferID, voice.CauseHangup
	case 9:
		r.Kind, r.Recording, r.Location = voice.RecordingEnded, contact.RecordingID, "recordings/"+contact.ContactID.String()+".wav"
		r.Started, r.Stopped = contact.ConnectedToAgentAt, contact.DisconnectedAt
	case 10:
		c.stage = 0
		return s.step(center.DismissUserContact{UserID: contact.UserID, ContactID: contact.ContactID})
	}
	return s.report(r)
}
