package sim

import (
	"slices"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/instance"
	"tandem/voice"
)

// mutant is a core, a shell or a reader with one fault built in; the zero value
// has none.
type mutant struct {
	name     string
	caughtBy property
	wrap     wrap

	releaseEarly  bool // effects leave before the sync
	passesDamage  bool // a batch that cannot be read is passed over
	passesNewer   bool // a record of a newer version is passed over
	obeysNobody   bool // a deposed leader goes on
	lateStart     bool // nobody starts for a long time
	forgetsWork   bool // a reader keeps its place and not its work
	dropsEvents   bool // the view of agent events misses some records
	deafConnector bool // the connector does not tell what people do in the other system
}

// mutants has one for each property, which the others do not catch.
var mutants = []mutant{
	{name: "a refused command leaves its mark until the next", caughtBy: refusals, wrap: around(func(c *center.Machine) instance.Machine { return &marking{Machine: c} })},
	{name: "the time in the queue is told too short", caughtBy: durations, wrap: around(func(c *center.Machine) instance.Machine { return shortening{c} })},
	{name: "a batch that cannot be read is passed over", caughtBy: damage, passesDamage: true},
	{name: "effects leave before the sync", caughtBy: simS1, releaseEarly: true},
	{name: "applying reads something outside of the event", caughtBy: simS2, wrap: around(func(c *center.Machine) instance.Machine { return &counting{Machine: c} })},
	{name: "a withdrawn offer keeps its slot", caughtBy: simS3, wrap: around(func(c *center.Machine) instance.Machine { return &keeping{Machine: c} })},
	{name: "an agent with a next status counts as idle", caughtBy: simS4, wrap: around(func(c *center.Machine) instance.Machine { return idling{c} })},
	{name: "an agent who has cleared a contact is overlooked", caughtBy: simS5, wrap: around(func(c *center.Machine) instance.Machine { return overlooking{c} })},
	{name: "routing goes by priorities upside down", caughtBy: simS6, wrap: around(func(c *center.Machine) instance.Machine { return &misrouting{Machine: c, entry: upsideDown} })},
	{name: "routing does not know how long an agent is available", caughtBy: simS7, wrap: around(func(c *center.Machine) instance.Machine { return forgetting{c} })},
	{name: "routing takes half of the delay", caughtBy: simS8, wrap: around(func(c *center.Machine) instance.Machine { return &misrouting{Machine: c, entry: halfDelay} })},
	{name: "a contact ends twice", caughtBy: simS9, wrap: around(func(c *center.Machine) instance.Machine {
		return &repeating{Machine: c, repeated: map[tandem.ID]bool{}}
	})},
	{name: "a full queue takes two more", caughtBy: simS10, wrap: around(func(c *center.Machine) instance.Machine { return crowding{c} })},
	{name: "a missed contact loses its age", caughtBy: simS11, wrap: around(func(c *center.Machine) instance.Machine { return aging{c} })},
	{name: "the view of agent events misses some records", caughtBy: simS12, dropsEvents: true},
	{name: "a contact drops out of the metrics", caughtBy: simS13, wrap: around(func(c *center.Machine) instance.Machine { return uncounting{c} })},
	{name: "a deposed leader goes on", caughtBy: simS14, obeysNobody: true},
	{name: "the connector does not tell what people do", caughtBy: simS15, deafConnector: true},
	{name: "a record of a newer version is passed over", caughtBy: simS17, passesNewer: true},
	{name: "a contact that follows another has no attributes", caughtBy: simS18, wrap: around(func(c *center.Machine) instance.Machine { return stripping{c} })},
	{name: "a callback has one attempt more each time", caughtBy: simS19, wrap: around(func(c *center.Machine) instance.Machine { return insisting{c} })},
	{name: "attributes grow over their limit", caughtBy: simS20, wrap: around(func(c *center.Machine) instance.Machine { return swelling{c} })},
	{name: "what is scheduled waits for a month", caughtBy: simL1, wrap: around(func(c *center.Machine) instance.Machine { return postponing{c} })},
	{name: "an offer may last a minute longer", caughtBy: simL2, wrap: around(func(c *center.Machine) instance.Machine { return patient{c} })},
	{name: "a reader keeps its place and not its work", caughtBy: simL3, forgetsWork: true},
	{name: "the end of a leg of an ended call is overheard", caughtBy: simL4, wrap: around(func(c *center.Machine) instance.Machine { return deafAfter{c} })},
	{name: "nobody starts for a long time", caughtBy: simL5, lateStart: true},
	{name: "a lost answer is waited for a minute longer", caughtBy: simL6, wrap: around(func(c *center.Machine) instance.Machine { return trusting{c} })},
}

// around is a wrap of the center.
func around(change func(*center.Machine) instance.Machine) wrap {
	return func(_ instance.Machine, c *center.Machine) instance.Machine { return change(c) }
}

// rare picks an eighth of all ids.
func rare(id tandem.ID) bool { return id[15]%8 == 0 }

// counting counts one more attempt of every fourth contact that it queues in
// this life.
type counting struct {
	*center.Machine
	queued int
}

// Apply implements instance.Machine.
func (m *counting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if q, ok := ev.(*event.ContactQueued); ok {
		if m.queued++; m.queued%4 == 0 {
			m.State().Contacts[q.ContactID].Attempts++
		}
	}
}

// keeping leaves an agent the slot of an offer that was withdrawn, until the
// next record.
type keeping struct {
	*center.Machine
	seq  tandem.Seq
	user tandem.ID // who has the slot; zero for nobody
}

// Apply implements instance.Machine.
func (m *keeping) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	if a := m.State().Agents[m.user]; a != nil && seq > m.seq {
		a.Contacts = slices.DeleteFunc(a.Contacts, func(s center.AgentContact) bool { return s.OfferID == kept })
		m.tell(seq, at)
		m.user = tandem.ID{}
	}
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.OfferEnded); ok && e.Outcome == event.OfferWithdrawn && m.user.IsZero() {
		m.seq, m.user = seq, e.UserID
	}
	if e, ok := ev.(*event.ContactCleared); ok && e.UserID == m.user && seq == m.seq {
		a, c := m.State().Agents[e.UserID], m.State().Contacts[e.ContactID]
		a.Contacts = append(a.Contacts, center.AgentContact{ContactID: e.ContactID, OfferID: kept, Channel: c.Channel, State: center.Dialing})
		m.tell(seq, at)
	}
}

// tell lets everything that derives from the agent know.
func (m *keeping) tell(seq tandem.Seq, at tandem.Time) {
	a := m.State().Agents[m.user]
	m.Machine.Apply(seq, at, &event.NextStatusSet{UserID: m.user, StatusID: a.NextStatusID, At: a.NextSince})
}

// kept marks the slot.
var kept = tandem.NameID("sim", "kept")

// repeating says of some contacts twice that they ended.
type repeating struct {
	*center.Machine
	repeated map[tandem.ID]bool
}

// React implements instance.Reactor.
func (m *repeating) React(s *tandem.Step, ev tandem.Event) {
	if e, ok := ev.(*event.ContactEnded); ok && rare(e.ContactID) && !m.repeated[e.ContactID] {
		m.repeated[e.ContactID] = true
		s.Emit(&event.ContactEnded{ContactID: e.ContactID, At: e.At})
	}
}

// deafAfter takes no notice of what media says of some calls that have ended.
type deafAfter struct{ *center.Machine }

// Decide implements instance.Machine.
func (m deafAfter) Decide(s *tandem.Step, body any) (any, error) {
	if b, ok := body.(center.TakeVoiceReport); ok && !b.Report.Room.IsZero() && b.Report.Room[15]%2 == 0 && (b.Report.Kind == voice.LegEnded || b.Report.Kind == voice.RoomForgotten) {
		if m.over(b.Report.Room) {
			return nil, nil
		}
	}
	return m.Machine.Decide(s, body)
}

// over reports whether every contact of a call has ended.
func (m deafAfter) over(call tandem.ID) bool {
	for _, c := range m.State().Contacts {
		if c.CallID == call && c.DisconnectedAt.IsZero() {
			return false
		}
	}
	return true
}

// marking writes a wish of the agent's into the state when an offer cannot be
// accepted, and takes it out again when it is asked the next time.
type marking struct {
	*center.Machine
	undo func()
}

// Decide implements instance.Machine.
func (m *marking) Decide(s *tandem.Step, body any) (any, error) {
	if m.undo != nil {
		m.undo()
		m.undo = nil
	}
	answer, err := m.Machine.Decide(s, body)
	if b, ok := body.(center.AcceptContact); ok && err != nil {
		if a := m.State().Agents[b.UserID]; a != nil && a.NextStatusID.IsZero() {
			m.Machine.Apply(s.Seq-1, s.At, &event.NextStatusSet{UserID: b.UserID, StatusID: a.StatusID, At: s.At})
			m.undo = func() { m.Machine.Apply(s.Seq-1, s.At, &event.NextStatusSet{UserID: b.UserID}) }
		}
	}
	return answer, err
}

// crowding lets two more contacts into each queue than it may take.
type crowding struct{ *center.Machine }

// Decide implements instance.Machine.
func (m crowding) Decide(s *tandem.Step, body any) (any, error) {
	switch body.(type) {
	case center.TakeVoiceReport, center.StartTask, center.StartChat, tandem.Tick:
	default:
		return m.Machine.Decide(s, body)
	}
	var limited []*event.QueueSaved
	for _, q := range m.State().Queues {
		if q.MaxContacts >= 0 {
			q.MaxContacts += 2
			limited = append(limited, q)
		}
	}
	defer func() {
		for _, q := range limited {
			q.MaxContacts -= 2
		}
	}()
	return m.Machine.Decide(s, body)
}

// The mutants below apply an event rightly and then make the state, or what
// derives from it, something else.

// shortening tells of some contacts that they left the queue early.
type shortening struct{ *center.Machine }

// Apply implements instance.Machine.
func (m shortening) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.AgentConnected); ok && rare(e.ContactID) {
		if c := m.State().Contacts[e.ContactID]; c.DequeuedAt > c.EnqueuedAt {
			c.DequeuedAt--
		}
	}
}

// idling does not let routing know that some agents have chosen a next status.
type idling struct{ *center.Machine }

// Apply implements instance.Machine.
func (m idling) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.AgentStatusChanged); ok && rare(e.UserID) {
		a := m.State().Agents[e.UserID]
		a.NextStatusID = a.StatusID
		m.Metrics().SetAgent(e.UserID, metricAgent(m.State(), a))
	}
}

// overlooking lets routing think that one of the agents is being deleted, who
// has cleared a contact.
type overlooking struct{ *center.Machine }

// Apply implements instance.Machine.
func (m overlooking) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.ContactCleared); ok && e.UserID == tandem.SortedIDs(m.State().Agents)[1] {
		if a := m.State().Agents[e.UserID]; a.RetiredAt.IsZero() {
			m.Machine.Apply(seq, at, &event.UserRetired{UserID: e.UserID, At: e.At})
			a.RetiredAt = 0
			a.AvailableSince = a.AvailableSince.Add(24 * 60 * minute) // so that others come first
			m.Metrics().SetAgent(e.UserID, metricAgent(m.State(), a))
		}
	}
}

// forgetting lets some agents be available for longer than routing knows.
type forgetting struct{ *center.Machine }

// Apply implements instance.Machine.
func (m forgetting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.ContactCleared); ok && rare(e.UserID) {
		a := m.State().Agents[e.UserID]
		a.AvailableSince = a.AvailableSince.Add(-10 * minute)
	}
}

// misrouting lets routing know other entries of the profiles than the state
// has.
type misrouting struct {
	*center.Machine
	entry func(*event.RoutingEntry)
}

func upsideDown(e *event.RoutingEntry) { e.Priority = 100 - e.Priority }

func halfDelay(e *event.RoutingEntry) { e.DelaySeconds /= 2 }

// Apply implements instance.Machine.
func (m *misrouting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	saved, ok := ev.(*event.RoutingProfileSaved)
	if !ok {
		m.Machine.Apply(seq, at, ev)
		return
	}
	other := *saved
	other.Entries = append([]event.RoutingEntry(nil), saved.Entries...)
	for i := range other.Entries {
		m.entry(&other.Entries[i])
	}
	m.Machine.Apply(seq, at, &other)
	m.State().RoutingProfiles[saved.ProfileID] = saved
}

// aging makes some contacts younger whose offer was missed.
type aging struct{ *center.Machine }

// Apply implements instance.Machine.
func (m aging) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.OfferEnded); ok && e.Outcome == event.OfferMissed && rare(e.ContactID) {
		if c := m.State().Contacts[e.ContactID]; c.Phase == center.InQueue {
			m.Machine.Apply(seq, at, &event.RoutingSet{ContactID: e.ContactID, Priority: c.Priority, AdjustmentMillis: c.AdjustmentMillis - 5_000})
		}
	}
}

// uncounting takes some contacts that wait out of the metrics.
type uncounting struct{ *center.Machine }

// Apply implements instance.Machine.
func (m uncounting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.FlowBlockRan); ok && rare(e.ContactID) {
		m.Metrics().RemoveContact(e.ContactID)
	}
}

// stripping lets contacts that follow another begin without attributes.
type stripping struct{ *center.Machine }

// Apply implements instance.Machine.
func (m stripping) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.ContactInitiated); ok && !e.PreviousID.IsZero() && e.ContactID[15]%2 == 0 {
		m.State().Contacts[e.ContactID].Attributes = nil
	}
}

// insisting plans one attempt more than there should be, each time.
type insisting struct{ *center.Machine }

// Apply implements instance.Machine.
func (m insisting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.CallbackPlanned); ok && e.Attempts < 4 {
		m.State().Contacts[e.ContactID].Callback.Planned.Attempts++
	}
}

// swelling adds more to some attributes than there may be.
type swelling struct{ *center.Machine }

// Apply implements instance.Machine.
func (m swelling) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.Machine.Apply(seq, at, ev)
	if e, ok := ev.(*event.ContactQueued); ok && rare(e.ContactID) {
		c := m.State().Contacts[e.ContactID]
		attributes := tandem.PersonalMap{"more": strings.Repeat("x", tandem.MaxAttributesBytes)}
		for name, value := range c.Attributes {
			attributes[name] = value
		}
		c.Attributes = attributes
	}
}

// postponing lets what is scheduled wait for a month.
type postponing struct{ *center.Machine }

// Apply implements instance.Machine.
func (m postponing) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	if e, ok := ev.(*event.ContactScheduled); ok {
		later := *e
		later.Due = e.Due.Add(30 * 24 * 60 * minute)
		ev = &later
	}
	m.Machine.Apply(seq, at, ev)
}

// patient lets offers last longer.
type patient struct{ *center.Machine }

// Apply implements instance.Machine.
func (m patient) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	if e, ok := ev.(*event.OfferMade); ok {
		longer := *e
		longer.Deadline = e.Deadline.Add(minute)
		ev = &longer
	}
	m.Machine.Apply(seq, at, ev)
}

// trusting waits longer for the answers of functions.
type trusting struct{ *center.Machine }

// Apply implements instance.Machine.
func (m trusting) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	switch e := ev.(type) {
	case *event.FunctionInvoked:
		longer := *e
		longer.Deadline = e.Deadline.Add(minute)
		ev = &longer
	case *event.FlowBlockRan:
		if e.Type == "InvokeLambdaFunction" && !e.Deadline.IsZero() {
			longer := *e
			longer.Deadline = e.Deadline.Add(minute)
			ev = &longer
		}
	}
	m.Machine.Apply(seq, at, ev)
}
