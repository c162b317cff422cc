package center

import (
	"encoding/json"
	"slices"
	"strings"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/flow/block"
	"tandem/voice"
)

// act is one action of a flow that a test writes. Branches that are not named
// lead to the next action.
type act struct {
	id, kind string
	params   string            // JSON without its braces
	to       map[string]string // error type or operand to action
}

// none is where a branch leads that the action does not have, as it is set.
const none = "none"

// script writes a flow of actions that follow each other.
func script(acts ...act) string {
	type errorBranch struct{ NextAction, ErrorType string }
	type condition struct {
		Operator string
		Operands []string
	}
	type conditionBranch struct {
		NextAction string
		Condition  condition
	}
	type transitions struct {
		NextAction string            `json:",omitempty"`
		Errors     []errorBranch     `json:",omitempty"`
		Conditions []conditionBranch `json:",omitempty"`
	}
	type action struct {
		Identifier, Type string
		Parameters       json.RawMessage
		Transitions      transitions
	}
	doc := struct {
		Version, StartAction string
		Actions              []action
	}{Version: "2019-10-30", StartAction: acts[0].id}
	blocks := block.Registry()
	for i, a := range acts {
		b, _ := blocks.Lookup(a.kind)
		var tr transitions
		next := acts[min(i+1, len(acts)-1)].id
		if b.Rules.Next != flow.NextForbidden {
			tr.NextAction = next
		}
		for _, e := range b.Rules.RequiredErrors {
			to := next
			if a.to[e] != "" {
				to = a.to[e]
			}
			if to == none {
				continue
			}
			tr.Errors = append(tr.Errors, errorBranch{to, e})
		}
		for _, branch := range tandem.SortedKeys(a.to) {
			operator, operand, ok := strings.Cut(branch, " ")
			switch {
			case slices.Contains(b.Rules.RequiredErrors, branch):
			case ok:
				tr.Conditions = append(tr.Conditions, conditionBranch{a.to[branch], condition{operator, []string{operand}}})
			default:
				tr.Errors = append(tr.Errors, errorBranch{a.to[branch], branch})
			}
		}
		doc.Actions = append(doc.Actions, action{a.id, a.kind, json.RawMessage("{" + a.params + "}"), tr})
	}
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(text)
}

var (
	toQueue  = act{id: "queue", kind: "UpdateContactTargetQueue", params: `"QueueId":"$QUEUE"`, to: map[string]string{"NoMatchingError": "bye"}}
	enter    = act{id: "enter", kind: "TransferContactToQueue", to: map[string]string{"NoMatchingError": "bye", "QueueAtCapacity": "bye"}}
	bye      = act{id: "bye", kind: "DisconnectParticipant"}
	end      = act{id: "end", kind: "EndFlowExecution"}
	loopOnce = act{id: "loop", kind: "MessageParticipantIteratively",
		params: `"Messages":[{"Text":"Please hold."}],"InterruptFrequencySeconds":"30"`, to: map[string]string{"Equals MessagesInterrupted": "then"}}
)

func say(id, text string) act {
	return act{id: id, kind: "MessageParticipant", params: `"Text":"` + text + `"`}
}

func hook(id, hook, flowName string) act {
	return act{id: id, kind: "UpdateContactEventHooks", params: `"EventHooks":{"` + hook + `":"` + flowName + `"}`}
}

// saveFlow publishes a flow, a new one or the next version.
func (w *world) saveFlow(name string, kind flow.Type, acts ...act) {
	w.t.Helper()
	f := w.flow(name, kind, script(acts...))
	w.must(SaveFlow{Flow: f, New: w.m.state.Flows[f.FlowID] == nil})
}

// saveNumber lets a number begin a flow.
func (w *world) saveNumber(number, flowName string) {
	w.t.Helper()
	w.must(AssociateNumber{NumberID: w.id("number " + number), Number: number, FlowID: w.id(flowName)})
}

// addQueue makes another queue.
func (w *world) addQueue(name string) {
	w.t.Helper()
	w.must(SaveQueue{event.QueueSaved{QueueID: w.id(name), Name: name, HoursID: w.id("Hours"), MaxContacts: -1, Enabled: true}, true})
}

// changeQueue changes a queue.
func (w *world) changeQueue(name string, change func(*event.QueueSaved)) []tandem.Event {
	w.t.Helper()
	q := *w.m.state.Queues[w.id(name)]
	change(&q)
	return w.must(SaveQueue{Queue: q})
}

// changeUser changes a user.
func (w *world) changeUser(name string, change func(*event.UserSaved)) []tandem.Event {
	w.t.Helper()
	u := w.agent(name).User
	change(&u)
	return w.must(SaveUser{User: u})
}

// settings changes the settings.
func (w *world) settings(set event.SettingsSaved) { w.t.Helper(); w.must(SaveSettings{set}) }

func (w *world) agent(name string) *Agent { return w.m.agent(w.id(name)) }

// available makes a new agent, who is available.
func (w *world) available(name string, change ...func(*event.UserSaved)) {
	w.t.Helper()
	u := w.user(name)
	for _, c := range change {
		c(&u)
	}
	w.must(SaveUser{u, true})
	w.status(name, "Available")
}

func autoAccept(u *event.UserSaved) { u.AutoAccept = true }

func softPhone(u *event.UserSaved) { u.PhoneType = event.SoftPhone }

// born gives a name to the first contact that the events begin.
func (w *world) born(name string, events []tandem.Event) *Contact {
	w.t.Helper()
	for _, ev := range events {
		if ev, ok := ev.(*event.ContactInitiated); ok {
			w.name(ev.ContactID, name)
			return w.c(name)
		}
	}
	w.t.Fatalf("no contact %s began:\n%s", name, w.tell(events))
	return nil
}

// chat begins a chat.
func (w *world) chat(name, flowName string) []tandem.Event {
	w.t.Helper()
	answer, events, err := w.step(StartChat{FlowID: w.id(flowName), CustomerName: "customer"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.name(answer.(tandem.ID), name)
	return events
}

// phone reports on a party of a contact: the customer, or its agent.
func (w *world) phone(kind voice.ReportKind, contact string, role event.LegRole, cause voice.Cause) []tandem.Event {
	w.t.Helper()
	c := w.c(contact)
	l := c.legOf(role)
	if role == event.AgentLeg {
		l = c.own()
	}
	if l == nil {
		w.t.Fatalf("the contact %s has no party of role %d", contact, role)
	}
	return w.report(voice.Report{Kind: kind, Room: c.callID(), Leg: l.ID, Cause: cause})
}

func (w *world) lifts(contact string) []tandem.Event {
	w.t.Helper()
	return w.phone(voice.LegAnswered, contact, event.AgentLeg, 0)
}

func (w *world) hangsUp(contact string, role event.LegRole) []tandem.Event {
	w.t.Helper()
	return w.phone(voice.LegEnded, contact, role, voice.CauseRemote)
}

func (w *world) customerAnswers(contact string) []tandem.Event {
	w.t.Helper()
	return w.phone(voice.LegAnswered, contact, event.CustomerLeg, 0)
}

// heard ends what is played on a side of a contact.
func (w *world) heard(contact string, side event.FlowSide) []tandem.Event {
	w.t.Helper()
	c := w.c(contact)
	p := *c.playOn(side)
	if p == nil {
		w.t.Fatalf("nothing is played on side %d of %s", side, contact)
	}
	return w.report(voice.Report{Kind: voice.PlayEnded, Room: c.callID(), Play: p.Started.PlayID, Outcome: voice.PlayDone})
}

// want fails unless the contact stands in the phase.
func (w *world) want(contact string, phase Phase, why string) *Contact {
	w.t.Helper()
	c := w.c(contact)
	if c.Phase != phase {
		w.t.Fatalf("%s: %s is in phase %d, want %d", why, contact, c.Phase, phase)
	}
	return c
}

// wantOffered fails unless the contact is offered to the agent.
func (w *world) wantOffered(contact, agent, why string) {
	w.t.Helper()
	if !w.offeredTo(contact, agent) {
		w.t.Fatalf("%s: %s is not offered to %s but in phase %d with %s", why, contact, agent, w.c(contact).Phase, w.text(w.c(contact).UserID))
	}
}

// wantStatus fails unless the agent has the status and the next status.
func (w *world) wantStatus(agent, status, next, why string) {
	w.t.Helper()
	a, nextID := w.agent(agent), tandem.ID{}
	if next != "" {
		nextID = w.id(next)
	}
	if a.StatusID != w.id(status) || a.NextStatusID != nextID {
		w.t.Fatalf("%s: %s is %s, next %s; want %s, next %q", why, agent, w.text(a.StatusID), w.text(a.NextStatusID), status, next)
	}
}
