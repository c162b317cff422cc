package explain

import (
	"fmt"
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// contactStory is what happened to one contact.
type contactStory struct {
	*teller
	id      tandem.ID
	initial tandem.ID // the first contact of its chain
}

func (s *contactStory) words(rec *tandem.Record, ev tandem.Event) (string, []string) {
	if what := s.erasure(ev); what != "" {
		return what, nil
	}
	if contactOf(ev) != s.id {
		return "", nil
	}
	if offer, ok := ev.(*event.OfferMade); ok {
		return s.offered(rec, offer)
	}
	if what := s.journey(ev); what != "" {
		return what, nil
	}
	return s.flow(ev), nil
}

func (s *contactStory) erasure(ev tandem.Event) string {
	e, ok := ev.(*event.SubjectErased)
	if ok && !s.initial.IsZero() && (e.Subject == s.initial || slices.Contains(e.Contacts, s.id)) {
		return "everything personal about the contact was erased"
	}
	return ""
}

// journey tells of the contact's way through queue and agents.
func (s *contactStory) journey(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		return s.initiated(ev)
	case *event.ContactConnectedToSystem:
		return "connected to the system"
	case *event.ContactQueued:
		return fmt.Sprintf("queued in %s with priority %d", s.queue(ev.QueueID), ev.Priority)
	case *event.OfferEnded:
		return s.offerEnded(ev)
	case *event.AgentConnected:
		return s.connected(ev)
	case *event.ContactDisconnected:
		return "disconnected: " + reasons[ev.Reason]
	case *event.AfterContactWorkStarted:
		return s.user(ev.UserID) + " is in After Contact Work" + until(ev.Deadline)
	case *event.ContactCleared:
		return s.user(ev.UserID) + " no longer has the contact"
	case *event.ContactEnded:
		return "ended; its contact record is complete"
	case *event.ContactForgotten:
		return "left memory; what stays is in the journal and the contact record"
	case *event.RecordingFinished:
		return fmt.Sprintf("the recording of %s is stored", seconds(ev.StoppedAt.Sub(ev.StartedAt)))
	case *event.LegChanged:
		return s.leg(ev)
	case *event.CallRefused:
		return fmt.Sprintf("the call to %s was turned away before it became a contact: %s", ev.SystemAddress, voice.Cause(ev.Cause))
	}
	return ""
}

func (s *contactStory) initiated(ev *event.ContactInitiated) string {
	s.initial = ev.InitialContactID
	what := fmt.Sprintf("a %s contact began (%s)", ev.Channel, ev.Method)
	if ev.SystemAddress != "" {
		what += " at " + ev.SystemAddress
	}
	if !ev.PreviousID.IsZero() {
		what += ", following contact " + ev.PreviousID.String()
	}
	return what
}

func (s *contactStory) offerEnded(ev *event.OfferEnded) string {
	who := s.user(ev.UserID)
	switch ev.Outcome {
	case event.OfferAccepted:
		return who + " accepted"
	case event.OfferMissed:
		return who + " did not answer in time; back in the queue with the same age"
	case event.OfferRejected:
		return who + " declined; back in the queue with the same age"
	case event.OfferWithdrawn:
		return "the offer to " + who + " was withdrawn: the customer left"
	}
	return "the phone of " + who + " could not be reached; back in the queue with the same age"
}

func (s *contactStory) connected(ev *event.AgentConnected) string {
	what := "connected with " + s.user(ev.UserID)
	if c := s.state().Contacts[s.id]; c != nil && !c.EnqueuedAt.IsZero() {
		what += " after " + seconds(ev.At.Sub(c.EnqueuedAt)) + " in the queue"
	}
	return what
}

func (s *contactStory) leg(ev *event.LegChanged) string {
	phone := "the customer's call"
	if !ev.UserID.IsZero() {
		phone = "the phone of " + s.user(ev.UserID)
	}
	return phone + " " + legWords(ev)
}

func legWords(ev *event.LegChanged) string {
	switch ev.State {
	case event.LegRequested:
		return "is being called"
	case event.LegRinging:
		return "rings"
	case event.LegAnswered:
		return "is answered"
	}
	return "is over: " + voice.Cause(ev.Cause).String()
}

// reasons are the disconnect reasons in plain words.
var reasons = map[event.DisconnectReason]string{
	event.CustomerDisconnect:    "the customer hung up",
	event.AgentDisconnect:       "the agent ended it",
	event.TelecomProblem:        "the connection was lost",
	event.ContactFlowDisconnect: "the flow ended it",
	event.APIDisconnect:         "it was ended through the API",
	event.Expired:               "its time was over",
	event.Other:                 "for another reason",
}

// after tells why a contact that just came into its queue stays there.
func (s *contactStory) after(rec *tandem.Record) (string, []string) {
	if !slices.ContainsFunc(rec.Events, s.cameToQueue) {
		return "", nil
	}
	c := s.state().Contacts[s.id]
	if c == nil || c.Phase != center.InQueue {
		return "", nil
	}
	candidates, err := s.center.ExplainOffer(s.id, rec.At)
	if err != nil {
		return "", nil
	}
	return "waits: nobody can take it now", s.others(candidates)
}

func (s *contactStory) cameToQueue(ev tandem.Event) bool {
	switch ev := ev.(type) {
	case *event.ContactQueued:
		return ev.ContactID == s.id
	case *event.OfferEnded:
		return ev.ContactID == s.id
	}
	return false
}
