package center

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

const (
	outsideNumber = "+4930777"
)

// cardFlow is a transfer flow that takes the customer from the agent for a
// question, and then brings them together again.
const cardFlow = `{"Version":"2019-10-30","StartAction":"hold","Actions":[
	{"Identifier":"hold","Type":"UpdatePreviousContactParticipantState","Parameters":{"PreviousContactParticipantState":"AgentOnHold"},
	 "Transitions":{"NextAction":"ask","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"ask","Type":"GetParticipantInput","Parameters":{"Text":"Your card?","StoreInput":"False","InputTimeLimitSeconds":"5"},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"InputTimeLimitExceeded"},{"NextAction":"bye","ErrorType":"NoMatchingCondition"},{"NextAction":"bye","ErrorType":"NoMatchingError"}],
	 "Conditions":[{"NextAction":"join","Condition":{"Operator":"Equals","Operands":["1"]}}]}},
	{"Identifier":"join","Type":"UpdatePreviousContactParticipantState","Parameters":{"PreviousContactParticipantState":"OffHold"},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// addDefaultFlows gives the instance the flows that run where none was chosen:
// whispers, holds, transfers. It has a customer queue flow already.
func (w *world) addDefaultFlows() {
	w.t.Helper()
	for _, sample := range flow.Samples() {
		runs := strings.HasPrefix(sample.Name, "Default") && sample.Name != flow.SampleCustomerQueue
		if !runs && sample.Name != flow.SampleInbound {
			continue
		}
		content, err := sample.Fill(map[string]string{flow.PlaceholderQueue: w.id("BasicQueue").String()})
		if err != nil {
			w.t.Fatal(err)
		}
		w.must(SaveFlow{event.FlowSaved{FlowID: w.id(sample.Name), Name: sample.Name, Type: string(sample.Type), Published: true,
			Content: tandem.Blob(content)}, true})
	}
}

// hooked lets calls to the direct number begin with a flow that sets a hook.
func (w *world) hooked(hook, flowName string) {
	w.t.Helper()
	set := strings.Replace(`{"Version":"2019-10-30","StartAction":"hook","Actions":[
		{"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"$HOOK":"$FLOW"}},
		 "Transitions":{"NextAction":"queue","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},`, "$HOOK", hook, 1)
	set = strings.Replace(set, "$FLOW", w.id(flowName).String(), 1)
	content := strings.Replace(directFlow, `{"Version":"2019-10-30","StartAction":"queue","Actions":[`, set, 1)
	w.must(SaveFlow{w.flow("hooked", flow.TypeContactFlow, content), true})
	w.must(AssociateNumber{NumberID: w.id("number1"), Number: directNumber, FlowID: w.id("hooked")})
}

// setCallerID lets calls of the basic queue show the first number.
func (w *world) setCallerID() {
	w.t.Helper()
	q := *w.m.State().Queues[w.id("BasicQueue")]
	q.CallerIDNumberID = w.id("number1")
	w.must(SaveQueue{Queue: q})
}

// addQuickConnect makes a quick connect of its name.
func (w *world) addQuickConnect(q event.QuickConnectSaved) {
	w.t.Helper()
	q.QuickConnectID = w.id(q.Name)
	w.must(SaveQuickConnect{q, true})
}

// callCenter is a world with all default flows, agents 1 to 3 Available, a quick
// connect to each of them ("to agent2"), to the queue ("to queue") and outside
// ("outside").
func callCenter(t testing.TB) *world {
	w := newWorld(t)
	w.create()
	w.report(voice.Report{Kind: voice.MediaStarted})
	w.addDefaultFlows()
	w.setCallerID()
	for _, name := range []string{"agent1", "agent2", "agent3"} {
		w.addUser(name)
		w.status(name, "Available")
		w.now = w.now.Add(1000)
		w.addQuickConnect(event.QuickConnectSaved{Name: "to " + name, Type: event.QuickConnectUser, UserID: w.id(name), FlowID: w.id(flow.SampleAgentTransfer)})
	}
	w.addQuickConnect(event.QuickConnectSaved{Name: "to queue", Type: event.QuickConnectQueue, QueueID: w.id("BasicQueue"), FlowID: w.id(flow.SampleQueueTransfer)})
	w.addQuickConnect(event.QuickConnectSaved{Name: "outside", Type: event.QuickConnectPhone, Number: outsideNumber})
	return w
}

// inCall is a call center in which agent1 talks with the customer of c1.
func inCall(t testing.TB) *world {
	w := callCenter(t)
	w.waitingCall("c1")
	w.joins("c1", "agent1")
	return w
}

// joins lets the agent to whom a contact is offered lift the phone, and hears
// out the whispers.
func (w *world) joins(contact, agent string) {
	w.t.Helper()
	if !w.offeredTo(contact, agent) {
		w.t.Fatalf("%s is not offered to %s", contact, agent)
	}
	w.leg(voice.LegAnswered, contact, agent, 0)
	for _, side := range []event.FlowSide{event.AgentSide, event.CustomerSide} {
		if c := w.c(contact); c.Phase == Joining && *c.playOn(side) != nil {
			w.played(contact, side)
		}
	}
	if c := w.c(contact); c.Phase != WithAgent {
		w.t.Fatalf("%s is in phase %d", contact, c.Phase)
	}
}

// played says that what is heard on a side was played to its end.
func (w *world) played(contact string, side event.FlowSide) []tandem.Event {
	w.t.Helper()
	c := w.c(contact)
	play := *c.playOn(side)
	if play == nil {
		w.t.Fatalf("nothing is played on side %d of %s", side, contact)
	}
	if !slices.ContainsFunc(w.m.room(c.CallID, 1).Plays, func(p voice.Play) bool { return p.ID == play.Started.PlayID }) {
		w.t.Fatalf("nobody hears what is played on side %d of %s", side, contact)
	}
	return w.report(voice.Report{Kind: voice.PlayEnded, Room: c.CallID, Play: play.Started.PlayID, Outcome: voice.PlayDone})
}

// legOf finds a leg in the live contacts of the contact's call: "customer", "outside", or the name of
// a user. The parties outside are told apart by their contacts.
func (w *world) legOf(contact, who string) tandem.ID {
	w.t.Helper()
	for _, c := range w.m.inCall(w.c(contact).CallID) {
		if !c.live() || who == "outside" && c.ContactID != w.id(contact) {
			continue
		}
		for _, l := range c.Legs {
			if w.who(l) == who && (l.role() != event.AgentLeg || l.ID == c.OfferID) {
				return l.ID
			}
		}
	}
	w.t.Fatalf("the call of %s has no leg of %s", contact, who)
	return tandem.ID{}
}

func (w *world) who(l Leg) string {
	switch l.role() {
	case event.CustomerLeg:
		return "customer"
	case event.OutsideLeg:
		return "outside"
	}
	return w.names[l.UserID]
}

// leg reports on a leg of the contact's call.
func (w *world) leg(kind voice.ReportKind, contact, who string, cause voice.Cause) []tandem.Event {
	w.t.Helper()
	return w.report(voice.Report{Kind: kind, Room: w.c(contact).CallID, Leg: w.legOf(contact, who), Cause: cause})
}

func (w *world) hungUp(contact, who string) []tandem.Event {
	w.t.Helper()
	return w.leg(voice.LegEnded, contact, who, voice.CauseRemote)
}

// add lets an agent of a contact add a party by a quick connect; the new contact
// gets the name. A second passes before, so that contacts have an order.
func (w *world) add(agent, contact, quickConnect, name string) {
	w.t.Helper()
	w.now = w.now.Add(1000)
	answer, _, err := w.step(AddParty{UserID: w.id(agent), ContactID: w.id(contact), QuickConnectID: w.id(quickConnect)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name(answer.(tandem.ID), name)
}

// adds adds another agent and brings them together with the one who asked.
func (w *world) adds(agent, contact, other, name string) {
	w.t.Helper()
	w.add(agent, contact, "to "+other, name)
	w.played(name, event.CustomerSide)
	w.joins(name, other)
}

// addsOutside adds somebody outside, who answers.
func (w *world) addsOutside(agent, contact, name string) {
	w.t.Helper()
	w.add(agent, contact, "outside", name)
	w.leg(voice.LegAnswered, name, "outside", 0)
}

// conference is agent1, the customer and agent2 (contact n1) who talk together.
func conference(t testing.TB) *world {
	w := inCall(t)
	w.adds("agent1", "c1", "agent2", "n1")
	w.must(JoinLegs{w.id("agent1"), w.id("c1")})
	return w
}

func (w *world) leaves(agent, contact string) []tandem.Event {
	w.t.Helper()
	return w.must(DropLeg{UserID: w.id(agent), ContactID: w.id(contact)})
}

func (w *world) holds(agent, contact, who string, held bool) {
	w.t.Helper()
	w.must(HoldLeg{w.id(agent), w.id(contact), w.legOf(contact, who), held})
}

// hears tells who hears whom and what in the contact's call: "agent1: customer;
// customer: agent1". What is played stands in brackets.
func (w *world) hears(contact string) string {
	w.t.Helper()
	callID := w.c(contact).CallID
	r := w.m.room(callID, 1)
	name := map[tandem.ID]string{}
	for _, c := range w.m.inCall(callID) {
		for _, l := range c.Legs {
			name[l.ID] = w.who(l)
			if l.role() == event.OutsideLeg {
				name[l.ID] += " of " + w.names[c.ContactID]
			}
		}
	}
	heard := map[string][]string{}
	for _, p := range r.Mix {
		heard[name[p.Listener]] = append(heard[name[p.Listener]], name[p.Speaker])
	}
	for _, p := range r.Plays {
		item := p.Items[len(p.Items)-1]
		heard[name[p.Listener]] = append(heard[name[p.Listener]], fmt.Sprintf("[%s%s%s]", item.Text, item.SSML, item.Prompt))
	}
	var lines []string
	for _, listener := range tandem.SortedKeys(heard) {
		slices.Sort(heard[listener])
		lines = append(lines, listener+": "+strings.Join(heard[listener], ", "))
	}
	return strings.Join(lines, "; ")
}

// expectHears makes sure of who hears whom and what.
func (w *world) expectHears(contact, want string) {
	w.t.Helper()
	if got := w.hears(contact); got != want {
		w.t.Fatalf("they hear\n%s, want\n%s", got, want)
	}
}

// slotOf is what the agent has of a contact; 0 for nothing.
func (w *world) slotOf(agent, contact string) AgentContactState {
	if slot := w.m.agent(w.id(agent)).slot(w.id(contact)); slot != nil {
		return slot.State
	}
	return 0
}

// ended makes sure that a contact was disconnected for a reason.
func (w *world) ended(contact string, want event.DisconnectReason) {
	w.t.Helper()
	if c := w.c(contact); c.live() || c.Reason != want {
		w.t.Fatalf("%s: live %v, reason %s, want %s", contact, c.live(), c.Reason, want)
	}
}
