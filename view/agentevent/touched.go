package agentevent

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// touched lists the agents that a record may have changed, by id.
func touched(st *center.State, rec *tandem.Record) []tandem.ID {
	var ids []tandem.ID
	for _, ev := range rec.Events {
		if id := agentOf(ev); !id.IsZero() {
			ids = append(ids, id)
			continue
		}
		ids = append(append(ids, withContact(st, ev)...), configured(st, ev)...)
	}
	slices.SortFunc(ids, tandem.ID.Compare)
	return slices.Compact(ids)
}

// agentOf is the agent that an event is about, or zero.
func agentOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
	case *event.UserSaved:
		return ev.UserID
	case *event.UserDeleted:
		return ev.UserID
	case *event.AgentStatusChanged:
		return ev.UserID
	case *event.NextStatusSet:
		return ev.UserID
	case *event.OfferMade:
		return ev.UserID
	case *event.OfferEnded:
		return ev.UserID
	case *event.AgentConnected:
		return ev.UserID
	case *event.AfterContactWorkStarted:
		return ev.UserID
	case *event.ContactCleared:
		return ev.UserID
	case *event.ContactReturned:
		return ev.UserID
	}
	return tandem.ID{}
}

// withContact lists the agents whose contact an event changes.
func withContact(st *center.State, ev tandem.Event) []tandem.ID {
	switch ev := ev.(type) {
	case *event.ContactInitiated: // an agent may have begun it
		return having(st, ev.ContactID)
	case *event.LegHeld:
		return having(st, ev.ContactID)
	case *event.CustomerMoved:
		return append(having(st, ev.FromContactID), having(st, ev.ToContactID)...)
	case *event.ContactPaused:
		return having(st, ev.ContactID)
	}
	return nil
}

// having is the agent who has a contact, if there is one.
func having(st *center.State, contactID tandem.ID) []tandem.ID {
	if c := st.Contacts[contactID]; c != nil && !c.UserID.IsZero() {
		return []tandem.ID{c.UserID}
	}
	return nil
}

// configured lists the agents whose configuration an event changes.
func configured(st *center.State, ev tandem.Event) []tandem.ID {
	switch ev := ev.(type) {
	case *event.RoutingProfileSaved:
		return those(st, func(a *center.Agent) bool { return a.User.RoutingProfileID == ev.ProfileID })
	case *event.QueueSaved:
		return those(st, func(a *center.Agent) bool { return serves(st, a, ev.QueueID) })
	case *event.AgentStatusSaved:
		return those(st, func(a *center.Agent) bool { return a.StatusID == ev.StatusID || a.NextStatusID == ev.StatusID })
	case *event.HierarchyGroupSaved: // of the group, or of one below it
		return those(st, func(a *center.Agent) bool { return !a.User.HierarchyGroupID.IsZero() })
	}
	return nil
}

// serves reports whether the routing profile of an agent names the queue.
func serves(st *center.State, a *center.Agent, queueID tandem.ID) bool {
	p := st.RoutingProfiles[a.User.RoutingProfileID]
	return p != nil && (p.DefaultOutboundQueueID == queueID ||
		slices.ContainsFunc(p.Entries, func(e event.RoutingEntry) bool { return e.QueueID == queueID }))
}

// those lists the agents that fit.
func those(st *center.State, fits func(*center.Agent) bool) []tandem.ID {
	var ids []tandem.ID
	for id, a := range st.Agents { // any order: touched sorts
		if fits(a) {
			ids = append(ids, id)
		}
	}
	return ids
}
