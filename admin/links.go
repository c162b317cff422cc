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
	UserID   tandem.ID `json:"user_id"`
	Username string    `json:"username,omitempty"`
	RemoteID string    `json:"remote_id"`
	Health   string    `json:"health,omitempty"`
}

func (h *Handler) listLinks(q *request) (any, error) {
	if _, err := h.find(q); err != nil {
		return nil, err
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
	return map[string]any{"links": list}, err
}

func usernames(v View) map[tandem.ID]string {
	all := map[tandem.ID]string{}
	for _, u := range v.Users() {
		all[u.ID] = u.Username
	}
	return all
}

func (h *Handler) link(q *request) (any, error) {
	var in struct {
		RemoteID string `json:"remote_id"`
	}
	if err := read(q, &in); err != nil {
		return nil, err
	}
	if in.RemoteID == "" || len(in.RemoteID) > maxRemoteID {
		return nil, tandem.Errorf(tandem.Invalid, "remote_id", "give the agent's id in the system, 1 to %d characters", maxRemoteID)
	}
	s, err := h.find(q)
	if err != nil {
		return nil, err
	}
	if s.Saved.System == event.SalesforceSystem && len(in.RemoteID) == longSalesforceID {
		in.RemoteID = in.RemoteID[:shortSalesforceID]
	}
	if _, err := h.do(q, presence.LinkAgent{UserID: q.user, SystemID: q.system, RemoteID: in.RemoteID}); err != nil {
		return nil, err
	}
	return linkJSON{UserID: q.user, RemoteID: in.RemoteID}, nil
}

func (h *Handler) unlink(q *request) (any, error) {
	if _, err := h.do(q, presence.UnlinkAgent{UserID: q.user, SystemID: q.system}); err != nil {
		return nil, err
	}
	return map[string]tandem.ID{"unlinked": q.user}, nil
}

// release starts a leg again that stopped because too much went wrong.
func (h *Handler) release(q *request) (any, error) {
	if _, err := h.do(q, presence.ReleaseLeg{UserID: q.user, SystemID: q.system}); err != nil {
		return nil, err
	}
	return map[string]tandem.ID{"released": q.user}, nil
}

// agentJSON is a person of a system.
type agentJSON struct {
	RemoteID string `json:"remote_id"`
	Name     string `json:"name"`
	Email    string `json:"email"`
}

func (h *Handler) listAgents(q *request) (any, error) {
	agents, err := h.agents(q)
	if err != nil {
		return nil, err
	}
	list := []agentJSON{}
	for _, a := range agents {
		list = append(list, agentJSON(a))
	}
	return map[string]any{"agents": list}, nil
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
func (h *Handler) autoLink(q *request) (any, error) {
	agents, err := h.agents(q)
	if err != nil {
		return nil, err
	}
	var links []presence.LinkAgent
	if err := h.look(q, func(v View) {
		emails := map[tandem.ID]string{}
		for _, u := range v.Users() {
			emails[u.ID] = u.Email
		}
		links = connector.LinkByEmail(v.Presence, emails, q.system, agents)
	}); err != nil {
		return nil, err
	}
	linked := []linkJSON{}
	for _, l := range links {
		if _, err := h.do(q, l); err != nil {
			return nil, err
		}
		linked = append(linked, linkJSON{UserID: l.UserID, RemoteID: l.RemoteID})
	}
	return map[string]any{"linked": linked}, nil
}
