package audit

import (
	"encoding/json"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// change is what an event says to the audit.
type change struct {
	what                  string
	system, user, subject tandem.ID
	thing                 string         // by which its state is known; empty: it has none
	whole                 bool           // with the thing all that belongs to it ends
	after                 map[string]any // nil: it is gone, or has no state
}

// state is the state after the change, as JSON with sorted members; empty for
// none.
func (c *change) state() string {
	if c.after == nil {
		return ""
	}
	b, _ := json.Marshal(c.after) // texts, numbers and lists of them
	return string(b)
}

// words name statuses as they are called now.
type words struct {
	name   presence.Namer
	center tandem.ID
}

func wordsOf(in *instance.Instance) words {
	if m, ok := instance.Find[*presence.Machine](in); ok {
		return words{m.Name, m.State().Center}
	}
	return words{name: func(_ tandem.ID, remote string) string { return remote }}
}

// status is what a status of the center is called.
func (w words) status(id tandem.ID) string {
	if id.IsZero() {
		return ""
	}
	return w.name(w.center, id.String())
}

// remote is what a status of a system is called.
func (w words) remote(system tandem.ID, id string) string {
	if id == "" {
		return ""
	}
	return w.name(system, id)
}

// describe says what an event changes; ok is false where it is no change of the
// configuration, nor an act of an administrator.
func describe(ev tandem.Event, by tandem.ActorKind, w words) (c change, ok bool) {
	person := by == tandem.ActorUser || by == tandem.ActorAPI
	switch e := ev.(type) {
	case *event.SystemSaved:
		return change{what: "system_saved", system: e.SystemID, thing: systemThing(e.SystemID), after: system(e, w)}, true
	case *event.SystemDeleted:
		return change{what: "system_deleted", system: e.SystemID, thing: systemThing(e.SystemID), whole: true}, true
	case *event.SystemSecretReplaced:
		return change{what: "secret_replaced", system: e.SystemID}, true
	case *event.PresenceRulesSaved:
		return change{what: "rules_saved", system: e.SystemID, thing: systemThing(e.SystemID) + "/rules", after: rules(e, w)}, true
	case *event.AgentLinked:
		return change{what: "agent_linked", system: e.SystemID, user: e.UserID, thing: linkThing(e.SystemID, e.UserID), after: map[string]any{"remote_id": e.RemoteID}}, true
	case *event.AgentUnlinked:
		return change{what: "agent_unlinked", system: e.SystemID, user: e.UserID, thing: linkThing(e.SystemID, e.UserID)}, true
	case *event.LegHealthChanged:
		return change{what: "agent_released", system: e.SystemID, user: e.UserID}, person && e.Health == event.HealthOK
	case *event.NoticesSeen:
		return change{what: "notice_seen", subject: e.NoticeID, after: map[string]any{"through": e.Through}}, true
	case *event.SubjectErased:
		return change{what: "subject_erased", subject: e.Subject}, true
	case *event.AdminKeySaved:
		return change{what: "key_created", subject: e.KeyID, thing: "key/" + e.KeyID.String(), after: map[string]any{"name": e.Name, "role": e.Role}}, true
	case *event.AdminKeyEnded:
		return change{what: "key_ended", subject: e.KeyID, thing: "key/" + e.KeyID.String()}, true
	}
	return c, false
}

func systemThing(id tandem.ID) string { return "system/" + id.String() }

func linkThing(system, user tandem.ID) string { return systemThing(system) + "/link/" + user.String() }

// system is a system's settings in the words of the admin API.
func system(e *event.SystemSaved, w words) map[string]any {
	rows := []string{}
	for _, r := range e.Mapping {
		row := w.remote(e.SystemID, r.Remote) + " = " + w.status(r.StatusID)
		if r.Preferred {
			row += " (preferred)"
		}
		rows = append(rows, row)
	}
	return map[string]any{
		"kind": e.System.String(), "name": e.Name, "enabled": e.Enabled, "policy": e.Policy.String(), "url": e.URL, "client_id": e.ClientID,
		"mapping": rows, "status_sync": e.StatusSync, "focus_mode": e.FocusMode, "focus": w.remote(e.SystemID, e.Focus), "settings": e.Settings,
		"partial_capacity_status": w.status(e.PartialCapacityStatusID), "at_capacity_status": w.status(e.AtCapacityStatusID),
	}
}

// rules are a system's rules, in the order in which they are tried.
func rules(e *event.PresenceRulesSaved, w words) map[string]any {
	list := []map[string]any{}
	for _, r := range e.Rules {
		criteria := []string{}
		for _, c := range r.Criteria {
			criteria = append(criteria, value(c.OperandA, c.ValueA)+" "+c.Comparator.String()+" "+value(c.OperandB, c.ValueB))
		}
		list = append(list, map[string]any{
			"name": r.Name, "active": r.Active, "source": r.Source.String(), "criteria": criteria, "any": r.Any,
			"destination": r.Destination.String(), "state": r.State, "wish": r.Wish,
		})
	}
	p := &e.SessionEnd
	return map[string]any{"enabled": e.Enabled, "rules": list, "session_end": map[string]any{
		"enabled": p.Enabled, "status": w.status(p.StatusID), "delay_ms": p.DelayMillis, "profiles": p.Profiles, "states": p.States,
		"initial_status": w.status(p.InitialStatusID),
	}}
}

// value is an operand, or the text that a static one stands for.
func value(o event.Operand, text string) string {
	if text != "" {
		return text
	}
	return o.String()
}
