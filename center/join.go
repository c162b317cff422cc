package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

// How an agent and a customer come together: the agent accepts, hears the agent
// whisper while the customer still waits, then the customer hears theirs, and
// then they are connected. Of a callback, and of a call that the agent begins,
// the customer is dialled after the agent's phone was answered.

const (
	// whisperMillis is how long a whisper may take (Amazon Connect Administrator
	// Guide: Create a contact flow: whispers end after two minutes).
	whisperMillis = 120_000
	// customerRingMillis is how long a customer's phone rings (Amazon Connect
	// API: StartOutboundVoiceContact, RingTimeoutInSeconds).
	customerRingMillis = 60_000
)

// accept takes an offered contact for the agent.
func (m *Machine) accept(s *tandem.Step, c *Contact, at tandem.Time) {
	s.Emit(&event.OfferEnded{ContactID: c.ContactID, UserID: c.UserID, OfferID: c.OfferID,
		Outcome: event.OfferAccepted, At: c.notBefore(s, at)})
	if own := c.own(); c.Channel != event.Voice || own != nil && own.State == event.LegAnswered {
		m.agentReady(s, c, at)
	}
}

// agentReady goes on once an agent who joins can hear.
func (m *Machine) agentReady(s *tandem.Step, c *Contact, at tandem.Time) {
	switch {
	case c.Method == event.Monitor:
		m.connect(s, c, at)
	case m.customerMissing(c):
		m.beginOutbound(s, c, at)
	default:
		if f := m.hookFlow(c, event.HookAgentWhisper, flow.TypeAgentWhisper); f != nil {
			m.enterFlow(s, c, event.AgentSide, f, at)
			return
		}
		m.whispered(s, c, at)
	}
}

// whispered lets the customer leave the queue, and hear a whisper too, where
// nobody else of the call is with them.
func (m *Machine) whispered(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Phase != Joining {
		return
	}
	m.stopFlow(s, c, event.CustomerSide, "AgentConnected")
	f := m.hookFlow(c, event.HookCustomerWhisper, flow.TypeCustomerWhisper)
	if f == nil || c.Channel == event.Voice && c.customer() == nil {
		m.connect(s, c, at)
		return
	}
	m.enterFlow(s, c, event.CustomerSide, f, at)
}

// connect brings agent and customer together.
func (m *Machine) connect(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Phase != Joining {
		return
	}
	at = c.notBefore(s, at)
	s.Emit(&event.AgentConnected{ContactID: c.ContactID, UserID: c.UserID, At: at})
	m.stopFlows(s, c, "AgentConnected")
	m.fetchCustomer(s, c, at)
}

// fetchCustomer lets an agent who joins a call have the customer who still waits
// for somebody in another contact of it.
func (m *Machine) fetchCustomer(s *tandem.Step, c *Contact, at tandem.Time) {
	if c.Channel != event.Voice || c.Method == event.Monitor {
		return
	}
	from, customer := m.customerOf(c.callID())
	if from == nil || from == c || !from.live() || !customer.alive() {
		return
	}
	switch {
	case from.Phase == InFlow || from.Phase == InQueue || from.Phase == Offered:
		m.disconnect(s, from, at, event.Other)
	case from.Phase == Bridged && !from.bridged() && !from.Flow.waits():
		m.passCustomer(s, from, at)
	}
}

// customerAnswered reports whether the contact has a customer who can hear.
func (c *Contact) customerAnswered() bool {
	l := c.customer()
	return l != nil && l.State == event.LegAnswered
}

// customerMissing reports whether the customer of a contact that an agent joins
// must be dialled.
func (m *Machine) customerMissing(c *Contact) bool {
	outgoing := c.Method == event.Outbound || c.Method == event.Callback
	return outgoing && c.Channel == event.Voice && !c.customerAnswered()
}

// dropJoining returns a contact whose agent hung up before being connected: one
// that came to the agent waits on with its age, one that the agent began ends.
func (m *Machine) dropJoining(s *tandem.Step, c *Contact, at tandem.Time, outcome event.OfferOutcome) {
	tried := m.customerMissing(c) && c.customer() != nil
	if tried || c.Method == event.Outbound || c.Method == event.Monitor {
		m.disconnect(s, c, at, event.AgentDisconnect)
		return
	}
	m.stopFlow(s, c, event.AgentSide, "Disconnected")
	t := flow.Type(c.Flow.Type)
	whispering := t == flow.TypeCustomerWhisper || t == flow.TypeOutboundWhisper
	if whispering {
		m.stopFlow(s, c, event.CustomerSide, "Disconnected")
	}
	m.endOffer(s, c, at, outcome)
	if whispering && c.Phase == InQueue {
		m.enterQueueFlow(s, c, at)
	}
}

// beginOutbound runs the outbound whisper, which places the call to the customer
// (Amazon Connect Administrator Guide: Create a contact flow: outbound whisper
// flow).
func (m *Machine) beginOutbound(s *tandem.Step, c *Contact, at tandem.Time) {
	m.stopFlow(s, c, event.CustomerSide, "AgentConnected")
	f := m.outboundFlow(c)
	if f == nil {
		m.dialCustomer(s, c, "")
		return
	}
	m.enterFlow(s, c, event.CustomerSide, f, at)
}

// outboundFlow is the outbound whisper of the contact's queue, or the default.
func (m *Machine) outboundFlow(c *Contact) *event.FlowSaved {
	if q := m.state.Queues[c.QueueID]; q != nil {
		if f := m.state.Flows[q.OutboundFlowID].startable(); f != nil {
			return f
		}
	}
	return m.defaultFlow(flow.TypeOutboundWhisper)
}

// outboundWhispered places the call, if the flow did not, or connects a
// customer who has heard the whisper.
func (m *Machine) outboundWhispered(s *tandem.Step, c *Contact, at tandem.Time) {
	switch {
	case c.Phase != Joining:
	case c.customerAnswered():
		m.connect(s, c, at)
	default:
		m.dialCustomer(s, c, "")
	}
}

// dialCustomer calls the customer of an outgoing contact, once. The caller id is
// the one given, else that of the callback or of the queue; with none the
// attempt fails, and the agent goes to after contact work (Amazon Connect User
// Guide 2018: outbound whisper flow).
func (m *Machine) dialCustomer(s *tandem.Step, c *Contact, callerID tandem.Personal) {
	m.dialCustomerFor(s, c, callerID, tandem.ID{})
}

// dialCustomerFor is dialCustomer before an agent has the contact: userID is
// kept free for it.
func (m *Machine) dialCustomerFor(s *tandem.Step, c *Contact, callerID tandem.Personal, userID tandem.ID) {
	if c.customer().alive() || !c.live() {
		return
	}
	if callerID == "" && c.Callback != nil {
		callerID = c.Callback.Planned.CallerID
	}
	if callerID == "" {
		callerID = tandem.Personal(m.callerID(c.QueueID))
	}
	if callerID == "" {
		m.disconnect(s, c, s.At, event.Other)
		return
	}
	m.dial(s, c, event.LegDialed{LegID: s.NextID(), Role: event.CustomerLeg, UserID: userID, Target: c.CustomerAddress, CallerID: callerID,
		Deadline: s.At.Add(customerRingMillis)})
}

// callerID is the number that calls of a queue show; empty for none.
func (m *Machine) callerID(queueID tandem.ID) string {
	if q := m.state.Queues[queueID]; q != nil {
		if n := m.state.Numbers[q.CallerIDNumberID]; n != nil {
			return n.Number
		}
	}
	return ""
}

// customerConnected goes on once a customer who was called has answered.
func (m *Machine) customerConnected(s *tandem.Step, c *Contact, at tandem.Time) {
	s.Emit(&event.ContactConnectedToSystem{ContactID: c.ContactID, At: c.notBefore(s, at)})
	switch {
	case c.UserID.IsZero() && c.Callback != nil:
		m.customerFirst(s, c, at)
	case c.UserID.IsZero():
		m.startFlow(s, c, at)
	case !c.Flow.runs():
		m.connect(s, c, at)
	case !m.resume(s, c, event.CustomerSide, flow.Input{Kind: flow.InputAnswered}, at):
		m.resume(s, c, event.CustomerSide, flow.Input{Kind: flow.InputStart}, at)
	}
}

// startFlow begins the flow that the contact came for: the one it names, or
// that of the number which was dialled.
func (m *Machine) startFlow(s *tandem.Step, c *Contact, at tandem.Time) {
	f := m.state.Flows[c.StartFlowID].startable()
	if number := m.state.Numbers[m.numbers[c.SystemAddress]]; f == nil && c.StartFlowID.IsZero() && number != nil {
		f = m.state.Flows[number.FlowID].startable()
	}
	if f == nil {
		m.disconnect(s, c, at, event.ContactFlowDisconnect)
		return
	}
	m.enterFlow(s, c, event.CustomerSide, f, at)
}
