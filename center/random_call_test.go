package center

import (
	"fmt"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// callChaos drives a call center with all default flows through random calls:
// transfers, conferences, holds, supervisors, callbacks and outgoing calls.
type callChaos struct{ *chaos }

func newCallChaos(t testing.TB, seed int64) callChaos {
	c := callChaos{newChaos(t, seed)}
	c.report(voice.Report{Kind: voice.MediaStarted})
	c.addDefaultFlows()
	c.setCallerID()
	for n := len(c.m.state.Agents); n < 5; n++ {
		c.addUser(fmt.Sprint("agent", n))
	}
	if c.rnd.Intn(2) == 0 {
		c.hooked("CustomerRemaining", "direct")
	}
	c.must(SaveFlow{c.flow("card", flow.TypeQueueTransfer, cardFlow), true})
	if c.rnd.Intn(2) == 0 {
		c.must(SaveFlow{Flow: c.flow("menu", flow.TypeContactFlow, callbackFlow)})
	}
	if c.rnd.Intn(3) == 0 {
		c.must(SaveFlow{Flow: c.flow(flow.SampleCustomerQueue, flow.TypeCustomerQueue, outsideFlow)})
	}
	for _, id := range tandem.SortedIDs(c.m.state.Agents) {
		c.addQuickConnect(event.QuickConnectSaved{Name: "to " + c.names[id], Type: event.QuickConnectUser, UserID: id, FlowID: c.id(flow.SampleAgentTransfer)})
		c.must(SetAgentConnection{UserID: id, Connected: true, Softphone: true})
		_, _, _ = c.step(PutUserStatus{id, c.id("Available")})
	}
	for _, q := range [][2]string{{"to queue", flow.SampleQueueTransfer}, {"to card", "card"}} {
		c.addQuickConnect(event.QuickConnectSaved{Name: q[0], Type: event.QuickConnectQueue, QueueID: c.id("BasicQueue"), FlowID: c.id(q[1])})
	}
	return c
}

// act does one random thing, mostly such that leads somewhere.
func (c callChaos) act() {
	switch c.rnd.Intn(20) {
	case 0:
		if len(c.m.calls) < 12 {
			c.contacts++
			c.send(voice.Report{Kind: voice.CallArrived, Leg: c.id(fmt.Sprint("leg", c.contacts)), From: "+4930123456",
				To: []string{directNumber, menuNumber}[c.rnd.Intn(2)]})
		}
	case 1, 2, 3, 4, 5:
		c.legMoves()
	case 6, 7, 8, 9:
		c.playEnds()
	case 10, 11, 12, 13, 14:
		c.agentCommands()
	case 15, 16:
		c.wait(time.Duration(c.rnd.Intn(6_000)) * time.Millisecond)
	case 17:
		c.agentClears()
	case 18:
		c.outgoing()
	case 19:
		c.seldom()
	}
}

// anyLive is mostly a contact that is live.
func (c callChaos) anyLive() *Contact {
	contact := c.anyContact()
	for range 5 {
		if contact.live() && contact.Channel == event.Voice {
			break
		}
		contact = c.anyContact()
	}
	return contact
}

// legMoves reports on a leg; most of those that ring are answered, and most of
// those that were answered stay.
func (c callChaos) legMoves() {
	contact := c.anyLive()
	if len(contact.Legs) == 0 {
		return
	}
	leg := contact.Legs[c.rnd.Intn(len(contact.Legs))]
	r := voice.Report{Kind: voice.LegAnswered, Room: contact.CallID, Leg: leg.ID}
	if c.rnd.Intn(20) == 0 {
		r.Kind, r.Cause = voice.LegEnded, voice.Cause(1+c.rnd.Intn(9))
	}
	c.send(r)
}

func (c callChaos) playEnds() {
	contact := c.anyLive()
	plays := c.m.room(contact.CallID, 1).Plays
	if len(plays) == 0 {
		return
	}
	play := plays[c.rnd.Intn(len(plays))]
	r := voice.Report{Kind: voice.PlayEnded, Room: contact.CallID, Play: play.ID, Outcome: voice.PlayDone}
	switch {
	case play.Collect != nil:
		r.Outcome, r.Digits = voice.PlayDigits, tandem.Personal(fmt.Sprint(c.rnd.Intn(2)))
	case play.Loop:
		return
	}
	if c.rnd.Intn(10) == 0 {
		r.Outcome = voice.PlayFailed
	}
	c.send(r)
}

// anyConnected is mostly a contact that an agent has.
func (c callChaos) anyConnected() *Contact {
	contact := c.anyLive()
	for range 10 {
		if contact.Phase == WithAgent {
			break
		}
		contact = c.anyLive()
	}
	return contact
}

// agentCommands lets an agent do something in a call.
func (c callChaos) agentCommands() {
	contact := c.anyConnected()
	user := contact.UserID
	if user.IsZero() || c.rnd.Intn(10) == 0 {
		user = c.anyAgent()
	}
	id, leg, on := contact.ContactID, c.anyLeg(contact), c.rnd.Intn(2) == 0
	var body any
	switch c.rnd.Intn(11) {
	case 0, 1:
		body = HoldLeg{user, id, leg, on}
	case 2:
		body = MuteLeg{user, id, leg, on}
	case 3:
		body = SwapLegs{user, id}
	case 4:
		body = JoinLegs{user, id}
	case 5:
		body = HoldAllLegs{user, id}
	case 6:
		body = DropLeg{user, id, leg}
	case 7, 8, 9:
		add := AddParty{UserID: user, ContactID: id, Number: outsideNumber}
		if name := []string{"", "to queue", "to card", "to agent0", "to agent1", "to agent2"}[c.rnd.Intn(6)]; name != "" {
			add.QuickConnectID = c.id(name)
		}
		body = add
	case 10:
		body = SetContactRecording{id, RecordingAction(1 + c.rnd.Intn(4))}
	}
	_, _, _ = c.step(body)
}

// anyLeg is a leg of the contact's call, a contact of it, or none.
func (c callChaos) anyLeg(contact *Contact) tandem.ID {
	contacts := c.m.inCall(contact.CallID)
	if len(contacts) == 0 || c.rnd.Intn(10) == 0 {
		return tandem.ID{}
	}
	o := contacts[c.rnd.Intn(len(contacts))]
	if len(o.Legs) == 0 || c.rnd.Intn(10) == 0 {
		return o.ContactID
	}
	return o.Legs[c.rnd.Intn(len(o.Legs))].ID
}

// agentClears accepts, or clears what an agent has missed.
func (c callChaos) agentClears() {
	user := c.anyAgent()
	for _, slot := range append([]AgentContact(nil), c.m.state.Agents[user].Contacts...) {
		_, _, _ = c.step(AcceptContact{user, slot.ContactID})
		_, _, _ = c.step(DismissUserContact{user, slot.ContactID})
	}
	if c.rnd.Intn(10) == 0 {
		c.agentActs()
	}
}

// outgoing begins calls, and supervisors' listening.
func (c callChaos) outgoing() {
	user, contact := c.anyAgent(), c.anyConnected().ContactID
	switch c.rnd.Intn(12) {
	case 0:
		_, _, _ = c.step(StartOutboundCall{UserID: user, Number: outsideNumber})
	case 1:
		_, _, _ = c.step(StartOutboundContact{Number: outsideNumber, SourceNumber: menuNumber, FlowID: c.id("direct")})
	case 2, 3, 4, 5, 6, 7, 8:
		_, _, _ = c.step(MonitorContact{user, contact, c.rnd.Intn(2) == 0})
	default:
		_, _, _ = c.step(SetMonitorMode{user, contact, c.rnd.Intn(2) == 0})
	}
}

func (c callChaos) seldom() {
	switch c.rnd.Intn(20) {
	case 0:
		c.held = nil // what it had not sent died with it
		c.newMedia()
		c.report(voice.Report{Kind: voice.MediaStarted})
	case 1:
		c.send(voice.Report{Kind: voice.RoomForgotten, Room: c.anyContact().CallID})
	case 2:
		_, _, _ = c.step(StopContact{c.anyContact().ContactID})
	case 3, 4, 5, 6:
		c.restart()
	case 7, 8, 9, 10, 11, 12, 13:
		c.resend()
	default:
		status := []string{"Available", "Available", "Available", "Available", "Break", "Offline"}[c.rnd.Intn(6)]
		_, _, _ = c.step(PutUserStatus{c.anyAgent(), c.id(status)})
	}
}

// checkCalls looks for what no call may come to, beyond what [Machine.Check]
// looks for.
func (c callChaos) checkCalls() error {
	for _, callID := range tandem.SortedIDs(c.m.calls) {
		contacts := c.m.inCall(callID)
		if err := c.checkParties(contacts); err != nil {
			return fmt.Errorf("call %s: %w", callID, err)
		}
		if err := checkRoom(c.m.room(callID, 1)); err != nil {
			return fmt.Errorf("call %s: %w", callID, err)
		}
	}
	return nil
}

func (c callChaos) checkParties(contacts []*Contact) error {
	agents, asked := map[tandem.ID]bool{}, false
	for _, o := range contacts {
		if o.live() && o.Phase == WithAgent && o.Method != event.Monitor {
			agents[o.UserID] = true
		}
		asked = asked || o.live() && !o.RequesterLeg.IsZero()
	}
	for _, o := range contacts {
		if !o.live() {
			continue
		}
		if o.customer().alive() && len(agents) > 0 && (o.Phase == InFlow || o.Phase == InQueue || o.Phase == Offered) {
			return fmt.Errorf("the customer waits in %s while an agent of the call has nobody", o.ContactID)
		}
		if o.Phase == InFlow && o.Play != nil && o.Flow.Deadline.IsZero() && c.m.listener(o, event.CustomerSide).IsZero() {
			return fmt.Errorf("the flow of %s plays to nobody", o.ContactID)
		}
		for _, l := range o.Legs {
			switch {
			case l.Held && !l.HeldBy.IsZero() && !agents[l.HeldBy], l.Held && l.HeldBy.IsZero() && !asked:
				return fmt.Errorf("the leg %s stays on hold whose holder is gone", l.ID)
			case l.Muted && len(agents) == 0:
				return fmt.Errorf("the leg %s stays muted", l.ID)
			}
		}
	}
	return nil
}

// checkRoom makes sure that only legs that stand are heard and hear, and that
// each hears one play.
func checkRoom(r voice.Room) error {
	stands, played := map[tandem.ID]bool{}, map[tandem.ID]bool{}
	for _, l := range r.Legs {
		stands[l.ID] = l.Wish == voice.WishAnswered
	}
	for _, p := range r.Mix {
		if !stands[p.Speaker] || !stands[p.Listener] || p.Speaker == p.Listener {
			return fmt.Errorf("%s hears %s", p.Listener, p.Speaker)
		}
	}
	for _, p := range r.Plays {
		if !stands[p.Listener] || played[p.Listener] {
			return fmt.Errorf("%s hears the play %s", p.Listener, p.ID)
		}
		played[p.Listener] = true
	}
	return nil
}

// hangUpAll lets everybody hang up, without any command, and waits until the
// last callback has expired.
func (c callChaos) hangUpAll() {
	for _, id := range tandem.SortedIDs(c.m.state.Agents) {
		_, _, _ = c.step(PutUserStatus{id, c.id("Offline")})
	}
	c.resend()
	for again := true; again; {
		again = false
		for _, callID := range tandem.SortedIDs(c.m.calls) {
			for _, o := range c.m.inCall(callID) {
				for _, l := range append([]Leg(nil), o.Legs...) {
					if l.alive() {
						again = true
						c.report(voice.Report{Kind: voice.LegEnded, Room: callID, Leg: l.ID, Cause: voice.CauseRemote})
					}
				}
			}
		}
		for _, id := range tandem.SortedIDs(c.m.state.Agents) {
			for _, slot := range append([]AgentContact(nil), c.m.state.Agents[id].Contacts...) {
				_, _, _ = c.step(DismissUserContact{id, slot.ContactID})
			}
		}
	}
	c.wait(10 * time.Minute) // the deadlines of all that rings and plays
	for _, id := range tandem.SortedIDs(c.m.state.Contacts) {
		if o := c.m.state.Contacts[id]; o.live() && o.Method != event.Callback {
			c.t.Fatalf("%s contact in phase %d never ends", o.Method, o.Phase)
		}
	}
	c.wait(8 * 24 * time.Hour) // a callback that nobody takes expires
	if n := len(c.m.state.Contacts); n > 0 {
		c.t.Fatalf("%d contacts never end, one in phase %d", n, c.anyContact().Phase)
	}
	if due, ok := c.m.NextDue(); ok {
		c.t.Fatalf("something is due at %s", due)
	}
}

// TestRandomCallsEndWhenEverybodyHangsUp lives many random lives of calls with
// several parties. After every step the invariants hold and the replay agrees,
// as [world.step] proves; nobody is left on hold or alone in a call; at the end
// all have ended because everybody hung up.
func TestRandomCallsEndWhenEverybodyHangsUp(t *testing.T) {
	lives, steps := 50, 500
	if testing.Short() {
		lives = 10
	}
	lived := map[string]int{}
	for seed := range lives {
		c := newCallChaos(t, int64(seed))
		for step := range steps {
			c.act()
			if err := c.checkCalls(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
		c.hangUpAll()
		c.checkLives(seed)
		c.count(lived)
	}
	for _, name := range []string{"CustomerMoved", "LegHeld", "LegMuted", "MonitorModeSet", "ContactBridged", "ContactDequeued", "connected INBOUND",
		"connected OUTBOUND", "connected CALLBACK", "connected TRANSFER", "connected MONITOR", "DISCONNECT", "EXTERNAL_OUTBOUND"} {
		if lived[name] == 0 && !testing.Short() {
			t.Errorf("%s never happened: the lives are too dull", name)
		}
	}
}

// count counts what has happened in a life.
func (c callChaos) count(lived map[string]int) {
	method := map[tandem.ID]string{}
	for _, rec := range c.records {
		for _, ev := range rec.Events {
			switch ev := ev.(type) {
			case *event.ContactInitiated:
				method[ev.ContactID] = ev.Method.String()
				lived[ev.Method.String()]++
			case *event.AgentConnected:
				lived["connected "+method[ev.ContactID]]++
			default:
				lived[ev.EventName()]++
			}
		}
	}
}
