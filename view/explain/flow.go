package explain

import (
	"fmt"

	"tandem"
	"tandem/event"
)

// flow tells of the contact's way through its flows.
func (s *contactStory) flow(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.ContactAttributesSet:
		return fmt.Sprintf("its attributes were set (%d in all)", len(ev.Attributes))
	case *event.FlowEntered:
		return s.entered(ev)
	case *event.FlowBlockRan:
		return blockRan(ev)
	case *event.PlayStarted:
		return played(ev)
	case *event.PlayStopped:
		return "nothing is played any more"
	case *event.CustomerInputStored:
		return "what the customer typed was stored"
	case *event.FlowEnded:
		return "the flow ended: " + ev.Outcome
	case *event.TargetQueueSet:
		return "its target queue is now " + s.queue(ev.QueueID)
	case *event.RecordingBehaviorSet:
		return recorded(ev)
	}
	return ""
}

func (s *contactStory) entered(ev *event.FlowEntered) string {
	name := ev.FlowID.String()
	if f := s.state().Flows[ev.FlowID]; f != nil {
		name = f.Saved.Name
	}
	return fmt.Sprintf("entered the flow %q (%s), version %d", name, ev.Type, ev.Version)
}

func blockRan(ev *event.FlowBlockRan) string {
	what := fmt.Sprintf("ran the block %s (%s)", ev.ActionID, ev.Type)
	if ev.Outcome != "" {
		what += ": " + ev.Outcome
	}
	if ev.NextAction != "" {
		what += ", then " + ev.NextAction
	}
	return what
}

func played(ev *event.PlayStarted) string {
	what := fmt.Sprintf("the customer hears a prompt (%d in a row)", len(ev.Kinds))
	if len(ev.Kinds) == 1 {
		what = "the customer hears a prompt"
	}
	if ev.Loop {
		what += ", again and again"
	}
	if ev.CollectDigits > 0 {
		what += fmt.Sprintf(", and may type up to %d digits", ev.CollectDigits)
	}
	return what + until(ev.Deadline)
}

func recorded(ev *event.RecordingBehaviorSet) string {
	switch {
	case ev.Customer && ev.Agent:
		return "customer and agent will be recorded"
	case ev.Customer:
		return "the customer will be recorded"
	case ev.Agent:
		return "the agent will be recorded"
	}
	return "nobody will be recorded"
}

func until(deadline tandem.Time) string {
	if deadline.IsZero() {
		return ""
	}
	return ", until " + clock(deadline) + " at most"
}
