package viewtest

import (
	"fmt"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/view"
	"tandem/voice"
)

// Calls drives a story's real center by commands and by the reports of a media
// process. What it asks for must not be refused.
type Calls struct {
	*Story
	now     tandem.Time
	media   tandem.ID
	reports uint64
	arrived int
}

// Calls makes the instance of the story one with calls (see [SetupCalls]), and
// begins to drive it at [Start].
func (s *Story) Calls(usernames ...string) *Calls {
	s.t.Helper()
	s.TellAll(SetupCalls(usernames...))
	c := &Calls{Story: s, now: Start}
	c.NewMedia()
	return c
}

// NewMedia restarts the media process: every leg is lost.
func (c *Calls) NewMedia() {
	c.t.Helper()
	c.media, c.reports = tandem.NameID("viewtest media", fmt.Sprint(c.media, c.reports)), 0
	c.report(voice.Report{Kind: voice.MediaStarted})
}

// At sets the time, in milliseconds after [Start].
func (c *Calls) At(ms int64) *Calls {
	c.now = Start.Add(ms)
	return c
}

// Must takes a command.
func (c *Calls) Must(body any) any {
	c.t.Helper()
	answer, err := c.Do(c.now, body)
	if err != nil {
		c.t.Fatalf("%T: %v", body, err)
	}
	return answer
}

// Begin takes a command that begins a contact.
func (c *Calls) Begin(body any) tandem.ID {
	c.t.Helper()
	return c.Must(body).(tandem.ID)
}

// Tick lets the center do what is due.
func (c *Calls) Tick() { c.Must(tandem.Tick{}) }

// LogIn makes agents available.
func (c *Calls) LogIn(usernames ...string) {
	c.t.Helper()
	for _, name := range usernames {
		c.Must(center.PutUserStatus{UserID: UserID(name), StatusID: AvailableID})
	}
}

// Look shows the state; what it gets must not be kept or changed.
func (c *Calls) Look(do func(*center.State)) {
	c.t.Helper()
	err := c.engine.Read(c.t.Context(), InstanceID, func(in *instance.Instance) { do(view.Center(in)) })
	if err != nil {
		c.t.Fatal(err)
	}
}

// Contact is a copy of a contact as it is now.
func (c *Calls) Contact(id tandem.ID) (contact center.Contact) {
	c.t.Helper()
	known := false
	c.Look(func(st *center.State) {
		if st.Contacts[id] != nil {
			known, contact = true, *st.Contacts[id]
			contact.Legs = slices.Clone(contact.Legs)
		}
	})
	if !known {
		c.t.Fatalf("there is no contact %s", id)
	}
	return contact
}

// Offered is the contact that is at an agent; the story ends if there is none.
func (c *Calls) Offered(username string) (id tandem.ID) {
	c.t.Helper()
	if id = c.contactOf(UserID(username)); id.IsZero() {
		c.t.Fatalf("%s has no contact", username)
	}
	return id
}

// Call lets a customer call a number, and the system answer.
func (c *Calls) Call(number string) tandem.ID {
	c.t.Helper()
	c.arrived++
	leg := tandem.NameID("viewtest leg", fmt.Sprint(c.arrived))
	c.report(voice.Report{Kind: voice.CallArrived, Leg: leg, From: CustomerNumber, To: number})
	id := leg.Derive(1)
	c.report(voice.Report{Kind: voice.LegAnswered, Room: id, Leg: leg})
	return id
}

// Leg is the leg of a contact in the role; of an agent's that of the last offer.
func (c *Calls) Leg(id tandem.ID, role event.LegRole) tandem.ID {
	c.t.Helper()
	contact := c.Contact(id)
	for _, l := range contact.Legs {
		if l.Role == role && (role != event.AgentLeg || l.ID == contact.OfferID) {
			return l.ID
		}
	}
	c.t.Fatalf("contact %s has no leg of role %d", id, role)
	return tandem.ID{}
}

// Answer reports that the party of the role has answered.
func (c *Calls) Answer(id tandem.ID, role event.LegRole) {
	c.t.Helper()
	c.report(voice.Report{Kind: voice.LegAnswered, Room: c.Contact(id).CallID, Leg: c.Leg(id, role)})
}

// HangUp reports that the leg of the role is over.
func (c *Calls) HangUp(id tandem.ID, role event.LegRole, cause voice.Cause) {
	c.t.Helper()
	c.report(voice.Report{Kind: voice.LegEnded, Room: c.Contact(id).CallID, Leg: c.Leg(id, role), Cause: cause})
}

// PlayDone reports that what a contact plays has ended.
func (c *Calls) PlayDone(id tandem.ID, side event.FlowSide) {
	c.t.Helper()
	contact := c.Contact(id)
	p := contact.Play
	if side == event.AgentSide {
		p = contact.AgentPlay
	}
	if p == nil {
		c.t.Fatalf("contact %s plays nothing", id)
	}
	c.report(voice.Report{Kind: voice.PlayEnded, Room: contact.CallID, Play: p.Started.PlayID, Outcome: voice.PlayDone})
}

func (c *Calls) report(r voice.Report) {
	c.t.Helper()
	c.reports++
	r.Incarnation, r.Number, r.At, r.Instance = c.media, c.reports, c.now, InstanceID
	c.Must(center.TakeVoiceReport{Report: r})
}
