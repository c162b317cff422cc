package sim

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// agents counts how agents move from status to status, and what they have of
// their contacts.
type agents struct {
	status map[tandem.ID]event.StatusType
	slots  map[slotKey]center.AgentContactState
}

type slotKey struct{ user, contact tandem.ID }

func newAgents() agents {
	return agents{map[tandem.ID]event.StatusType{}, map[slotKey]center.AgentContactState{}}
}

var slotNames = [...]string{"none", "connecting", "connected", "missed", "wrap-up", "rejected", "failed", "dialing", "paused"}

// take counts what an event did with its agent.
func (a *agents) take(t tally, st *center.State, ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.AgentStatusChanged:
		a.moved(t, st, ev.UserID)
	case *event.NextStatusSet:
		t.count("agent: next status set", !ev.StatusID.IsZero())
		t.count("agent: next status taken back", ev.StatusID.IsZero())
	case *event.AgentUnreachable:
		t["agent: unreachable"]++
	case *event.UserRetired:
		t["agent: retired"]++
	case *event.ContactInitiated:
		a.slot(t, st, ev.UserID, ev.ContactID)
	case *event.OfferMade:
		a.slot(t, st, ev.UserID, ev.ContactID)
	case *event.OfferEnded:
		a.slot(t, st, ev.UserID, ev.ContactID)
	case *event.AgentConnected:
		a.slot(t, st, ev.UserID, ev.ContactID)
	case *event.AfterContactWorkStarted:
		a.slot(t, st, ev.UserID, ev.ContactID)
	case *event.ContactCleared:
		a.slot(t, st, ev.UserID, ev.ContactID)
	case *event.ContactPaused:
		if c := st.Contacts[ev.ContactID]; c != nil {
			a.slot(t, st, c.UserID, ev.ContactID)
		}
	}
}

func (a *agents) moved(t tally, st *center.State, user tandem.ID) {
	agent := st.Agents[user]
	if agent == nil || st.Statuses[agent.StatusID] == nil {
		return
	}
	from, to := a.status[user], st.Statuses[agent.StatusID].Type
	if from == 0 {
		from = event.Offline
	}
	a.status[user] = to
	t["agent: "+from.String()+" to "+to.String()]++
}

func (a *agents) slot(t tally, st *center.State, user, contact tandem.ID) {
	agent := st.Agents[user]
	if agent == nil {
		return
	}
	key := slotKey{user, contact}
	from, to := a.slots[key], center.AgentContactState(0)
	for i := range agent.Contacts {
		if agent.Contacts[i].ContactID == contact {
			to = agent.Contacts[i].State
		}
	}
	if from == to {
		return
	}
	if a.slots[key] = to; to == 0 {
		delete(a.slots, key)
	}
	t["slot: "+slotNames[from]+" to "+slotNames[to]]++
}
