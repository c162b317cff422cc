package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// startable is what a contact that enters the flow now will run, or nil.
func (f *Flow) startable() *event.FlowSaved {
	if f == nil || f.Saved.Archived {
		return nil
	}
	return f.Published
}

// defaultNames is the names of the flows that run where none was chosen.
var defaultNames = map[flow.Type]string{
	flow.TypeAgentHold:       flow.SampleAgentHold,
	flow.TypeAgentWhisper:    flow.SampleAgentWhisper,
	flow.TypeCustomerHold:    flow.SampleCustomerHold,
	flow.TypeCustomerQueue:   flow.SampleCustomerQueue,
	flow.TypeCustomerWhisper: flow.SampleCustomerWhisper,
	flow.TypeOutboundWhisper: flow.SampleOutbound,
	flow.TypeAgentTransfer:   flow.SampleAgentTransfer,
	flow.TypeQueueTransfer:   flow.SampleQueueTransfer,
}

// defaultFlow is the flow of a type that runs where none was chosen: the one
// with the default's name, or for those who wait the first of its type; nil for
// none.
func (m *Machine) defaultFlow(t flow.Type) *event.FlowSaved {
	if m.defaults == nil {
		m.defaults = map[flow.Type]tandem.ID{}
		for _, id := range tandem.SortedIDs(m.state.Flows) {
			f := m.state.Flows[id].startable()
			if f == nil {
				continue
			}
			kind := flow.Type(f.Type)
			_, found := m.defaults[kind]
			if f.Name == defaultNames[kind] || !found && kind == flow.TypeCustomerQueue {
				m.defaults[kind] = id
			}
		}
	}
	return m.state.Flows[m.defaults[t]].startable()
}

// hookFlow is the flow that runs at a moment of the contact: the chosen one, or
// for calls the default; nil for none.
func (m *Machine) hookFlow(c *Contact, hook event.Hook, t flow.Type) *event.FlowSaved {
	id, disabled := c.Hooks.of(hook)
	if disabled {
		return nil
	}
	if f := m.state.Flows[id].startable(); f != nil {
		return f
	}
	if c.Channel != event.Voice {
		return nil
	}
	return m.defaultFlow(t)
}

// program is the compiled form of the version that a contact entered. A version
// that cannot be found or read gives an empty program, which faults.
func (m *Machine) program(v flowVersion) *flow.Program {
	if p := m.programs[v]; p != nil {
		return p
	}
	doc := &flow.Document{}
	if saved := m.version(v); saved != nil {
		if parsed, err := flow.Parse([]byte(saved.Content)); err == nil {
			doc = parsed
		}
	}
	p := flow.Compile(doc, m.blocks)
	m.programs[v] = p
	return p
}

func (m *Machine) version(v flowVersion) *event.FlowSaved {
	f := m.state.Flows[v.flowID]
	switch {
	case f == nil:
		return nil
	case f.Published != nil && f.Published.Version == v.version:
		return f.Published
	}
	return f.Running[v.version]
}

// enterFlow begins a flow on one side, in place of the one before.
func (m *Machine) enterFlow(s *tandem.Step, c *Contact, side event.FlowSide, f *event.FlowSaved, at tandem.Time) {
	r := runner{m: m, c: c, side: side, at: at}
	r.enter(s, f)
}

func (r *runner) enter(s *tandem.Step, f *event.FlowSaved) {
	r.m.stopPlay(s, r.c, r.side)
	r.m.abandon(s, r.c, r.side, interrupted)
	s.Emit(&event.FlowEntered{ContactID: r.c.ContactID, FlowID: f.FlowID, Version: f.Version, Type: f.Type, Side: r.side})
	r.run(s, flow.Input{Kind: flow.InputStart})
}

// resume goes on with a flow of a contact. It reports whether the flow waited
// for the input; if not nothing changes.
func (m *Machine) resume(s *tandem.Step, c *Contact, side event.FlowSide, in flow.Input, at tandem.Time) bool {
	if !c.flowOn(side).runs() {
		return false
	}
	r := runner{m: m, c: c, side: side, at: at}
	return r.run(s, in)
}

// runner runs a flow of a contact until it waits or ends.
type runner struct {
	m     *Machine
	c     *Contact // another one once the contact went on in another queue
	side  event.FlowSide
	at    tandem.Time
	next  *event.FlowSaved // where EnterFlow leads
	hops  int              // from flow to flow without waiting
	begun int              // contacts, without waiting

	soon     *flow.Input       // what an act has led to at once, for the block that waits for it
	entering *moduleEntry      // the module that the block waits for
	result   flow.ReturnModule // how a module ended
	asBot    bool              // what the block says is said by a bot
}

// maxHops is how often a contact may go from flow to flow without waiting: more
// is a circle, and a fault.
const maxHops = 20

// run runs until the flow waits or ends. One that does neither for too long runs
// in a circle and is ended as faulty. It reports whether the input was taken.
func (r *runner) run(s *tandem.Step, in flow.Input) bool {
	for steps := range tandem.MaxStepsPerSprint {
		p := r.m.program(r.version())
		pos := r.position(p)
		r.m.env = env{r.m, r.c, r.side, s}
		result := p.Step(pos, in, &r.m.env)
		if result.Ignored {
			return steps > 0
		}
		if r.unanswered(result) {
			r.m.dialCustomer(s, r.c, "")
			return true
		}
		r.taken(s, in, result)
		r.stepped(s, p, pos, in, result)
		var on bool
		if in, on = r.onwards(s, result); !on {
			return true
		}
	}
	r.m.endFlow(s, r, flow.EndFault)
	return true
}

// taken ends what the block waited for, now that it goes on. Nothing in a chat
// is heard longer than the block that said it waits, nor after the customer has
// answered.
func (r *runner) taken(s *tandem.Step, in flow.Input, result flow.Result) {
	if r.c.Channel != event.Voice && (in.Kind == flow.InputUtterance || result.Wait == nil) {
		r.m.stopPlay(s, r.c, r.side)
	}
	if result.Wait == nil {
		r.m.abandon(s, r.c, r.side, whyLeft(in))
	}
}

// onwards is what the flow goes on with at once; not, if it waits or has ended.
func (r *runner) onwards(s *tandem.Step, result flow.Result) (flow.Input, bool) {
	if result.End != flow.EndNone {
		in, back := r.leaveModule(s, result.End)
		if !back {
			r.m.endFlow(s, r, result.End)
		}
		return in, back
	}
	soon := r.soon
	r.soon = nil
	switch {
	case !r.c.flowOn(r.side).runs():
		return flow.Input{}, false
	case soon != nil && (result.Wait != nil || soon.Kind == flow.InputStart):
		return *soon, true
	case r.said(result):
		r.m.stopPlay(s, r.c, r.side)
		return flow.Input{Kind: flow.InputPlayDone}, true
	}
	return flow.Input{Kind: flow.InputStart}, result.Wait == nil
}

func (r *runner) version() flowVersion {
	f := r.c.flowOn(r.side)
	return flowVersion{f.FlowID, f.Version}
}

func (r *runner) position(p *flow.Program) flow.Position {
	f := r.c.flowOn(r.side)
	if f.ActionID == "" {
		return p.Start()
	}
	return flow.Position{ActionID: f.ActionID, ReturnTo: f.BlockState}
}

// unanswered reports whether a block of an outbound whisper speaks to a customer
// who has not answered yet: such a block places the call first (Amazon Connect
// API: flow language, CompleteOutboundCall).
func (r *runner) unanswered(result flow.Result) bool {
	if r.c.flowOn(r.side).Type != string(flow.TypeOutboundWhisper) || r.c.customerAnswered() {
		return false
	}
	for _, act := range result.Acts {
		if _, plays := act.(flow.Play); plays {
			return true
		}
	}
	return false
}

// said reports whether what the flow waits for has happened by saying it: nobody
// has to hear a chat message out.
func (r *runner) said(result flow.Result) bool {
	if result.Wait == nil || r.c.Channel == event.Voice || !slices.Contains(result.Wait.Inputs, flow.InputPlayDone) {
		return false
	}
	return slices.ContainsFunc(result.Acts, func(act flow.Act) bool {
		play, plays := act.(flow.Play)
		return plays && play.Collect == nil
	})
}

// stepped carries out what a block asked for and notes where the flow stands. A
// call is placed last, for one that cannot be placed ends the flow.
func (r *runner) stepped(s *tandem.Step, p *flow.Program, pos flow.Position, in flow.Input, result flow.Result) {
	outcome := result.Outcome
	r.asBot = in.Kind == flow.InputBotAnswered
	entries, flowID := r.describe(p, pos, result), r.c.flowOn(r.side).FlowID
	var dial *flow.Dial
	for _, act := range result.Acts {
		if d, dials := act.(flow.Dial); dials {
			dial = &d
			continue
		}
		if problem := r.carryOut(s, act, result.Wait); problem != "" {
			outcome = problem
		}
	}
	if len(entries) > 0 {
		r.log(s, entries, flowID, in, result, outcome)
	}
	if !r.c.flowOn(r.side).runs() {
		return // what it asked for ended the contact
	}
	ran := &event.FlowBlockRan{ContactID: r.c.ContactID, ActionID: result.ActionID, Type: result.Type, Outcome: outcome,
		BlockState: result.Next.ReturnTo, Side: r.side}
	if result.Wait == nil && result.End == flow.EndNone {
		ran.NextAction = result.Next.ActionID
	}
	if *r.c.playOn(r.side) == nil {
		ran.Deadline = r.waitDeadline(s, result.Wait)
	}
	s.Emit(ran)
	if r.entering != nil && result.Wait != nil {
		r.entered(s)
	}
	if dial != nil {
		r.m.dialCustomer(s, r.c, tandem.Personal(dial.CallerID))
	}
}

// stopPlay ends what is heard on a side.
func (m *Machine) stopPlay(s *tandem.Step, c *Contact, side event.FlowSide) {
	if *c.playOn(side) != nil {
		s.Emit(&event.PlayStopped{ContactID: c.ContactID, Side: side})
	}
}

// stopFlow ends whatever flow the contact runs on a side, and with it what is
// played there.
func (m *Machine) stopFlow(s *tandem.Step, c *Contact, side event.FlowSide, outcome string) {
	m.stopPlay(s, c, side)
	m.abandon(s, c, side, interrupted)
	if c.flowOn(side).runs() {
		s.Emit(&event.FlowEnded{ContactID: c.ContactID, Outcome: outcome, Side: side})
	}
}

func (m *Machine) stopFlows(s *tandem.Step, c *Contact, outcome string) {
	m.stopFlow(s, c, event.CustomerSide, outcome)
	m.stopFlow(s, c, event.AgentSide, outcome)
}

// endFlow does what the end of a flow means for its contact. Whispers lead on to
// the conversation, however they end. A contact that waits in a queue stays
// there in silence, whatever happened to its flow; any other contact that has no
// flow left is disconnected.
func (m *Machine) endFlow(s *tandem.Step, r *runner, end flow.End) {
	c, at := r.c, r.at
	kind := flow.Type(c.flowOn(r.side).Type)
	m.stopFlow(s, c, r.side, string(end))
	switch {
	case kind == flow.TypeAgentWhisper:
		m.whispered(s, c, at)
	case kind == flow.TypeCustomerWhisper:
		m.connect(s, c, at)
	case kind == flow.TypeOutboundWhisper:
		m.outboundWhispered(s, c, at)
	case kind == flow.TypeCustomerHold || kind == flow.TypeAgentHold:
	default:
		m.flowLeads(s, r, end)
	}
}

// flowLeads takes the contact where the end of its flow leads.
func (m *Machine) flowLeads(s *tandem.Step, r *runner, end flow.End) {
	c, at := r.c, r.at
	queued := c.Phase == InQueue || c.Phase == Offered || c.Phase == Joining
	switch {
	case end == flow.EndDisconnect:
		m.disconnect(s, c, at, event.ContactFlowDisconnect)
	case queued || c.Phase == Bridged:
	case end == flow.EndTransferToQueue:
		m.queue(s, c, at)
	case end == flow.EndTransferToAgent:
		m.offerTo(s, c, at)
	case end == flow.EndEnterFlow && r.next != nil && r.hops < maxHops:
		on := runner{m: m, c: c, side: r.side, at: at, hops: r.hops + 1, begun: r.begun}
		on.enter(s, r.next)
	default:
		m.disconnect(s, c, at, event.ContactFlowDisconnect)
	}
}
