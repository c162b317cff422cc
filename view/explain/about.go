package explain

import (
	"tandem"
	"tandem/event"
)

// contactOf is the contact that an event is about, or zero.
func contactOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		return ev.ContactID
	case *event.ContactConnectedToSystem:
		return ev.ContactID
	case *event.ContactAttributesSet:
		return ev.ContactID
	case *event.FlowEntered:
		return ev.ContactID
	case *event.FlowBlockRan:
		return ev.ContactID
	case *event.PlayStarted:
		return ev.ContactID
	case *event.PlayStopped:
		return ev.ContactID
	case *event.CustomerInputStored:
		return ev.ContactID
	case *event.FlowEnded:
		return ev.ContactID
	case *event.TargetQueueSet:
		return ev.ContactID
	case *event.RecordingBehaviorSet:
		return ev.ContactID
	case *event.ContactQueued:
		return ev.ContactID
	case *event.ContactDisconnected:
		return ev.ContactID
	case *event.ContactEnded:
		return ev.ContactID
	case *event.ContactForgotten:
		return ev.ContactID
	case *event.RecordingFinished:
		return ev.ContactID
	case *event.CallRefused:
		return ev.RoomID
	}
	contact, _ := bothOf(ev)
	return contact
}

// bothOf is the contact and the agent that an event is about, where it is
// about both.
func bothOf(ev tandem.Event) (contact, user tandem.ID) {
	switch ev := ev.(type) {
	case *event.OfferMade:
		return ev.ContactID, ev.UserID
	case *event.OfferEnded:
		return ev.ContactID, ev.UserID
	case *event.AgentConnected:
		return ev.ContactID, ev.UserID
	case *event.AfterContactWorkStarted:
		return ev.ContactID, ev.UserID
	case *event.ContactCleared:
		return ev.ContactID, ev.UserID
	case *event.LegChanged:
		return ev.ContactID, ev.UserID
	}
	return contact, user
}
