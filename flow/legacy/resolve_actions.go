package legacy

import (
	"encoding/json"
	"maps"
	"slices"

	"tandem/flow"
)

// referenceMembers are the parameters that name resources, wherever in an
// action's parameters they stand.
var referenceMembers = map[string]flow.ResourceKind{
	"QueueId": flow.ResourceQueue, "AgentId": flow.ResourceUser, "HoursOfOperationId": flow.ResourceHours,
	"PromptId": flow.ResourcePrompt, "ContactFlowId": flow.ResourceFlow,
}

// shownMembers are where the designer keeps the name of what a block refers to.
var shownMembers = []string{"queue", "contactFlow", "ContactFlow", "Hours", "promptName"}

// resolveActions puts an instance's own resources in place of those that the
// actions of a flow name. Actions in which nothing changes stay byte for byte.
func resolveActions(doc *flow.Document, metadata map[string]json.RawMessage, r *resolver) {
	for i, a := range doc.Actions {
		w := walk{resolver: r, actionID: a.Identifier, shown: object(metadata[a.Identifier])}
		parameters := w.object(a.Parameters, object(w.shown["parameters"]), a.Type == "UpdateContactEventHooks")
		if w.changed {
			doc.Actions[i] = flow.Action{Identifier: a.Identifier, Type: a.Type, Parameters: parameters, Transitions: a.Transitions}
		}
	}
}

// walk goes through the parameters of one action.
type walk struct {
	*resolver
	actionID string
	shown    map[string]json.RawMessage // the action's metadata
	changed  bool
}

func (w *walk) object(raw json.RawMessage, names map[string]json.RawMessage, hooks bool) json.RawMessage {
	members := object(raw)
	if members == nil {
		return w.list(raw)
	}
	before := w.changed
	w.changed = false
	for _, name := range slices.Sorted(maps.Keys(members)) {
		kind, refers := referenceMembers[name]
		value := text(members[name])
		switch {
		case refers && value != "":
			members[name] = w.reference(kind, value, text(object(names[name])["displayName"]))
		case hooks && name == "EventHooks":
			members[name] = w.hooks(members[name], object(names[name]))
		default:
			members[name] = w.object(members[name], object(names[name]), false)
		}
	}
	if w.changed {
		raw = encode(members)
	}
	w.changed = w.changed || before
	return raw
}

func (w *walk) list(raw json.RawMessage) json.RawMessage {
	items := list(raw)
	if items == nil {
		return raw
	}
	before := w.changed
	w.changed = false
	for i := range items {
		items[i] = w.object(items[i], nil, false)
	}
	if w.changed {
		raw = encode(items)
	}
	w.changed = w.changed || before
	return raw
}

// hooks resolves the flows of event hooks, whose members are the moments.
func (w *walk) hooks(raw json.RawMessage, names map[string]json.RawMessage) json.RawMessage {
	members := object(raw)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if value := text(members[name]); value != "" {
			members[name] = w.reference(flow.ResourceFlow, value, text(object(names[name])["displayName"]))
		}
	}
	if members == nil {
		return raw
	}
	return encode(members)
}

// reference resolves one value, unless it comes from an attribute.
func (w *walk) reference(kind flow.ResourceKind, value, name string) json.RawMessage {
	if !flow.ParseTemplate(value).Static() {
		return encode(value)
	}
	for _, member := range shownMembers {
		if name == "" {
			name = text(object(w.shown[member])["text"])
		}
	}
	ref := Unresolved{ActionID: w.actionID, Kind: kind, ARN: value, Name: name}
	if _, missing, ok := flow.IsUnresolved(value); ok { // an earlier import did not find it
		ref.ARN, ref.Name = "", missing
	}
	resolved := w.resolve(ref)
	w.changed = w.changed || resolved != value
	return encode(resolved)
}
