package admin

import (
	"tandem"
	"tandem/event"
)

// centerStatusJSON is an agent status of the center.
type centerStatusJSON struct {
	ID      tandem.ID `json:"id" doc:"Its id."`
	Name    string    `json:"name" doc:"What it is called."`
	Type    string    `json:"type" doc:"What it does: only in a routable one contacts are offered." enum:"ROUTABLE,CUSTOM,OFFLINE"`
	Enabled bool      `json:"enabled" doc:"Whether it can be chosen."`
}

// centerStatusList lists the agent statuses that others are mapped to.
type centerStatusList struct {
	Statuses []centerStatusJSON `json:"statuses" doc:"By id."`
	Home     *tandem.ID         `json:"home,omitempty" doc:"The system whose statuses these are, where there is no contact center of its own."`
	SignIn   string             `json:"sign_in,omitempty" doc:"What to do before statuses can be mapped."`
}

// listCenterStatuses lists what a system's statuses can mean.
func (h *Handler) listCenterStatuses(q *request) (centerStatusList, error) {
	out := centerStatusList{Statuses: []centerStatusJSON{}}
	err := h.look(q, func(v View) {
		out.SignIn = v.Presence.SignIn()
		if b := v.Presence.Borrowed; b != nil && !b.Home.IsZero() {
			home := b.Home
			out.Home = &home
		}
		for _, id := range tandem.SortedIDs(v.Presence.Statuses) {
			st := v.Presence.Statuses[id]
			out.Statuses = append(out.Statuses, centerStatusJSON{ID: id, Name: st.Name, Type: st.Type.String(), Enabled: st.Enabled})
		}
	})
	return out, err
}

// userJSON is a user of the center.
type userJSON struct {
	ID       tandem.ID `json:"id" doc:"Its id."`
	Username string    `json:"username" doc:"The name to log in with."`
	Email    string    `json:"email" doc:"The e-mail address; empty: none."`
}

// userList lists users.
type userList struct {
	Users []userJSON `json:"users" doc:"By id."`
}

// listUsers lists whom a system's agents can be linked with.
func (h *Handler) listUsers(q *request) (userList, error) {
	list := []userJSON{}
	err := h.look(q, func(v View) {
		for _, u := range v.Users() {
			list = append(list, userJSON(u))
		}
	})
	return userList{list}, err
}

// ruleWordsJSON has the names that rules are made of.
type ruleWordsJSON struct {
	Sources      []string `json:"sources" doc:"What a rule can be tried for."`
	Destinations []string `json:"destinations" doc:"Whose state a rule can set."`
	Operands     []string `json:"operands" doc:"What a criterion can compare."`
	Comparators  []string `json:"comparators" doc:"How it can compare them."`
}

func (h *Handler) ruleWords(*request) (ruleWordsJSON, error) {
	return ruleWordsJSON{event.Sources[1:], event.Destinations[1:], event.Operands[1:], event.Comparators[1:]}, nil
}
