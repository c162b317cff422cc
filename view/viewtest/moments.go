package viewtest

import (
	"fmt"
	"time"

	"tandem"
	"tandem/event"
)

// The things of the instance that [Setup] makes.
var (
	InstanceID  = tandem.NameID("viewtest", "instance")
	AvailableID = tandem.NameID("viewtest", "Available")
	OfflineID   = tandem.NameID("viewtest", "Offline")
	LunchID     = tandem.NameID("viewtest", "Lunch")
	QueueID     = tandem.NameID("viewtest", "BasicQueue")
	ProfileID   = tandem.NameID("viewtest", "Basic Routing Profile")
	FlowID      = tandem.NameID("viewtest", "Tasks")
)

// TaskFlow is the content of a flow that puts contacts in the queue.
var TaskFlow = tandem.Blob(`{"Version":"2019-10-30","StartAction":"queue","Actions":[
	{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"` + QueueID.String() + `"},
	 "Transitions":{"NextAction":"enter","Errors":[{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"enter","Type":"TransferContactToQueue","Parameters":{},
	 "Transitions":{"NextAction":"bye","Errors":[{"NextAction":"bye","ErrorType":"QueueAtCapacity"},{"NextAction":"bye","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"bye","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`)

// Start is when stories begin.
var Start = tandem.At(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))

// The personal data of stories, to be looked for after an erasure.
const (
	CustomerNumber = "+15550104477"
	OrderNumber    = "order-77120"
	TaskName       = "Call back about the broken kettle"
)

// Moment is what happened at one time.
type Moment struct {
	At     tandem.Time
	Events []tandem.Event
}

func moment(ms int64, events ...tandem.Event) Moment { return Moment{Start.Add(ms), events} }

// UserID is the id of the user with the name.
func UserID(username string) tandem.ID { return tandem.NameID("viewtest user", username) }

// Setup is a new instance with statuses, a queue, a routing profile, the flow
// [TaskFlow] and users.
func Setup(usernames ...string) Moment {
	at := Start.Add(-3_600_000)
	m := Moment{At: at, Events: []tandem.Event{
		&event.InstanceCreated{InstanceID: InstanceID, Alias: "example", Region: "eu-central-1", AccountID: "012345678901", CreatedAt: at},
		&event.AgentStatusSaved{StatusID: AvailableID, Name: "Available", Type: event.Routable, Enabled: true, ModifiedAt: at},
		&event.AgentStatusSaved{StatusID: OfflineID, Name: "Offline", Type: event.Offline, Enabled: true, ModifiedAt: at},
		&event.AgentStatusSaved{StatusID: LunchID, Name: "Lunch", Type: event.Custom, Enabled: true, ModifiedAt: at},
		&event.QueueSaved{QueueID: QueueID, Name: "BasicQueue", MaxContacts: -1, Enabled: true, ModifiedAt: at},
		&event.RoutingProfileSaved{ProfileID: ProfileID, Name: "Basic Routing Profile", DefaultOutboundQueueID: QueueID,
			Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}, {Channel: event.Task, Maximum: 3}},
			Entries: []event.RoutingEntry{
				{QueueID: QueueID, Channel: event.Voice, Priority: 1}, {QueueID: QueueID, Channel: event.Task, Priority: 2}},
			ModifiedAt: at},
	}}
	m.Events = append(m.Events, &event.FlowSaved{FlowID: FlowID, InstanceID: InstanceID, Name: "Tasks", Type: "CONTACT_FLOW",
		Published: true, Version: 1, Content: TaskFlow, ModifiedAt: at})
	for _, name := range usernames {
		m.Events = append(m.Events, User(name, at))
	}
	return m
}

// User is a user with a desk phone.
func User(username string, at tandem.Time) *event.UserSaved {
	return &event.UserSaved{
		UserID: UserID(username), Username: tandem.Personal(username),
		FirstName: tandem.Personal("First-" + username), LastName: tandem.Personal("Last-" + username),
		PhoneType: event.DeskPhone, DeskPhoneNumber: "+15550100001", AfterContactWorkSeconds: 60,
		RoutingProfileID: ProfileID, ModifiedAt: at,
	}
}

// ContactID is the id of a story's contact.
func ContactID(n int) tandem.ID { return tandem.NameID("viewtest contact", fmt.Sprint(n)) }

// LogIn makes an agent available, some milliseconds into the story.
func LogIn(username string, ms int64) Moment {
	return moment(ms, &event.AgentStatusChanged{UserID: UserID(username), StatusID: AvailableID, At: Start.Add(ms)})
}

// LogOut takes an agent offline.
func LogOut(username string, ms int64) Moment {
	return moment(ms, &event.AgentStatusChanged{UserID: UserID(username), StatusID: OfflineID, At: Start.Add(ms)})
}

// Arrive is a call that arrives and is answered by the system 0.2 s later.
func Arrive(c tandem.ID, ms int64) []Moment {
	return []Moment{
		moment(ms, &event.ContactInitiated{ContactID: c, InitialContactID: c, Channel: event.Voice, Method: event.Inbound, At: Start.Add(ms),
			CustomerAddress: CustomerNumber, SystemAddress: "+15550100000", CustomerLeg: c.Derive(9)}),
		moment(ms+200, &event.ContactConnectedToSystem{ContactID: c, At: Start.Add(ms + 200)},
			&event.ContactAttributesSet{ContactID: c, InitialContactID: c, Attributes: tandem.PersonalMap{"Order": OrderNumber}}),
	}
}

// Enqueue puts a contact in the queue.
func Enqueue(c tandem.ID, ms int64) Moment {
	return moment(ms, &event.TargetQueueSet{ContactID: c, QueueID: QueueID},
		&event.ContactQueued{ContactID: c, QueueID: QueueID, Priority: 5, At: Start.Add(ms)})
}

// Offer offers a queued contact to an agent.
func Offer(c tandem.ID, username string, ms int64) Moment {
	return moment(ms, &event.OfferMade{ContactID: c, UserID: UserID(username), OfferID: c.Derive(uint64(ms)), QueueID: QueueID,
		Deadline: Start.Add(ms + tandem.RingMillis), AvailableSince: Start, ProfilePriority: 1})
}

// EndOffer ends the offer made at offeredMs.
func EndOffer(c tandem.ID, username string, offeredMs, ms int64, outcome event.OfferOutcome) *event.OfferEnded {
	return &event.OfferEnded{ContactID: c, UserID: UserID(username), OfferID: c.Derive(uint64(offeredMs)), Outcome: outcome, At: Start.Add(ms)}
}

// Connect connects agent and customer.
func Connect(c tandem.ID, username string, offeredMs, ms int64) Moment {
	return moment(ms, EndOffer(c, username, offeredMs, ms, event.OfferAccepted),
		&event.AgentConnected{ContactID: c, UserID: UserID(username), At: Start.Add(ms)})
}

// HangUp ends a connected contact and begins the wrap-up.
func HangUp(c tandem.ID, username string, ms int64, reason event.DisconnectReason) Moment {
	return moment(ms, &event.ContactDisconnected{ContactID: c, At: Start.Add(ms), Reason: reason},
		&event.AfterContactWorkStarted{ContactID: c, UserID: UserID(username), At: Start.Add(ms), Deadline: Start.Add(ms + 60_000)})
}

// Clear ends the wrap-up, and with it the contact.
func Clear(c tandem.ID, username string, ms int64) Moment {
	return moment(ms, &event.ContactCleared{ContactID: c, UserID: UserID(username), At: Start.Add(ms)},
		&event.ContactEnded{ContactID: c, At: Start.Add(ms)})
}

// Abandon ends a contact that no agent has.
func Abandon(c tandem.ID, ms int64, reason event.DisconnectReason) Moment {
	return moment(ms, &event.ContactDisconnected{ContactID: c, At: Start.Add(ms), Reason: reason},
		&event.ContactEnded{ContactID: c, At: Start.Add(ms)})
}

// Answered is a call from its arrival to the end of the wrap-up: it arrives at
// ms, waits from 5 s, rings from 7 s, talks from 10.5 s to 100.9 s and wraps up
// until 130 s. The agent hangs up.
func Answered(c tandem.ID, username string, ms int64) []Moment {
	return append(Arrive(c, ms),
		Enqueue(c, ms+5_000), Offer(c, username, ms+7_000), Connect(c, username, ms+7_000, ms+10_500),
		HangUp(c, username, ms+100_900, event.AgentDisconnect), Clear(c, username, ms+130_000))
}

// Task is a task that an agent accepts and ends.
func Task(c tandem.ID, username string, ms int64) []Moment {
	return []Moment{
		moment(ms, &event.ContactInitiated{ContactID: c, InitialContactID: c, Channel: event.Task, Method: event.API, At: Start.Add(ms),
			Name: TaskName, Description: "It leaks.", Attributes: tandem.PersonalMap{"Order": OrderNumber}},
			&event.ContactConnectedToSystem{ContactID: c, At: Start.Add(ms)}),
		Enqueue(c, ms+1_000), Offer(c, username, ms+2_000), Connect(c, username, ms+2_000, ms+4_000),
		HangUp(c, username, ms+64_000, event.AgentDisconnect), Clear(c, username, ms+70_000),
	}
}
