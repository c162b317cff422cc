package center

import (
	"tandem"
	"tandem/event"
	"tandem/metric"
)

// person is what is derived from one agent.
type person struct {
	tracked
	ready readiness // as the matcher knows it
}

// readiness is for which channels an agent is idle, and how the matcher orders
// those who are. It is zero for an agent who is idle for none.
type readiness struct {
	idle      [event.Task + 1]bool
	profileID tandem.ID
	since     tandem.Time
}

// person is what is derived from an agent; nil when there is none.
func (m *Machine) person(id tandem.ID) *person {
	if p := m.latestPerson; p != nil && p.id == id {
		return p
	}
	p := m.people[id]
	if p != nil {
		m.latestPerson = p
	}
	return p
}

// agentChanged derives anew what follows from an agent.
func (m *Machine) agentChanged(a *Agent) {
	id := a.User.UserID
	p := m.person(id)
	known := p != nil
	if !known {
		p = &person{tracked: track(id)}
		p.agent = a
		m.people[id], m.latestPerson = p, p
	}
	m.markUnsummed(&p.tracked)
	profile := m.state.RoutingProfiles[a.User.RoutingProfileID]
	if ready := m.readiness(a, profile); !known || ready != p.ready {
		p.ready = ready
		for ch := event.Voice; ch <= event.Task; ch++ {
			if ready.idle[ch] {
				m.index.SetIdle(id, ready.profileID, ch, ready.since)
			} else {
				m.index.SetBusy(id, ch)
			}
		}
	}
	if p.ready != (readiness{}) {
		m.freshAgents.add(id)
	}
	m.live.SetAgent(id, m.liveAgent(a, profile))
	m.setTimer(&p.tracked, m.agentDue(a))
}

// readiness is for which channels the agent is idle now.
func (m *Machine) readiness(a *Agent, profile *event.RoutingProfileSaved) readiness {
	if m.absence(a) != NoObstacle {
		return readiness{}
	}
	var ready readiness
	for ch := event.Voice; ch <= event.Task; ch++ {
		if m.occupation(a, profile, ch) == NoObstacle {
			ready.idle[ch] = true
			ready.profileID, ready.since = a.User.RoutingProfileID, a.AvailableSince
		}
	}
	return ready
}

// agentGone takes away what was derived from an agent who is deleted.
func (m *Machine) agentGone(id tandem.ID) {
	m.index.RemoveAgent(id)
	m.live.RemoveAgent(id)
	if p := m.person(id); p != nil {
		m.setTimer(&p.tracked, 0)
		m.forgetSum(&p.tracked)
		delete(m.people, id)
		m.latestPerson = nil
	}
}

// liveAgent is the agent as the metrics count.
func (m *Machine) liveAgent(a *Agent, profile *event.RoutingProfileSaved) metric.Agent {
	l := metric.Agent{ProfileID: a.User.RoutingProfileID, Status: event.Offline,
		NextStatus: !a.NextStatusID.IsZero() || !a.RetiredAt.IsZero() || m.unreachable(a)} // either way no contact comes
	if st := m.state.Statuses[a.StatusID]; st != nil {
		l.Status = st.Type
	}
	for ch := event.Voice; ch <= event.Task; ch++ {
		if !(ch == event.Voice && m.noPhone(a)) {
			allowed := concurrency(profile, ch)
			l.Slots[ch].Maximum, l.Slots[ch].AnyChannel = allowed.Maximum, allowed.AnyChannel
		}
	}
	for i := range a.Contacts {
		slots := &l.Slots[a.Contacts[i].Channel]
		switch a.Contacts[i].State {
		case Connecting:
			slots.Ringing++
		case AfterContactWork:
			slots.AfterContactWork++
		case Missed, Rejected, Failed:
			slots.Missed++
		case Paused: // holds no slot
		default:
			slots.Handling++
		}
	}
	return l
}
