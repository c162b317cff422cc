package kustomer

import (
	"context"
	"sync"

	"tandem/presence"
)

// people knows who is who among those who change work sessions, and which
// status means offline.
type people struct {
	mu       sync.Mutex
	self     string          // the machine user of our key; "" while unknown
	machines map[string]bool // the users of other keys
	offline  string          // the id of the status of type offline
}

func (p *people) setSelf(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.self = id
}

// ready reports whether a session's status and author can be understood.
func (p *people) ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.self != "" && p.offline != ""
}

func (p *people) setMachines(users []userJSON) {
	machines := map[string]bool{}
	for _, u := range users {
		if u.machine() {
			machines[u.ID] = true
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.machines = machines
}

func (p *people) setStatuses(statuses []statusJSON) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range statuses {
		if s.Attributes.StatusType == typeOffline {
			p.offline = s.ID
			return
		}
	}
}

func (p *people) offlineStatus() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.offline
}

// reason says who put a session into its present status. Kustomer has no words
// for that; who changed the session last, and when, tell it. Busy is Kustomer's
// own doing unless we set it (KUS-11), and so is a status that nobody chose
// (KUS-8).
func (p *people) reason(s sessionJSON) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	by := s.Relationships.ModifiedBy.id()
	switch {
	case s.unasked() && !s.live():
		return presence.ReasonLogout
	case s.unasked():
		return presence.ReasonSystem
	case p.self == "":
		return ""
	case by == p.self:
		return presence.ReasonSelf
	case s.Attributes.StatusType == typeBusy:
		return presence.ReasonSystem
	case by == "":
		return ""
	case p.machines[by]:
		return presence.ReasonProgram
	}
	return presence.ReasonPerson
}

// learnSelf finds out who our key is. Without that, echoes are told by their
// status alone.
func (k *Kustomer) learnSelf(ctx context.Context, p priority) error {
	id, err := k.client.self(ctx, p)
	if err == nil {
		k.people.setSelf(id)
	}
	return err
}
