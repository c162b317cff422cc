package forecast

import (
	"fmt"
	"slices"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/zones"
)

// Config is the configuration of an instance, without contacts and without
// what agents do.
type Config struct {
	instance event.InstanceCreated
	statuses map[tandem.ID]*event.AgentStatusSaved
	hours    map[tandem.ID]*event.HoursSaved
	queues   map[tandem.ID]*event.QueueSaved
	profiles map[tandem.ID]*event.RoutingProfileSaved
	users    map[tandem.ID]*event.UserSaved
	flows    map[tandem.ID]*event.FlowSaved // as published
	numbers  map[tandem.ID]*event.NumberAssociated
	settings event.SettingsSaved
}

// ConfigOf takes the configuration out of a center's state. It shares nothing
// that the center changes.
func ConfigOf(st *center.State) *Config {
	c := &Config{
		instance: st.Instance, settings: st.Settings,
		statuses: copied(st.Statuses), hours: copied(st.Hours), queues: copied(st.Queues), profiles: copied(st.RoutingProfiles),
		numbers: copied(st.Numbers), users: map[tandem.ID]*event.UserSaved{}, flows: map[tandem.ID]*event.FlowSaved{},
	}
	for id, a := range st.Agents {
		if a.RetiredAt.IsZero() {
			user := a.User
			c.users[id] = &user
		}
	}
	for id, f := range st.Flows {
		if f.Published != nil && !f.Saved.Archived {
			c.flows[id] = f.Published
		}
	}
	return c
}

// copied is a map of copies: what was saved is replaced, never changed.
func copied[V any](from map[tandem.ID]*V) map[tandem.ID]*V {
	to := make(map[tandem.ID]*V, len(from))
	for id, v := range from {
		saved := *v
		to[id] = &saved
	}
	return to
}

// Queue finds a queue by its name, or by its id. The error lists what there is.
func (c *Config) Queue(name string) (tandem.ID, error) {
	wanted, _ := tandem.ParseID(name) // none: it is a name
	var alike tandem.ID
	var names []string
	for _, id := range tandem.SortedIDs(c.queues) {
		q := c.queues[id]
		switch {
		case q.Name == name || id == wanted:
			return id, nil
		case strings.EqualFold(q.Name, name):
			alike = id
		}
		names = append(names, q.Name)
	}
	if user := c.users[wanted]; user != nil {
		return wanted, nil
	}
	if !alike.IsZero() {
		return alike, nil
	}
	return tandem.ID{}, fmt.Errorf("there is no queue %q; there %s", name, listed(names))
}

// User finds a user by username, or by id.
func (c *Config) User(name string) (tandem.ID, error) {
	wanted, _ := tandem.ParseID(name) // none: it is a username
	for _, id := range tandem.SortedIDs(c.users) {
		if string(c.users[id].Username) == name || id == wanted {
			return id, nil
		}
	}
	return tandem.ID{}, fmt.Errorf("there is no user %q", name)
}

// checkNumber makes sure that a number starts a flow.
func (c *Config) checkNumber(number string) error {
	var numbers []string
	for _, id := range tandem.SortedIDs(c.numbers) {
		if n := c.numbers[id]; c.flows[n.FlowID] != nil {
			if n.Number == number {
				return nil
			}
			numbers = append(numbers, n.Number)
		}
	}
	return fmt.Errorf("the number %s starts no flow here; there %s", number, listed(numbers))
}

const maxListed = 10

// listed is what there is, as the end of a sentence.
func listed(names []string) string {
	slices.Sort(names)
	switch n := len(names); {
	case n == 0:
		return "is none"
	case n == 1:
		return "is: " + names[0]
	case n > maxListed:
		return fmt.Sprintf("are: %s and %d more", strings.Join(names[:maxListed], ", "), n-maxListed)
	}
	return "are: " + strings.Join(names, ", ")
}

// queueName is what a queue is called; an agent's own queue has the agent's id.
func (c *Config) queueName(id tandem.ID) string {
	if q := c.queues[id]; q != nil {
		return q.Name
	}
	if u := c.users[id]; u != nil {
		return "agent " + string(u.Username)
	}
	return id.String()
}

// statusOf is the one status of type Routable, or of type Offline.
func (c *Config) statusOf(t event.StatusType) tandem.ID {
	for _, id := range tandem.SortedIDs(c.statuses) {
		if c.statuses[id].Type == t {
			return id
		}
	}
	return tandem.ID{}
}

// serves reports whether agents of the user's routing profile are offered the
// contacts of any queue.
func (c *Config) serves(u *event.UserSaved) bool {
	p := c.profiles[u.RoutingProfileID]
	return p != nil && len(p.Entries) > 0
}

// machine makes a center that is configured so, but for the settings. Without
// flows, calls are heard by nobody and never whispered about.
func (c *Config) machine(apply func(*center.Machine, tandem.Event), flows bool) *center.Machine {
	m := center.New(zones.Shipped{})
	apply(m, &c.instance)
	applyAll(m, apply, c.statuses)
	applyAll(m, apply, c.hours)
	applyAll(m, apply, c.queues)
	applyAll(m, apply, c.profiles)
	for _, id := range tandem.SortedIDs(c.users) {
		u := *c.users[id]
		u.PhoneType, u.AutoAccept = event.SoftPhone, false // so that when an agent accepts, and when they are connected, is up to the simulation
		apply(m, &u)
	}
	if flows {
		applyAll(m, apply, c.flows)
		c.applyNumbers(m, apply)
	}
	return m
}

// applyNumbers applies the numbers, also those that start no flow: queues may
// show them.
func (c *Config) applyNumbers(m *center.Machine, apply func(*center.Machine, tandem.Event)) {
	for _, id := range tandem.SortedIDs(c.numbers) {
		if n := *c.numbers[id]; n.FlowID.IsZero() {
			apply(m, &event.NumberKept{NumberID: n.NumberID, Number: n.Number})
		} else {
			apply(m, &n)
		}
	}
}

// applyAll applies a copy of each event, by its id.
func applyAll[V any, E interface {
	*V
	tandem.Event
}](m *center.Machine, apply func(*center.Machine, tandem.Event), all map[tandem.ID]E) {
	for _, id := range tandem.SortedIDs(all) {
		ev := *all[id]
		apply(m, E(&ev))
	}
}
