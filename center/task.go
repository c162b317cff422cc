package center

import (
	"unicode/utf8"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// Limits of a task (Amazon Connect API: StartTaskContact).
const (
	maxTaskNameChars        = 512
	maxTaskDescriptionChars = 4096
	maxClientTokenChars     = 500
	maxReferences           = 10
	maxReferenceChars       = 4096
	maxScheduleMillis       = 6 * 24 * 3_600_000
	maxCustomerNameChars    = 256
)

// startTask begins a task. While the contact of a client token is remembered,
// the same token gives that contact.
func (m *Machine) startTask(s *tandem.Step, b StartTask) (tandem.ID, error) {
	if id, known := m.tokens[b.ClientToken]; known && b.ClientToken != "" {
		return id, nil
	}
	f, err := m.checkTask(s, b)
	if err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	initial := id
	if previous := m.state.Contacts[b.PreviousID]; previous != nil {
		initial = previous.InitialContactID
	}
	start := event.ContactInitiated{
		ContactID: id, InitialContactID: initial, PreviousID: b.PreviousID, RelatedID: b.RelatedID,
		Channel: event.Task, Method: event.API, At: s.At, StartFlowID: f.FlowID,
		Name: b.Name, Description: b.Description, Attributes: b.Attributes, References: b.References,
		ClientToken: b.ClientToken, ScheduledAt: b.ScheduledAt,
	}
	if q := m.state.QuickConnects[b.QuickConnectID]; q != nil {
		aim(&start, q)
	}
	m.beginTask(s, start)
	return id, nil
}

// beginTask begins a task, or lets it wait for its time.
func (m *Machine) beginTask(s *tandem.Step, start event.ContactInitiated) {
	s.Emit(&start)
	if start.ScheduledAt > s.At {
		s.Emit(&event.ContactScheduled{ContactID: start.ContactID, Due: start.ScheduledAt, At: s.At})
		return
	}
	s.Emit(&event.ContactConnectedToSystem{ContactID: start.ContactID, At: s.At})
	m.startFlow(s, m.contact(start.ContactID), s.At)
}

// startRelatedTask begins a task that a flow asked for. One that cannot begin
// leaves no trace but the outcome in the flow's block.
func (m *Machine) startRelatedTask(s *tandem.Step, c *Contact, act flow.StartTask) {
	flowID, _ := tandem.ParseID(act.FlowID) // none: it is refused
	b := StartTask{FlowID: flowID, Name: tandem.Personal(act.Name), Description: tandem.Personal(act.Description),
		Attributes: act.Attributes, References: act.References, RelatedID: c.ContactID}
	if act.DelaySeconds > 0 {
		b.ScheduledAt = s.At.AddSeconds(act.DelaySeconds)
	}
	if f, err := m.checkTask(s, b); err == nil {
		id := s.NextID()
		m.beginTask(s, event.ContactInitiated{ContactID: id, InitialContactID: id, RelatedID: c.ContactID, Channel: event.Task, Method: event.API,
			At: s.At, StartFlowID: f.FlowID, Name: b.Name, Description: b.Description, Attributes: b.Attributes, References: b.References, ScheduledAt: b.ScheduledAt})
	}
}

// entryFlow is a published flow in which a contact can begin.
func (m *Machine) entryFlow(id tandem.ID) (*event.FlowSaved, error) {
	saved := m.state.Flows[id]
	f := saved.startable()
	switch {
	case saved == nil:
		return nil, tandem.Errorf(tandem.NotFound, "ContactFlowId", "there is no flow %s", id)
	case f == nil:
		return nil, tandem.Errorf(tandem.NotFound, "ContactFlowId", "the flow %q is not published", saved.Saved.Name)
	case f.Type != string(flow.TypeContactFlow):
		return nil, tandem.Errorf(tandem.Invalid, "ContactFlowId", "a contact starts a flow of type CONTACT_FLOW, not %s", f.Type)
	}
	return f, nil
}

// quickConnectFlow is the published flow of a quick connect that leads to a user
// or a queue.
func (m *Machine) quickConnectFlow(id tandem.ID) (*event.FlowSaved, error) {
	q := m.state.QuickConnects[id]
	switch {
	case q == nil:
		return nil, tandem.Errorf(tandem.NotFound, "QuickConnectId", "there is no quick connect %s", id)
	case q.Type == event.QuickConnectPhone:
		return nil, tandem.Errorf(tandem.Invalid, "QuickConnectId", "the quick connect %q leads to a phone number; name one of a user or a queue", q.Name)
	}
	if f := m.state.Flows[q.FlowID].startable(); f != nil {
		return f, nil
	}
	return nil, tandem.Errorf(tandem.Conflict, "QuickConnectId", "the flow of the quick connect %q is not published", q.Name)
}

// taskFlow is the flow that a task begins in.
func (m *Machine) taskFlow(b StartTask) (*event.FlowSaved, error) {
	switch {
	case b.QuickConnectID.IsZero():
		return m.entryFlow(b.FlowID)
	case !b.FlowID.IsZero():
		return nil, tandem.Errorf(tandem.Invalid, "QuickConnectId", "name either a flow or a quick connect")
	}
	return m.quickConnectFlow(b.QuickConnectID)
}

func (m *Machine) checkTask(s *tandem.Step, b StartTask) (*event.FlowSaved, error) {
	f, err := m.taskFlow(b)
	switch {
	case err != nil:
		return nil, err
	case !b.PreviousID.IsZero() && m.state.Contacts[b.PreviousID] == nil:
		return nil, tandem.Errorf(tandem.NotFound, "PreviousContactId", "there is no contact %s, or it ended a while ago", b.PreviousID)
	case !b.ScheduledAt.IsZero() && b.ScheduledAt.Sub(s.At) > maxScheduleMillis:
		return nil, tandem.Errorf(tandem.Invalid, "ScheduledTime", "at most six days ahead are allowed")
	}
	return f, firstOf(
		checkLength("ClientToken", b.ClientToken, 0, maxClientTokenChars),
		checkCharacters("Name", string(b.Name), 1, maxTaskNameChars),
		checkCharacters("Description", string(b.Description), 0, maxTaskDescriptionChars),
		checkReferences(b.References),
		checkAttributes(b.Attributes))
}

func checkReferences(references tandem.PersonalMap) error {
	if len(references) > maxReferences {
		return tandem.Errorf(tandem.Invalid, "References", "%d references; at most %d are allowed", len(references), maxReferences)
	}
	for _, name := range tandem.SortedKeys(references) {
		if err := firstOf(checkLength("References", name, 1, maxReferenceChars), checkLength("References", references[name], 0, maxReferenceChars)); err != nil {
			return err
		}
	}
	return nil
}

func checkCharacters(field, value string, least, most int) error {
	if !utf8.ValidString(value) {
		return tandem.Errorf(tandem.Invalid, field, "is not text in UTF-8")
	}
	return checkLength(field, value, least, most)
}

// startChat begins a chat (Amazon Connect API: StartChatContact).
func (m *Machine) startChat(s *tandem.Step, b StartChat) (tandem.ID, error) {
	if id, known := m.tokens[b.ClientToken]; known && b.ClientToken != "" {
		return id, nil
	}
	f, err := m.entryFlow(b.FlowID)
	if err == nil {
		err = firstOf(checkLength("ClientToken", b.ClientToken, 0, maxClientTokenChars),
			checkCharacters("ParticipantDetails", string(b.CustomerName), 0, maxCustomerNameChars), checkAttributes(b.Attributes))
	}
	if err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	s.Emit(&event.ContactInitiated{ContactID: id, InitialContactID: id, RelatedID: b.RelatedID, Channel: event.Chat, Method: event.API, At: s.At,
		StartFlowID: f.FlowID, Name: b.CustomerName, Attributes: b.Attributes, ClientToken: b.ClientToken})
	s.Emit(&event.ContactConnectedToSystem{ContactID: id, At: s.At})
	m.startFlow(s, m.contact(id), s.At)
	return id, nil
}

// pauseContact puts a task aside, or takes it up again (Amazon Connect API:
// PauseContact, ResumeContact).
func (m *Machine) pauseContact(s *tandem.Step, b PauseContact) error {
	a, slot, err := m.knownSlot(b.UserID, b.ContactID)
	if err != nil {
		return err
	}
	c := m.contact(b.ContactID)
	switch {
	case slot.Channel != event.Task || slot.State != Connected && slot.State != Paused:
		return tandem.Errorf(tandem.Conflict, "ContactId", "only a task that the agent works on can be paused and resumed")
	case slot.State == Paused == b.Paused:
		return nil
	case !b.Paused && m.working(a, event.Task) >= int(concurrency(m.state.RoutingProfiles[a.User.RoutingProfileID], event.Task).Maximum):
		return tandem.Errorf(tandem.Conflict, "ContactId", "the agent has as many tasks as the routing profile allows; end one first")
	}
	s.Emit(&event.ContactPaused{ContactID: c.ContactID, Paused: b.Paused, At: c.notBefore(s, s.At)})
	return nil
}

// working counts the slots of a channel that an agent works in.
func (m *Machine) working(a *Agent, ch event.Channel) int {
	n := 0
	for i := range a.Contacts {
		if slot := &a.Contacts[i]; slot.Channel == ch && slot.State != Paused {
			n++
		}
	}
	return n
}
