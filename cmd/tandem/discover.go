package main

import (
	"context"
	"fmt"
	"sync"

	"tandem"
	"tandem/center"
	"tandem/connector"
	"tandem/instance"
	"tandem/presence"
)

// discovery finds the agents of an instance without a contact center: the
// users of its Amazon Connect, who are linked in other systems by their e-mail
// address, as soon as either is listed.
type discovery struct {
	edges *edges

	mu     sync.Mutex                      // held while links are made, so that two listings do not cross
	listed map[tandem.ID][]connector.Agent // by system, as last listed; not Amazon Connect
}

// roster is what is known of agents and their links.
type roster struct {
	home   tandem.ID
	emails map[tandem.ID]string
	users  map[string]tandem.ID // of Amazon Connect, by their id there
}

// link takes the list of a system's agents. It is a [connector.Config]'s Link.
func (d *discovery) link(ctx context.Context, id, system tandem.ID, agents []connector.Agent) ([]presence.LinkAgent, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, err := d.roster(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.home != system {
		if d.listed == nil {
			d.listed = map[tandem.ID][]connector.Agent{}
		}
		d.listed[system] = agents
		return d.links(ctx, id, system)
	}
	if err := d.takeUsers(ctx, id, r, agents); err != nil {
		return nil, err
	}
	return nil, d.linkEverywhere(ctx, id)
}

// roster reads what is known.
func (d *discovery) roster(ctx context.Context, id tandem.ID) (r roster, err error) {
	r = roster{emails: map[tandem.ID]string{}, users: map[string]tandem.ID{}}
	err = d.edges.core.engine.Read(ctx, id, func(in *instance.Instance) {
		p, _ := instance.Find[*presence.Machine](in)
		c, _ := instance.Find[*center.Machine](in)
		if p.State().Borrowed == nil {
			return
		}
		r.home = p.State().Borrowed.Home
		for user, a := range c.State().Agents {
			r.emails[user] = string(a.User.Email)
		}
		for user, a := range p.State().Agents {
			for i := range a.Legs {
				if a.Legs[i].SystemID == r.home {
					r.users[a.Legs[i].RemoteID] = user
				}
			}
		}
	})
	return r, err
}

// takeUsers makes the users of Amazon Connect the agents. Who is known already
// was not described again, and is left as they are.
func (d *discovery) takeUsers(ctx context.Context, id tandem.ID, r roster, agents []connector.Agent) error {
	there := map[string]bool{}
	for _, a := range agents {
		there[a.RemoteID] = true
		if _, known := r.users[a.RemoteID]; known {
			continue
		}
		if _, err := d.edges.connectorCommand(ctx, id, r.home, presence.SaveAgent{RemoteID: a.RemoteID, Name: a.Name, Email: a.Email}); err != nil {
			return fmt.Errorf("take an agent of Amazon Connect: %w", err)
		}
	}
	for _, remote := range tandem.SortedKeys(r.users) {
		if there[remote] || len(agents) == 0 { // an empty list is rather a fault than a team that has left
			continue
		}
		if _, err := d.edges.connectorCommand(ctx, id, r.home, presence.DropAgent{UserID: r.users[remote]}); err != nil {
			return fmt.Errorf("drop an agent who is gone from Amazon Connect: %w", err)
		}
	}
	return nil
}

// linkEverywhere links agents in every system that was listed. A link that is
// refused, such as in a system that was deleted meanwhile, leaves the others.
func (d *discovery) linkEverywhere(ctx context.Context, id tandem.ID) error {
	for _, system := range tandem.SortedIDs(d.listed) {
		links, err := d.links(ctx, id, system)
		if err != nil {
			return err
		}
		for _, l := range links {
			if _, err := d.edges.connectorCommand(ctx, id, system, l); err != nil {
				d.edges.core.log.Warn("an agent was not linked", "user", l.UserID.String(), "system", system.String(), "err", err)
			}
		}
	}
	return nil
}

// links says whom to link in a system, but for those whose link was taken back
// by hand.
func (d *discovery) links(ctx context.Context, id, system tandem.ID) (links []presence.LinkAgent, err error) {
	r, err := d.roster(ctx, id)
	if err != nil {
		return nil, err
	}
	err = d.edges.core.engine.Read(ctx, id, func(in *instance.Instance) {
		p, _ := instance.Find[*presence.Machine](in)
		for _, l := range connector.LinkByEmail(p.State(), r.emails, system, d.listed[system]) {
			if p.State().LinkedByItself(l.UserID, system) {
				links = append(links, l)
			}
		}
	})
	return links, err
}
