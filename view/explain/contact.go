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
	if saved, ok := ev.(*event.SettingsSaved); ok && s.present() {
		return "the settings of the instance changed", s.settings(saved)
	}
	if !isAbout(ev, s.id) {
		return "", nil
	}
	switch ev := ev.(type) {
	case *event.OfferMade:
		return s.offered(rec, ev)
	case *event.ContactDisconnected:
		return s.disconnected(ev)
	}
	for _, tell := range []func(tandem.Event) string{s.journey, s.wait, s.party, s.flow, s.asked, s.set} {
		if what := tell(ev); what != "" {
			return what, nil
		}
	}
	return "", nil
}

// contact is the story's contact as it is just before the event; nil before it
// begins and once it is forgotten.
func (s *contactStory) contact() *center.Contact { return s.state().Contacts[s.id] }

// present reports whether the contact has begun and not ended.
func (s *contactStory) present() bool {
	c := s.contact()
	return c != nil && c.Phase != center.Ended
}

func (s *contactStory) erasure(ev tandem.Event) string {
	e, ok := ev.(*event.SubjectErased)
	if ok && !s.initial.IsZero() && (e.Subject == s.initial || slices.Contains(e.Contacts, s.id)) {
		return "everything personal about the contact was erased"
	}
	return ""
}

// journey tells of the contact's way to an agent and to its end.
func (s *contactStory) journey(ev tandem.Event) string {
	switch ev := ev.(type) {
	case *event.ContactInitiated:
		if ev.ContactID != s.id {
			return s.followed(ev)
		}
		return s.initiated(ev)
	case *event.ContactConnectedToSystem:
		if c := s.contact(); c != nil && customerCalled(c) {
			return "the customer has answered"
		}
		return "connected to the system"
	case *event.OfferEnded:
		return s.offerEnded(ev)
	case *event.AgentConnected:
		return s.connected(ev)
	case *event.AfterContactWorkStarted:
		return s.user(ev.UserID) + " is in After Contact Work" + until(ev.Deadline)
	case *event.ContactCleared:
		return s.user(ev.UserID) + " no longer has the contact"
	case *event.ContactReturned:
		return s.user(ev.UserID) + " went Offline; it goes back to its queue"
	case *event.ContactPaused:
		return s.paused(ev)
	case *event.ContactEnded:
		return "ended; its contact record is complete"
	case *event.ContactForgotten:
		return "left memory; what stays is in the journal and the contact record"
	case *event.RecordingFinished:
		return fmt.Sprintf("the recording of %s is stored", seconds(ev.StoppedAt.Sub(ev.StartedAt)))
	case *event.CallRefused:
		return fmt.Sprintf("the call to %s was turned away before it became a contact: %s", ev.SystemAddress, voice.Cause(ev.Cause))
	}
	return ""
}

func (s *contactStory) initiated(ev *event.ContactInitiated) string {
	s.initial = ev.InitialContactID
	what := fmt.Sprintf("a %s contact began (%s)", ev.Channel, ev.Method)
	switch {
	case !ev.MonitoredID.IsZero():
		what += fmt.Sprintf(": %s is to listen to contact %s", s.user(ev.UserID), ev.MonitoredID)
	case !ev.UserID.IsZero():
		what += ": " + s.user(ev.UserID) + " calls a customer"
	case !ev.TargetUserID.IsZero():
		what += ", for " + s.user(ev.TargetUserID) + " alone"
	}
	if ev.SystemAddress != "" && ev.Method == event.Inbound {
		what += " at " + ev.SystemAddress
	}
	if !ev.PreviousID.IsZero() && ev.MonitoredID.IsZero() {
		what += ", following contact " + ev.PreviousID.String()
	}
	return what
}

// followed tells that another contact begins from this one.
func (s *contactStory) followed(ev *event.ContactInitiated) string {
	name := "contact " + ev.ContactID.String()
	switch ev.Method {
	case event.Monitor:
		return s.user(ev.UserID) + " is to listen, as " + name
	case event.ExternalOutbound:
		return "somebody outside is called, as " + name
	case event.Callback:
		return "a callback is planned, as " + name
	case event.Transfer:
		return "a transfer begins, as " + name
	}
	return fmt.Sprintf("%s follows it (%s)", name, ev.Method)
}

func (s *contactStory) offerEnded(ev *event.OfferEnded) string {
	who, back := s.user(ev.UserID), "; back in the queue with the same age"
	if c := s.contact(); c != nil && c.QueueID.IsZero() {
		back = "; it was for nobody else"
	}
	switch ev.Outcome {
	case event.OfferAccepted:
		return who + " accepted"
	case event.OfferMissed:
		return who + " did not answer in time" + back
	case event.OfferRejected:
		return who + " declined" + back
	case event.OfferWithdrawn:
		return "the offer to " + who + " was withdrawn: the customer left"
	}
	return "the phone of " + who + " could not be reached" + back
}

func (s *contactStory) connected(ev *event.AgentConnected) string {
	c := s.contact()
	switch {
	case c != nil && c.Method == event.Monitor:
		return s.user(ev.UserID) + " listens"
	case c != nil && !c.EnqueuedAt.IsZero() && (c.Callback == nil || c.Callback.Planned.CustomerFirst):
		return "connected with " + s.user(ev.UserID) + " after " + seconds(ev.At.Sub(c.EnqueuedAt)) + " in the queue"
	}
	return "connected with " + s.user(ev.UserID)
}

func (s *contactStory) paused(ev *event.ContactPaused) string {
	who := "the agent"
	if c := s.contact(); c != nil {
		who = s.user(c.UserID)
	}
	if ev.Paused {
		return who + " put it aside"
	}
	return who + " took it up again"
}

// disconnected tells who ended the contact, and of one that was for a single
// agent why that agent did not get it.
func (s *contactStory) disconnected(ev *event.ContactDisconnected) (string, []string) {
	c := s.contact()
	if c == nil {
		return "disconnected: " + reasons[ev.Reason], nil
	}
	if ev.Reason == event.Other && !c.NextID.IsZero() {
		return "done with: it goes on as contact " + c.NextID.String(), nil
	}
	what := "disconnected: " + reasonWords(c, ev.Reason)
	if c.TargetUserID.IsZero() || c.Phase != center.InFlow || ev.Reason != event.ContactFlowDisconnect {
		return what, nil
	}
	if a := s.state().Agents[c.TargetUserID]; a != nil {
		return what, []string{fmt.Sprintf("it was for %s alone, who cannot take it (%s)", s.user(c.TargetUserID), s.situation(a))}
	}
	return what, []string{"it was for an agent who no longer exists"}
}

// reasonWords tells why a contact ends.
func reasonWords(c *center.Contact, reason event.DisconnectReason) string {
	lost := reason == event.CustomerDisconnect || reason == event.TelecomProblem
	switch {
	case lost && c.ConnectedToSystemAt.IsZero() && customerCalled(c):
		return "the customer could not be reached"
	case reason == event.Other && c.Method == event.Monitor:
		return "the call that was listened to is over"
	}
	return reasons[reason]
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
	event.ThirdPartyDisconnect:  "the party outside hung up",
	event.Barged:                "a supervisor took it over",
}
