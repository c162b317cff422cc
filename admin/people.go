package admin

import (
	"cmp"

	"tandem"
)

// people are the names of those who do things.
type people struct {
	users, keys, systems map[tandem.ID]string
}

// people collects the names of users, keys and systems. Without an instance
// there are only keys.
func (h *Handler) people(q *request) (*people, error) {
	p := &people{users: map[tandem.ID]string{}, keys: map[tandem.ID]string{}, systems: map[tandem.ID]string{}}
	keys, err := h.cfg.Keys(q.Context())
	if err != nil {
		return p, err
	}
	for i := range keys {
		p.keys[keys[i].KeyID] = keys[i].Name
	}
	if q.instance.IsZero() {
		return p, nil
	}
	return p, h.look(q, func(v View) {
		p.users = usernames(v)
		for id, s := range v.Presence.Systems {
			p.systems[id] = s.Saved.Name
		}
	})
}

// actor is what an actor is called.
func (p *people) actor(a tandem.Actor) string {
	switch a.Kind {
	case tandem.ActorUser:
		return cmp.Or(p.users[a.ID], a.ID.String())
	case tandem.ActorAPI:
		switch {
		case p.keys[a.ID] != "":
			return "key " + p.keys[a.ID]
		case p.users[a.ID] != "":
			return "access key of " + p.users[a.ID]
		}
		return "admin token"
	case tandem.ActorConnector:
		return cmp.Or(p.systems[a.ID], "a connector")
	case tandem.ActorVoice:
		return "the voice process"
	case tandem.ActorFlow:
		return "a flow"
	}
	return "Tandem"
}
