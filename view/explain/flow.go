package explain

import (
	"fmt"
	"strings"

	"tandem"
	"tandem/event"
)

// flow tells of the contact's way through its flows: that of the customer's
// side, and beside it one for the agent.
func (s *contactStory) flow(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.FlowEntered:
		return forSide(ev.Side) + s.entered(ev)
	case *event.FlowBlockRan:
		return forSide(ev.Side) + blockRan(ev)
	case *event.PlayStarted:
		return s.played(ev)
	case *event.PlayStopped:
		if ev.Side == event.AgentSide {
			return "nothing is played to the agent any more"
		}
		return "nothing is played any more"
	case *event.CustomerInputStored:
		return "what the customer typed was stored"
	case *event.FlowEnded:
		return forSide(ev.Side) + "the flow ended: " + ev.Outcome
	case *event.FlowAttributesSet:
		return fmt.Sprintf("the flow's own attributes were set (%d in all)", len(ev.Attributes))
	case *event.FlowLoggingSet:
		if ev.Enabled {
			return "the blocks of its flows are logged from now on"
		}
		return "the blocks of its flows are no longer logged"
	case *event.MetricsTaken:
		return measured(ev)
	}
	return ""
}

// forSide says so where a flow runs for the agent.
func forSide(side event.FlowSide) string {
	if side == event.AgentSide {
		return "for the agent: "
	}
	return ""
}

func (s *contactStory) entered(ev *event.FlowEntered) string {
	return fmt.Sprintf("entered the flow %s (%s), version %d", s.flowName(ev.FlowID), ev.Type, ev.Version)
}

func (t *teller) flowName(id tandem.ID) string {
	if f := t.state().Flows[id]; f != nil {
		return fmt.Sprintf("%q", f.Saved.Name)
	}
	return fmt.Sprintf("%q", id.String())
}

func blockRan(ev *event.FlowBlockRan) string {
	what := fmt.Sprintf("ran the block %s (%s)", ev.ActionID, ev.Type)
	if ev.Outcome != "" {
		what += ": " + ev.Outcome
	}
	if ev.NextAction != "" {
		what += ", then " + ev.NextAction
	}
	return what + until(ev.Deadline)
}

func (s *contactStory) played(ev *event.PlayStarted) string {
	what := s.listener(ev.Side) + " hears a prompt"
	if len(ev.Kinds) != 1 {
		what += fmt.Sprintf(" (%d in a row)", len(ev.Kinds))
	}
	if ev.Loop {
		what += ", again and again"
	}
	if ev.CollectDigits > 0 {
		what += fmt.Sprintf(", and may type up to %d digits", ev.CollectDigits)
	}
	return what + until(ev.Deadline)
}

// listener is who hears what the contact's flow plays: the agent, the one who
// has asked for a transfer and is still there, or the customer.
func (s *contactStory) listener(side event.FlowSide) string {
	c := s.contact()
	if c == nil {
		return "the customer"
	}
	if side == event.AgentSide {
		return s.user(c.UserID)
	}
	if previous := s.state().Contacts[c.PreviousID]; !c.RequesterLeg.IsZero() && previous != nil && previous.DisconnectedAt.IsZero() {
		if l := legOf(previous, c.RequesterLeg); l != nil && l.State != event.LegGone {
			return s.user(l.UserID)
		}
	}
	return "the customer"
}

// measured tells which numbers of a queue the flow looked at.
func measured(ev *event.MetricsTaken) string {
	if len(ev.Values) == 0 {
		return "looked at the numbers of its queue; there are none"
	}
	var parts []string
	for _, name := range tandem.SortedKeys(ev.Values) {
		parts = append(parts, name+" "+ev.Values[name])
	}
	return "looked at the numbers of its queue: " + strings.Join(parts, ", ")
}

// set tells what was set of the contact, without what is the customer's.
func (s *contactStory) set(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.ContactAttributesSet:
		return fmt.Sprintf("its attributes were set (%d in all)", len(ev.Attributes))
	case *event.ContactDataSet:
		return "its " + dataNames(ev) + " set"
	case *event.ContactTagsSet:
		return fmt.Sprintf("its tags were set (%d in all)", len(ev.Tags))
	case *event.TargetQueueSet:
		return "its target queue is now " + s.queue(ev.QueueID)
	case *event.RecordingBehaviorSet:
		return recorded(ev)
	case *event.HookSet:
		return s.hooked(ev)
	case *event.CallbackNumberSet:
		return "the number to call back was set"
	}
	return ""
}

// dataNames lists what an event carries, and the verb.
func dataNames(ev *event.ContactDataSet) string {
	var names []string
	for _, f := range []struct {
		name string
		set  bool
	}{{"name", ev.Name != ""}, {"description", ev.Description != ""}, {"customer id", ev.CustomerID != ""}, {"references", ev.References != nil},
		{"language", ev.LanguageCode != ""}, {"voice", ev.Voice+ev.Engine+ev.Style != ""}} {
		if f.set {
			names = append(names, f.name)
		}
	}
	switch len(names) {
	case 0:
		return "data was"
	case 1:
		return names[0] + " was"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " were"
}

func (s *contactStory) hooked(ev *event.HookSet) string {
	moment := "for the moment " + ev.Hook.String()
	switch {
	case ev.Disabled:
		return moment + " no flow runs"
	case ev.FlowID.IsZero():
		return moment + " the default flow runs"
	}
	return moment + " the flow " + s.flowName(ev.FlowID) + " runs"
}

func recorded(ev *event.RecordingBehaviorSet) string {
	what := "nobody will be recorded"
	switch {
	case ev.Customer && ev.Agent:
		what = "customer and agent will be recorded"
	case ev.Customer:
		what = "the customer will be recorded"
	case ev.Agent:
		what = "the agent will be recorded"
	}
	if ev.Suspended {
		what += ", but silence for now"
	}
	return what
}

func until(deadline tandem.Time) string {
	if deadline.IsZero() {
		return ""
	}
	return ", until " + clock(deadline) + " at most"
}
