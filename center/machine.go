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
	env    env // of the flow that runs a block just now: kept here, it is not allocated for each
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
		SaveQuickConnect, DeleteQuickConnect, SaveHierarchyGroup, DeleteHierarchyGroup, SaveSettings,
		SetAgentConnection, PutUserStatus, DismissUserContact, AcceptContact, RejectContact,
		StartTask, StartChat, StartOutboundCall, StartOutboundContact, StopContact, LeaveContact,
		HoldLeg, MuteLeg, SwapLegs, JoinLegs, HoldAllLegs, DropLeg, AddParty, TransferContact, PauseContact,
		UpdateContactRouting, SetContactRecording, MonitorContact, SetMonitorMode,
		UpdateContactAttributes, TakeVoiceReport, EraseSubject,
		FunctionReturned, BotAnswered, AnswerView, SendMessage, CustomerReturned,
		AssociateFunction, AssociateBot, SaveSecurityKey, SaveModulePointer, TagContact, RaiseNotice:
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
	if m.state.Instance.PresenceOnly {
		return m.decideAsRoster(s, body)
	}
	m.forgetFresh()
	answer, err := m.decide(s, body)
	if err != nil {
		return nil, err
	}
	m.match(s)
	return answer, nil
}

// decideAsRoster refuses what an instance without a contact center cannot do:
// there, this machine only knows what users and statuses are called.
func (m *Machine) decideAsRoster(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case tandem.Tick:
		return nil, nil
	case EraseSubject:
		return nil, m.eraseSubject(s, b)
	}
	return nil, tandem.Errorf(tandem.Conflict, "InstanceId", "this instance keeps statuses in step and has no contact center; do that in Amazon Connect")
}

func (m *Machine) decide(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case SetAgentConnection:
		return nil, m.setAgentConnection(s, b)
	case PutUserStatus:
		return nil, m.putUserStatus(s, b)
	case DismissUserContact:
		return nil, m.dismissUserContact(s, b)
	case AcceptContact:
		return nil, m.acceptContact(s, b)
	case RejectContact:
		return nil, m.rejectContact(s, b)
	case StopContact:
		return nil, m.stopContact(s, b)
	case LeaveContact:
		return nil, m.leaveContact(s, b)
	case UpdateContactAttributes:
		return nil, m.updateContactAttributes(s, b)
	case UpdateContactRouting:
		return nil, m.updateContactRouting(s, b)
	case TakeVoiceReport:
		return nil, m.takeVoiceReport(s, &b.Report)
	case EraseSubject:
		return nil, m.eraseSubject(s, b)
	case FunctionReturned:
		m.functionReturned(s, b)
		return nil, nil
	case BotAnswered:
		m.botAnswered(s, b)
		return nil, nil
	case AnswerView:
		return nil, m.answerView(s, b)
	case SendMessage:
		return m.sendMessage(s, b)
	case CustomerReturned:
		return nil, m.customerReturned(s, b)
	case tandem.Tick:
		m.tick(s)
		return nil, nil
	}
	return m.decideCall(s, body)
}

// decideCall takes the commands that begin contacts, and those of agents in
// their calls.
func (m *Machine) decideCall(s *tandem.Step, body any) (any, error) {
	switch b := body.(type) {
	case StartTask:
		return m.startTask(s, b)
	case StartChat:
		return m.startChat(s, b)
	case StartOutboundCall:
		return m.startOutboundCall(s, b)
	case StartOutboundContact:
		return m.startOutboundContact(s, b)
	case AddParty:
		return m.addParty(s, b)
	case TransferContact:
		return m.transferContact(s, b)
	case MonitorContact:
		return m.monitorContact(s, b)
	case HoldLeg:
		return nil, m.holdLeg(s, b)
	case MuteLeg:
		return nil, m.muteLeg(s, b)
	case SwapLegs:
		return nil, m.swapLegs(s, b)
	case JoinLegs:
		return nil, m.joinLegs(s, b)
	case HoldAllLegs:
		return nil, m.holdAllLegs(s, b)
	case DropLeg:
		return nil, m.dropLeg(s, b)
	case PauseContact:
		return nil, m.pauseContact(s, b)
	case SetContactRecording:
		return nil, m.setContactRecording(s, b)
	case SetMonitorMode:
		return nil, m.setMonitorMode(s, b)
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
	case SaveQuickConnect:
		return m.saveQuickConnect(s, b)
	case DeleteQuickConnect:
		return nil, m.deleteQuickConnect(s, b)
	case SaveHierarchyGroup:
		return m.saveHierarchyGroup(s, b)
	case DeleteHierarchyGroup:
		return nil, m.deleteHierarchyGroup(s, b)
	case SaveSettings:
		return nil, m.saveSettings(s, b)
	case AssociateFunction:
		return nil, m.associateFunction(s, b)
	case AssociateBot:
		return nil, m.associateBot(s, b)
	case SaveSecurityKey:
		return m.saveSecurityKey(s, b)
	case SaveModulePointer:
		return m.saveModulePointer(s, b)
	case RaiseNotice:
		return nil, m.raiseNotice(s, b)
	case TagContact:
		return nil, m.tagContact(s, b)
	}
	return nil, tandem.Errorf(tandem.Invalid, "", "the center does not handle %T", body)
}

// Apply changes the state as the event says. It ignores events of other
// machines.
func (m *Machine) Apply(seq tandem.Seq, at tandem.Time, ev tandem.Event) {
	m.now = max(m.now, at)
	m.seq = seq
	if m.applyFlow(ev) || m.applyContact(ev) || m.applyOffer(ev) || m.applyAgent(ev) || m.applyConfig(ev) { // the frequent ones first
		return
	}
	switch ev := ev.(type) {
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
	if p := m.person(id); p != nil {
		return p.agent
	}
	a := m.state.Agents[id]
	if a == nil {
		panic(fmt.Sprintf("record %d names user %s, who does not exist", m.seq, id))
	}
	return a
}

// contact is the contact that an event names; see agent.
func (m *Machine) contact(id tandem.ID) *Contact {
	if sh := m.shadow(id); sh != nil {
		return sh.contact
	}
	c := m.state.Contacts[id] // a new one
	if c == nil {
		panic(fmt.Sprintf("record %d names contact %s, which does not exist", m.seq, id))
	}
	return c
}
