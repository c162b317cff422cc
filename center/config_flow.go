package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// FlowProblems is the refusal to publish a flow (Amazon Connect API:
// InvalidContactFlowException).
type FlowProblems struct{ Problems flow.Problems }

// Error lists the problems, one on a line.
func (e *FlowProblems) Error() string { return "the flow cannot be published:\n" + e.Problems.Error() }

// saveFlow creates or changes a contact flow. What is only saved may be
// anything; what is published must be valid (Amazon Connect API:
// CreateContactFlow, UpdateContactFlowContent).
func (m *Machine) saveFlow(s *tandem.Step, b SaveFlow) (tandem.ID, error) {
	f := b.Flow
	err := checkNamed(named{"ContactFlowId", "flow", f.FlowID, f.Name, maxLongNameChars, f.Description, maxFlowDescriptionChars, f.Tags},
		b.New, m.state.Flows, func(o *Flow) string {
			if (o.Saved.Type == string(flow.TypeModule)) != (f.Type == string(flow.TypeModule)) {
				return "" // flows and modules have names of their own
			}
			return o.Saved.Name
		})
	if err == nil {
		err = m.checkFlow(&f, m)
	}
	if err != nil {
		return tandem.ID{}, err
	}
	f.InstanceID = m.state.Instance.InstanceID
	f.Version = 1
	if old := m.state.Flows[f.FlowID]; old != nil {
		f.Version = old.Saved.Version + 1
	}
	f.ModifiedAt = s.At
	s.Emit(&f)
	return f.FlowID, nil
}

func (m *Machine) checkFlow(f *event.FlowSaved, resources flow.Resources) error {
	if !slices.Contains(flow.AllTypes(), flow.Type(f.Type)) && f.Type != string(flow.TypeModule) {
		return tandem.Errorf(tandem.Invalid, "Type", "%q is not a type of flow", f.Type)
	}
	if old := m.state.Flows[f.FlowID]; old != nil && old.Saved.Type != f.Type {
		return tandem.Errorf(tandem.Invalid, "Type", "the type of a flow cannot change; it is %s", old.Saved.Type)
	}
	if len(f.Content) > tandem.MaxFlowContentBytes {
		return tandem.Errorf(tandem.Invalid, "Content", "has %d bytes; at most %d are allowed", len(f.Content), tandem.MaxFlowContentBytes)
	}
	if !f.Published {
		return nil
	}
	doc, err := flow.Parse([]byte(f.Content))
	if err != nil {
		return &FlowProblems{flow.Problems{{Message: err.Error()}}}
	}
	if problems := flow.Validate(doc, flow.Type(f.Type), m.blocks, resources); len(problems) > 0 {
		return &FlowProblems{problems}
	}
	return nil
}

// checkContactFlow makes sure that a number or a contact can start the flow.
func (m *Machine) checkContactFlow(id tandem.ID) error {
	f := m.state.Flows[id]
	switch {
	case f == nil:
		return tandem.Errorf(tandem.NotFound, "ContactFlowId", "there is no flow %s", id)
	case f.Saved.Type != string(flow.TypeContactFlow):
		return tandem.Errorf(tandem.Invalid, "ContactFlowId", "a phone number starts a flow of type CONTACT_FLOW, not %s", f.Saved.Type)
	}
	return nil
}

func (m *Machine) deleteFlow(s *tandem.Step, b DeleteFlow) error {
	f := m.state.Flows[b.FlowID]
	if f == nil {
		return tandem.Errorf(tandem.NotFound, "ContactFlowId", "there is no flow %s", b.FlowID)
	}
	for _, id := range tandem.SortedIDs(m.state.Numbers) {
		if n := m.state.Numbers[id]; n.FlowID == b.FlowID {
			return tandem.Errorf(tandem.InUse, "ContactFlowId", "the number %s starts this flow", n.Number)
		}
	}
	for _, id := range tandem.SortedIDs(m.state.Queues) {
		if q := m.state.Queues[id]; q.OutboundFlowID == b.FlowID {
			return tandem.Errorf(tandem.InUse, "ContactFlowId", "the queue %q uses this flow", q.Name)
		}
	}
	for _, id := range tandem.SortedIDs(m.state.QuickConnects) {
		if q := m.state.QuickConnects[id]; q.FlowID == b.FlowID {
			return tandem.Errorf(tandem.InUse, "ContactFlowId", "the quick connect %q uses this flow", q.Name)
		}
	}
	if m.occupied(b.FlowID, f) {
		return tandem.Errorf(tandem.InUse, "ContactFlowId", "contacts are in this flow")
	}
	s.Emit(&event.FlowDeleted{FlowID: b.FlowID})
	return nil
}
