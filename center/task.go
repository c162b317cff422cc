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
)

// startTask begins a task. While the contact of a client token is remembered,
// the same token gives that contact.
func (m *Machine) startTask(s *tandem.Step, b StartTask) (tandem.ID, error) {
	if id, known := m.tokens[b.ClientToken]; known && b.ClientToken != "" {
		return id, nil
	}
	f, err := m.checkTask(b)
	if err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	initial := id
	if previous := m.state.Contacts[b.PreviousID]; previous != nil {
		initial = previous.InitialContactID
	}
	s.Emit(&event.ContactInitiated{
		ContactID: id, InitialContactID: initial, PreviousID: b.PreviousID,
		Channel: event.Task, Method: event.API, At: s.At,
		Name: b.Name, Description: b.Description, Attributes: b.Attributes, References: b.References,
		ClientToken: b.ClientToken,
	})
	s.Emit(&event.ContactConnectedToSystem{ContactID: id, At: s.At})
	m.enterFlow(s, m.contact(id), f, s.At)
	return id, nil
}

func (m *Machine) checkTask(b StartTask) (*event.FlowSaved, error) {
	saved := m.state.Flows[b.FlowID]
	f := saved.startable()
	switch {
	case saved == nil:
		return nil, tandem.Errorf(tandem.NotFound, "ContactFlowId", "there is no flow %s", b.FlowID)
	case f == nil:
		return nil, tandem.Errorf(tandem.NotFound, "ContactFlowId", "the flow %q is not published", saved.Saved.Name)
	case f.Type != string(flow.TypeContactFlow):
		return nil, tandem.Errorf(tandem.Invalid, "ContactFlowId", "a task starts a flow of type CONTACT_FLOW, not %s", f.Type)
	case !b.PreviousID.IsZero() && m.state.Contacts[b.PreviousID] == nil:
		return nil, tandem.Errorf(tandem.NotFound, "PreviousContactId", "there is no contact %s, or it ended a while ago", b.PreviousID)
	case len(b.References) > maxReferences:
		return nil, tandem.Errorf(tandem.Invalid, "References", "%d references; at most %d are allowed", len(b.References), maxReferences)
	case utf8.RuneCountInString(b.ClientToken) > maxClientTokenChars:
		return nil, tandem.Errorf(tandem.Invalid, "ClientToken", "at most %d characters are allowed", maxClientTokenChars)
	}
	if err := checkLength("Name", string(b.Name), 1, maxTaskNameChars); err != nil {
		return nil, err
	}
	if err := checkLength("Description", string(b.Description), 0, maxTaskDescriptionChars); err != nil {
		return nil, err
	}
	return f, checkAttributes(b.Attributes)
}
