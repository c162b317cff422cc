package admin

import (
	"tandem"
	"tandem/event"
)

// centerStatusJSON is an agent status of the center.
type centerStatusJSON struct {
	ID      tandem.ID `json:"id"`
	Name    string    `json:"name"`
	Type    string    `json:"type"` // ROUTABLE, CUSTOM or OFFLINE
	Enabled bool      `json:"enabled"`
}

// listCenterStatuses lists what a system's statuses can mean.
func (h *Handler) listCenterStatuses(q *request) (any, error) {
	list := []centerStatusJSON{}
	err := h.look(q, func(v View) {
		for _, id := range tandem.SortedIDs(v.Presence.Statuses) {
			st := v.Presence.Statuses[id]
			list = append(list, centerStatusJSON{ID: id, Name: st.Name, Type: st.Type.String(), Enabled: st.Enabled})
		}
	})
	return map[string]any{"statuses": list}, err
}

// userJSON is a user of the center.
type userJSON struct {
	ID       tandem.ID `json:"id"`
	Username string    `json:"username"`
	Email    string    `json:"email"`
}

// listUsers lists whom a system's agents can be linked with.
func (h *Handler) listUsers(q *request) (any, error) {
	list := []userJSON{}
	err := h.look(q, func(v View) {
		for _, u := range v.Users() {
			list = append(list, userJSON(u))
		}
	})
	return map[string]any{"users": list}, err
}

// ruleWords lists the names that rules are made of.
func (h *Handler) ruleWords(*request) (any, error) {
	return map[string][]string{
		"sources": event.Sources[1:], "destinations": event.Destinations[1:], "operands": event.Operands[1:], "comparators": event.Comparators[1:],
	}, nil
}
