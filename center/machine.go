package center

import (
	"fmt"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/flow/block"
)

// Zones knows time zones by their IANA name.
type Zones interface {
	Location(name string) (*time.Location, bool)
}

// Machine is the contact center of one instance. It is not safe for
// concurrent use.
type Machine struct {
	state  State
	zones  Zones
	blocks *flow.Registry
	derived
}

// New returns a machine without an instance: CreateInstance, replayed events or
// a snapshot begin one.
func New(zones Zones) *Machine {
	m := &Machine{zones: zones, blocks: block.Registry()}
	m.reset(State{})
	return m
}

// State is what the center remembers, for reading between steps.
func (m *Machine) State() *State { return &m.state }

// Owns reports whether body is a command of the center.
func (m *Machine) Owns(body any) bool {
	switch body.(type) {
	case CreateInstance, SaveUser, DeleteUser, SaveAgentStatus, SaveQueue, DeleteQueue, SaveHours, DeleteHours,
		SaveRoutingProfile, DeleteRoutingProfile, SaveFlow, DeleteFlow, AssociateNumber,
		PutUserStatus, DismissUserContact, AcceptContact, RejectContact,
		StartTask, StopContact, UpdateContactAttributes, TakeVoiceReport, EraseSubject:
		return true
	}
	return false
}

// Decide takes one command, or a [tandem.Tick]. A refusal is a [*tandem.Error]
// or a [*FlowProblems], and nothing was emitted. Whatever the command changed,
// waiting contacts and idle agents are brought together before it returns.
func (m *Machine) Decide(s *tandem.Step, body any) (any, error) {
	_, creating := body.(CreateInstance)
	_, ticking := body.(tandem.Tick)
	if m.state.Instance.InstanceID.IsZero() && !creating {
		if ticking {
			return nil, nil
		}
		return nil, tandem.Errorf(tandem.NotFound, "InstanceId", "the instance does not exist yet; create it first")
	}
	m.forgetFresh()
	answer, err := m.decide(s, body)
	if err != nil {
		return nil, err
	}
	m.match(s)
	return answer, nil
}

func (m *Machine) decide(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case PutUserStatus:
		return nil, m.putUserStatus(s, b)
	case DismissUserContact:
		return nil, m.dismissUserContact(s, b)
	case AcceptContact:
		return nil, m.acceptContact(s, b)
	case RejectContact:
		return nil, m.rejectContact(s, b)
	case StartTask:
		return m.startTask(s, b)
	case StopContact:
		return nil, m.stopContact(s, b)
	case UpdateContactAttributes:
		return nil, m.updateContactAttributes(s, b)
	case TakeVoiceReport:
		return nil, m.takeVoiceReport(s, b.Report)
	case EraseSubject:
		return nil, m.eraseSubject(s, b)
	case tandem.Tick:
		m.tick(s)
		return nil, nil
	}
	return m.decideConfig(s, body)
}

func (m *Machine) decideConfig(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case CreateInstance:
		return m.createInstance(s, b)
	case SaveUser:
		return m.saveUser(s, b)
	case DeleteUser:
		return nil, m.deleteUser(s, b)
	case SaveAgentStatus:
		return m.saveAgentStatus(s, b)
	case SaveQueue:
		return m.saveQueue(s, b)
	case DeleteQueue:
		return nil, m.deleteQueue(s, b)
	case SaveHours:
		return m.saveHours(s, b)
	case DeleteHours:
		return nil, m.deleteHours(s, b)
	case SaveRoutingProfile:
		return m.saveRoutingProfile(s, b)
	case DeleteRoutingProfile:
		return nil, m.deleteRoutingProfile(s, b)
	case SaveFlow:
		return m.saveFlow(s, b)
	case DeleteFlow:
		return nil, m.deleteFlow(s, b)
	case AssociateNumber:
		return nil, m.associateNumber(s, b)
	}
	return nil, tandem.Errorf(tandem.Invalid, "", "the center does not handle %T", body)
}

// Apply changes the state as the event says. It ignores events of other
// machines.
func (m *Machine) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.now = max(m.now, at)
	m.seq = seq
	if m.applyConfig(ev) || m.applyContact(ev) || m.applyFlow(ev) || m.applyOffer(ev) {
		return
	}
	switch ev := ev.(type) {
	case *event.AgentStatusChanged:
		m.applyAgentStatus(ev)
	case *event.NextStatusSet:
		a := m.agent(ev.UserID)
		a.NextStatusID, a.NextSince = ev.StatusID, ev.At
		if ev.StatusID.IsZero() {
			a.NextSince = 0
		}
		m.agentChanged(a)
	case *event.VoiceReportTaken:
		m.state.VoiceReports[ev.Incarnation] = ev.Number
		m.dirty.add(entity{kindReports, ev.Incarnation})
	case *event.CallRefused:
		m.refused = append(m.refused, *ev)
	case *event.SubjectErased:
		m.applyErased(ev)
	}
}

// agent is the agent that an event names. One that is missing means that the
// journal does not belong together, and going on would make it worse.
func (m *Machine) agent(id tandem.ID) *Agent {
	a := m.state.Agents[id]
	if a == nil {
		panic(fmt.Sprintf("record %d names user %s, who does not exist", m.seq, id))
	}
	return a
}

// contact is the contact that an event names; see agent.
func (m *Machine) contact(id tandem.ID) *Contact {
	c := m.state.Contacts[id]
	if c == nil {
		panic(fmt.Sprintf("record %d names contact %s, which does not exist", m.seq, id))
	}
	return c
}
