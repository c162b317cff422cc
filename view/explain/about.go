package explain

import (
	"slices"

	"tandem"
	"tandem/event"
)

// contactsOf are the contacts that an event is about; most are about one, or
// about none.
func contactsOf(ev tandem.Event) []tandem.ID {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		return []tandem.ID{ev.ContactID, ev.PreviousID}
	case *event.CustomerMoved:
		return []tandem.ID{ev.FromContactID, ev.ToContactID}
	case *event.CallRefused:
		return []tandem.ID{ev.RoomID}
	}
	for _, of := range []func(tandem.Event) tandem.ID{lifeOf, flowOf, askedOf, setOf, callOf} {
		if id := of(ev); !id.IsZero() {
			return []tandem.ID{id}
		}
	}
	return nil
}

// isAbout reports whether an event is about a contact.
func isAbout(ev tandem.Event, id tandem.ID) bool { return slices.Contains(contactsOf(ev), id) }

// lifeOf is the contact whose way through queue and agents an event tells.
func lifeOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
	case *event.ContactConnectedToSystem:
		return ev.ContactID
	case *event.ContactQueued:
		return ev.ContactID
	case *event.ContactDequeued:
		return ev.ContactID
	case *event.ContactScheduled:
		return ev.ContactID
	case *event.ContactDue:
		return ev.ContactID
	case *event.CallbackPlanned:
		return ev.ContactID
	case *event.ContactTransferred:
		return ev.ContactID
	case *event.ContactPaused:
		return ev.ContactID
	case *event.ContactDisconnected:
		return ev.ContactID
	case *event.ContactEnded:
		return ev.ContactID
	case *event.ContactForgotten:
		return ev.ContactID
	}
	contact, _ := bothOf(ev)
	return contact
}

// flowOf is the contact whose way through its flows an event tells.
func flowOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
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
	case *event.FlowAttributesSet:
		return ev.ContactID
	case *event.FlowLoggingSet:
		return ev.ContactID
	case *event.MetricsTaken:
		return ev.ContactID
	}
	return tandem.ID{}
}

// setOf is the contact of which an event sets something.
func setOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
	case *event.ContactAttributesSet:
		return ev.ContactID
	case *event.ContactDataSet:
		return ev.ContactID
	case *event.ContactTagsSet:
		return ev.ContactID
	case *event.TargetQueueSet:
		return ev.ContactID
	case *event.RecordingBehaviorSet:
		return ev.ContactID
	case *event.HookSet:
		return ev.ContactID
	case *event.RoutingSet:
		return ev.ContactID
	case *event.CallbackNumberSet:
		return ev.ContactID
	}
	return tandem.ID{}
}

// callOf is the contact whose call an event tells of.
func callOf(ev tandem.Event) tandem.ID {
	switch ev := ev.(type) {
	case *event.LegHeld:
		return ev.ContactID
	case *event.LegMuted:
		return ev.ContactID
	case *event.MonitorModeSet:
		return ev.ContactID
	case *event.ContactBridged:
		return ev.ContactID
	case *event.RecordingFinished:
		return ev.ContactID
	}
	return tandem.ID{}
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
	case *event.ContactReturned:
		return ev.ContactID, ev.UserID
	case *event.LegChanged:
		return ev.ContactID, ev.UserID
	case *event.LegDialed:
		return ev.ContactID, ev.UserID
	}
	return contact, user
}
