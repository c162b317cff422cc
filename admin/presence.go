package admin

import (
	"tandem"
	"tandem/presence"
)

// agentPresenceJSON is one agent's status across systems.
type agentPresenceJSON struct {
	UserID    tandem.ID  `json:"user_id" doc:"The agent."`
	Username  string     `json:"username,omitempty" doc:"What the agent is called."`
	Intent    intentJSON `json:"intent" doc:"The status that was chosen last."`
	OnContact bool       `json:"on_contact" doc:"Whether the agent is on a contact."`
	Legs      []legJSON  `json:"legs" doc:"What each system shows: the contact center first."`
}

// presenceList lists agents.
type presenceList struct {
	Agents []agentPresenceJSON `json:"agents" doc:"By id."`
}

// intentJSON is the status that was chosen.
type intentJSON struct {
	Version    uint64    `json:"version" doc:"Grows with each change; 0: none was chosen yet."`
	StatusID   tandem.ID `json:"status_id" doc:"The center's status."`
	StatusName string    `json:"status_name,omitempty" doc:"What it is called."`
	SystemID   tandem.ID `json:"system_id" doc:"Where it was chosen."`
	Remote     string    `json:"remote,omitempty" doc:"What was chosen there, by its id."`
	Cause      string    `json:"cause,omitempty" doc:"Who chose it: a person, another program, the end of a session, or the system."`
	At         string    `json:"at" doc:"When (RFC 3339), or -."`
}

// legJSON is what one system shows for an agent.
type legJSON struct {
	SystemID tandem.ID    `json:"system_id" doc:"The system; that of the contact center itself is the instance."`
	Kind     string       `json:"kind" doc:"What it is." enum:"center,zendesk,salesforce,kustomer,amazon_connect"`
	RemoteID string       `json:"remote_id,omitempty" doc:"The agent's id there."`
	Observed observedJSON `json:"observed" doc:"What was seen there last."`
	Desired  string       `json:"desired" doc:"What it should show, by its id; empty: it is left as it is."`
	Kept     string       `json:"kept,omitempty" doc:"What is put back after the contact, by its id."`
	Write    *writeJSON   `json:"write,omitempty" doc:"The write under way."`
	Last     *endedJSON   `json:"last_write,omitempty" doc:"The write that ended last."`
	Health   string       `json:"health" doc:"How keeping the status in step goes." enum:"ok,degraded,frozen"`
}

// observedJSON is what was seen of a system.
type observedJSON struct {
	Remote  string `json:"remote" doc:"The status by its id; empty: none was seen yet."`
	Name    string `json:"name,omitempty" doc:"What it is called."`
	Version uint64 `json:"version" doc:"The system's own revision; 0: it has none."`
	Reason  string `json:"reason,omitempty" doc:"The system's own word for why."`
	Class   string `json:"class,omitempty" doc:"What it meant: intent, echo, equal, unmapped, system, stale, reverted, deferred or known."`
	At      string `json:"at" doc:"When (RFC 3339), or -."`
}

// writeJSON is a write under way.
type writeJSON struct {
	Remote  string `json:"remote" doc:"What is to be shown, by its id."`
	Because string `json:"because" doc:"Why: intent, focus, restore, revert, reconcile, rule or capacity."`
	Attempt uint32 `json:"attempt" doc:"Counts from 1."`
}

// endedJSON is what became of a write.
type endedJSON struct {
	Outcome string `json:"outcome" doc:"What became of it." enum:"done,refused,unknown,retry"`
	Detail  string `json:"detail,omitempty" doc:"What the system said."`
	RetryAt string `json:"retry_at,omitempty" doc:"When it is tried again (RFC 3339)."`
}

// presence shows every linked agent, or one with ?user_id=.
func (h *Handler) presence(q *request) (presenceList, error) {
	var only tandem.ID
	if text := q.URL.Query().Get("user_id"); text != "" {
		id, err := tandem.ParseID(text)
		if err != nil {
			return presenceList{}, tandem.Errorf(tandem.Invalid, "user_id", "%v", err)
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
			if id == only || only.IsZero() && (len(a.Legs) > 1 || v.Presence.Borrowed != nil) {
				list = append(list, showAgent(v, systems, a, users[id]))
			}
		}
	})
	if err == nil && !only.IsZero() && len(list) == 0 {
		err = tandem.Errorf(tandem.NotFound, "user_id", "there is no agent %s", only)
	}
	return presenceList{list}, err
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
