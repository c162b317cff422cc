package center

import (
	"tandem"
	"tandem/flow"
)

// InstanceID implements flow.Details.
func (m *Machine) InstanceID() string { return m.state.Instance.InstanceID.String() }

// FlowType implements flow.Details.
func (m *Machine) FlowType(flowID string) (t flow.Type, known bool) {
	id, err := tandem.ParseID(flowID)
	f := m.state.Flows[id]
	if err != nil || f == nil {
		return "", false
	}
	return flow.Type(f.Saved.Type), true
}

// ModuleSettings implements flow.Details.
func (m *Machine) ModuleSettings(moduleID string) (settings flow.ModuleSettings, known bool) {
	saved := m.module(moduleID)
	if saved == nil {
		return flow.ModuleSettings{}, false
	}
	doc, err := flow.Parse([]byte(saved.Content))
	if err != nil {
		return flow.ModuleSettings{}, false
	}
	return doc.Module, true
}
