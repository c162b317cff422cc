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
		switch ev := ev.(type) {
		case *event.UserSaved:
			ids = append(ids, ev.UserID)
		case *event.AgentStatusChanged:
			ids = append(ids, ev.UserID)
		case *event.NextStatusSet:
			ids = append(ids, ev.UserID)
		case *event.OfferMade:
			ids = append(ids, ev.UserID)
		case *event.OfferEnded:
			ids = append(ids, ev.UserID)
		case *event.AgentConnected:
			ids = append(ids, ev.UserID)
		case *event.AfterContactWorkStarted:
			ids = append(ids, ev.UserID)
		case *event.ContactCleared:
			ids = append(ids, ev.UserID)
		case *event.RoutingProfileSaved:
			ids = append(ids, having(st, ev.ProfileID)...)
		}
	}
	slices.SortFunc(ids, tandem.ID.Compare)
	return slices.Compact(ids)
}

// having lists the agents that have the routing profile.
func having(st *center.State, profileID tandem.ID) []tandem.ID {
	var ids []tandem.ID
	for id, a := range st.Agents { // any order: touched sorts
		if a.User.RoutingProfileID == profileID {
			ids = append(ids, id)
		}
	}
	return ids
}
