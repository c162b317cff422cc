package admin

import (
	"tandem"
	"tandem/presence"
)

// agentPresenceJSON is one agent's status across systems.
type agentPresenceJSON struct {
	UserID    tandem.ID  `json:"user_id"`
	Username  string     `json:"username,omitempty"`
	Intent    intentJSON `json:"intent"`
	OnContact bool       `json:"on_contact"`
	Legs      []legJSON  `json:"legs"`
}

type intentJSON struct {
	Version    uint64    `json:"version"`
	StatusID   tandem.ID `json:"status_id"`
	StatusName string    `json:"status_name,omitempty"`
	SystemID   tandem.ID `json:"system_id"` // where it was chosen
	Remote     string    `json:"remote,omitempty"`
	Cause      string    `json:"cause,omitempty"`
	At         string    `json:"at"`
}

type legJSON struct {
	SystemID tandem.ID    `json:"system_id"`
	Kind     string       `json:"kind"`
	RemoteID string       `json:"remote_id,omitempty"`
	Observed observedJSON `json:"observed"`
	Desired  string       `json:"desired"` // empty: left as it is
	Kept     string       `json:"kept,omitempty"`
	Write    *writeJSON   `json:"write,omitempty"`
	Last     *endedJSON   `json:"last_write,omitempty"`
	Health   string       `json:"health"`
}

type observedJSON struct {
	Remote  string `json:"remote"`
	Name    string `json:"name,omitempty"`
	Version uint64 `json:"version"`
	Reason  string `json:"reason,omitempty"`
	Class   string `json:"class,omitempty"`
	At      string `json:"at"`
}

type writeJSON struct {
	Remote  string `json:"remote"`
	Because string `json:"because"`
	Attempt uint32 `json:"attempt"`
}

type endedJSON struct {
	Outcome string `json:"outcome"`
	Detail  string `json:"detail,omitempty"`
	RetryAt string `json:"retry_at,omitempty"`
}

// presence shows every linked agent, or one with ?user_id=.
func (h *Handler) presence(q *request) (any, error) {
	var only tandem.ID
	if text := q.URL.Query().Get("user_id"); text != "" {
		id, err := tandem.ParseID(text)
		if err != nil {
			return nil, tandem.Errorf(tandem.Invalid, "user_id", "%v", err)
		}
		only = id
	}
	list := []agentPresenceJSON{}
	err := h.look(q, func(v View) {
		users, systems := usernames(v), map[tandem.ID]names{}
		for id, s := range v.Presence.Systems {
			systems[id] = namesOf(v, id, s.Saved.System)
		}
		for _, id := range tandem.SortedIDs(v.Presence.Agents) {
			a := v.Presence.Agents[id]
			if id == only || only.IsZero() && len(a.Legs) > 1 {
				list = append(list, showAgent(v, systems, a, users[id]))
			}
		}
	})
	if err == nil && !only.IsZero() && len(list) == 0 {
		err = tandem.Errorf(tandem.NotFound, "user_id", "there is no agent %s", only)
	}
	return map[string]any{"agents": list}, err
}

func showAgent(v View, systems map[tandem.ID]names, a *presence.Agent, username string) agentPresenceJSON {
	j := agentPresenceJSON{UserID: a.UserID, Username: username, OnContact: a.OnContact, Legs: []legJSON{}}
	j.Intent = intentJSON{
		Version: a.Intent.Version, StatusID: a.Intent.StatusID, SystemID: a.Intent.SystemID, Remote: a.Intent.Remote,
		Cause: a.Intent.Cause.String(), At: a.Intent.At.String(),
	}
	if st := v.Presence.Statuses[a.Intent.StatusID]; st != nil {
		j.Intent.StatusName = st.Name
	}
	for i := range a.Legs {
		j.Legs = append(j.Legs, showLeg(v, systems, a, &a.Legs[i]))
	}
	return j
}

func showLeg(v View, systems map[tandem.ID]names, a *presence.Agent, l *presence.Leg) legJSON {
	o := l.Observed
	j := legJSON{
		SystemID: l.SystemID, Kind: "center", RemoteID: l.RemoteID, Kept: l.Kept, Health: l.Health.String(),
		Observed: observedJSON{Remote: o.Remote, Name: remoteName(v, systems, l), Version: o.Version, Reason: o.Reason, Class: o.Class.String(), At: o.At.String()},
	}
	if s := v.Presence.Systems[l.SystemID]; s != nil {
		j.Kind = s.Saved.System.String()
	}
	if v.Desired != nil {
		j.Desired = v.Desired(a.UserID, l.SystemID)
	}
	if w := l.Write; w != nil {
		j.Write = &writeJSON{Remote: w.Remote, Because: w.Because, Attempt: w.Attempt}
	}
	if e := l.Ended; e.Outcome != 0 {
		j.Last = &endedJSON{Outcome: e.Outcome.String(), Detail: e.Detail}
		if !e.RetryAt.IsZero() {
			j.Last.RetryAt = e.RetryAt.String()
		}
	}
	return j
}

// remoteName is the name of what a leg shows.
func remoteName(v View, systems map[tandem.ID]names, l *presence.Leg) string {
	if n, ok := systems[l.SystemID]; ok {
		return n.remotes[l.Observed.Remote]
	}
	if id, err := tandem.ParseID(l.Observed.Remote); err == nil && v.Presence.Statuses[id] != nil {
		return v.Presence.Statuses[id].Name
	}
	return ""
}
