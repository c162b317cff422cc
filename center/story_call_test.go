package center

import (
	"tandem"
	"tandem/event"
	"tandem/flow"
)

var sides = map[string]event.FlowSide{"customer-side": event.CustomerSide, "agent-side": event.AgentSide}

var recordingActions = map[string]RecordingAction{"start": StartRecording, "stop": StopRecording, "suspend": SuspendRecording, "resume": ResumeRecording}

// playCall carries out what agents and supervisors do in a call of several
// parties. A line names the agent, the agent's contact, and who is meant:
// "hold agent1 c1 customer".
func (w *world) playCall(cmd string, l line) (events []tandem.Event, known bool, err error) {
	var body any
	user, contact := w.id(l.arg(0)), w.id(l.arg(1))
	switch cmd {
	case "default-flows":
		w.addDefaultFlows()
		w.setCallerID()
		return nil, true, nil
	case "quick-connect":
		w.playQuickConnect(l)
		return nil, true, nil
	case "disconnect-flow":
		w.hooked("CustomerRemaining", l.arg(0))
		return nil, true, nil
	case "hold", "resume":
		body = HoldLeg{user, contact, w.legOf(l.arg(1), l.arg(2)), cmd == "hold"}
	case "mute", "unmute":
		body = MuteLeg{user, contact, w.legOf(l.arg(1), l.arg(2)), cmd == "mute"}
	case "swap":
		body = SwapLegs{user, contact}
	case "join":
		body = JoinLegs{user, contact}
	case "hold-all":
		body = HoldAllLegs{user, contact}
	case "leave":
		body = DropLeg{UserID: user, ContactID: contact}
	case "drop":
		body = DropLeg{user, contact, w.legOf(l.arg(1), l.arg(2))}
	case "take-back":
		body = DropLeg{user, contact, w.id(l.arg(2))}
	case "add-party":
		body = AddParty{UserID: user, ContactID: contact, QuickConnectID: w.idOf(l.value("to")), Number: tandem.Personal(l.value("number"))}
	case "recording":
		body = SetContactRecording{w.id(l.arg(0)), recordingActions[l.arg(1)]}
	case "monitor":
		body = MonitorContact{user, contact, false}
	case "barge", "listen":
		body = SetMonitorMode{user, contact, cmd == "barge"}
	default:
		return nil, false, nil
	}
	answer, events, err := w.step(body)
	if id, ok := answer.(tandem.ID); ok && err == nil {
		w.name(id, l.value("as"))
	}
	return events, true, err
}

// idOf is the id of a name, or the zero id of none.
func (w *world) idOf(name string) tandem.ID {
	if name == "" {
		return tandem.ID{}
	}
	return w.id(name)
}

// playQuickConnect makes a quick connect to an agent, to the basic queue or to a
// number.
func (w *world) playQuickConnect(l line) {
	q := event.QuickConnectSaved{Name: l.arg(0), Type: event.QuickConnectQueue, QueueID: w.id("BasicQueue"), FlowID: w.id(flow.SampleQueueTransfer)}
	switch {
	case l.value("user") != "":
		q.Type, q.UserID, q.FlowID = event.QuickConnectUser, w.id(l.value("user")), w.id(flow.SampleAgentTransfer)
	case l.value("number") != "":
		q.Type, q.Number = event.QuickConnectPhone, l.value("number")
	}
	w.addQuickConnect(q)
}

// nameNew gives names to what an event begins and nobody has named.
func (w *world) nameNew(ev tandem.Event) {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		if w.names[ev.ContactID] == "" {
			w.name(ev.ContactID, "next-of-"+w.text(ev.PreviousID))
		}
	case *event.LegDialed:
		role := [...]string{"", "customer", "agent", "outside", "monitor"}[ev.Role]
		w.name(ev.LegID, w.text(ev.ContactID)+"."+role)
	}
}
