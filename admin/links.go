package admin

import (
	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

const maxRemoteID = 200

// Ids of Salesforce occur in two forms: the longer one repeats in its last
// characters which letters are capitals (Salesforce help: 15 and 18 character
// ids).
const (
	shortSalesforceID = 15
	longSalesforceID  = 18
)

// linkJSON says who a user is in a system.
type linkJSON struct {
	UserID   tandem.ID `json:"user_id" doc:"The user of the contact center."`
	Username string    `json:"username,omitempty" doc:"What the user is called."`
	RemoteID string    `json:"remote_id" doc:"The agent's id in the system."`
	Health   string    `json:"health,omitempty" doc:"How keeping the status in step goes." enum:"ok,degraded,frozen"`
}

// linkList lists links.
type linkList struct {
	Links []linkJSON `json:"links" doc:"By user."`
}

// linkedList lists links that were made now.
type linkedList struct {
	Linked []linkJSON `json:"linked" doc:"Those who were linked now."`
}

// linkInput says who a user is.
type linkInput struct {
	RemoteID string `json:"remote_id" doc:"The agent's id in the system; of salesforce either form." need:"true"`
}

// unlinkedJSON says who was unlinked.
type unlinkedJSON struct {
	Unlinked tandem.ID `json:"unlinked" doc:"The user."`
}

// releasedJSON says who was started again.
type releasedJSON struct {
	Released tandem.ID `json:"released" doc:"The user."`
}

func (h *Handler) listLinks(q *request) (linkList, error) {
	if _, err := h.find(q); err != nil {
		return linkList{}, err
	}
	list := []linkJSON{}
	err := h.look(q, func(v View) {
		users := usernames(v)
		for _, id := range tandem.SortedIDs(v.Presence.Agents) {
			for _, l := range v.Presence.Agents[id].Legs {
				if l.SystemID == q.system {
					list = append(list, linkJSON{UserID: id, Username: users[id], RemoteID: l.RemoteID, Health: l.Health.String()})
				}
			}
		}
	})
	return linkList{list}, err
}

func usernames(v View) map[tandem.ID]string {
	all := map[tandem.ID]string{}
	for _, u := range v.Users() {
		all[u.ID] = u.Username
	}
	return all
}

func (h *Handler) link(q *request, in *linkInput) (linkJSON, error) {
	if in.RemoteID == "" || len(in.RemoteID) > maxRemoteID {
		return linkJSON{}, tandem.Errorf(tandem.Invalid, "remote_id", "give the agent's id in the system, 1 to %d characters", maxRemoteID)
	}
	s, err := h.find(q)
	if err != nil {
		return linkJSON{}, err
	}
	if s.Saved.System == event.SalesforceSystem && len(in.RemoteID) == longSalesforceID {
		in.RemoteID = in.RemoteID[:shortSalesforceID]
	}
	if _, err := h.do(q, presence.LinkAgent{UserID: q.user, SystemID: q.system, RemoteID: in.RemoteID}); err != nil {
		return linkJSON{}, err
	}
	return linkJSON{UserID: q.user, RemoteID: in.RemoteID}, nil
}

func (h *Handler) unlink(q *request) (unlinkedJSON, error) {
	_, err := h.do(q, presence.UnlinkAgent{UserID: q.user, SystemID: q.system})
	return unlinkedJSON{q.user}, err
}

// release starts a leg again that stopped because too much went wrong.
func (h *Handler) release(q *request) (releasedJSON, error) {
	_, err := h.do(q, presence.ReleaseLeg{UserID: q.user, SystemID: q.system})
	return releasedJSON{q.user}, err
}

// agentJSON is a person of a system.
type agentJSON struct {
	RemoteID string `json:"remote_id" doc:"The id there."`
	Name     string `json:"name" doc:"What they are called."`
	Email    string `json:"email" doc:"The e-mail address; empty: none is told."`
}

// agentList lists people of a system.
type agentList struct {
	Agents []agentJSON `json:"agents" doc:"As the system lists them."`
}

func (h *Handler) listAgents(q *request) (agentList, error) {
	agents, err := h.agents(q)
	if err != nil {
		return agentList{}, err
	}
	list := []agentJSON{}
	for _, a := range agents {
		list = append(list, agentJSON(a))
	}
	return agentList{list}, nil
}

func (h *Handler) agents(q *request) ([]connector.Agent, error) {
	if _, err := h.find(q); err != nil {
		return nil, err
	}
	agents, err := h.cfg.Connectors.Agents(q.Context(), q.system)
	if err != nil {
		busy := tandem.Errorf(tandem.Busy, "", "the system did not list its agents: %v", err)
		busy.Err = err
		return nil, busy
	}
	return agents, nil
}

// autoLink links users and agents with the same e-mail address.
func (h *Handler) autoLink(q *request) (linkedList, error) {
	agents, err := h.agents(q)
	if err != nil {
		return linkedList{}, err
	}
	var links []presence.LinkAgent
	if err := h.look(q, func(v View) {
		emails := map[tandem.ID]string{}
		for _, u := range v.Users() {
			emails[u.ID] = u.Email
		}
		links = connector.LinkByEmail(v.Presence, emails, q.system, agents)
	}); err != nil {
		return linkedList{}, err
	}
	linked := []linkJSON{}
	for _, l := range links {
		if _, err := h.do(q, l); err != nil {
			return linkedList{}, err
		}
		linked = append(linked, linkJSON{UserID: l.UserID, RemoteID: l.RemoteID})
	}
	return linkedList{linked}, nil
}
