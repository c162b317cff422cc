package center

import (
	"tandem"
	"tandem/event"
	"tandem/voice"
)

// The commands of the center. Configuration commands carry the thing whole as
// it shall be; New says that it must not exist yet, else it must. The answer
// of a command that creates something is its tandem.ID.
type (
	// CreateInstance begins an instance with its first statuses, hours, queue,
	// routing profile, security profiles and flows.
	CreateInstance struct {
		Instance event.InstanceCreated
		Flows    []event.FlowSaved // the first flows, published; placeholders resolved
		Defaults Defaults
	}

	// SaveUser creates or changes a user.
	SaveUser struct {
		User event.UserSaved
		New  bool
	}
	// DeleteUser ends a user, who must be offline and without contacts.
	DeleteUser struct{ UserID tandem.ID }
	// SaveAgentStatus creates or changes a status. Custom statuses only; of
	// Available and Offline only description and order can change.
	SaveAgentStatus struct {
		Status event.AgentStatusSaved
		New    bool
	}
	// SaveQueue creates or changes a standard queue.
	SaveQueue struct {
		Queue event.QueueSaved
		New   bool
	}
	// DeleteQueue ends a queue that nothing refers to and no contact waits in.
	DeleteQueue struct{ QueueID tandem.ID }
	// SaveHours creates or changes hours of operation.
	SaveHours struct {
		Hours event.HoursSaved
		New   bool
	}
	// DeleteHours ends hours of operation that no queue uses.
	DeleteHours struct{ HoursID tandem.ID }
	// SaveRoutingProfile creates or changes a routing profile.
	SaveRoutingProfile struct {
		Profile event.RoutingProfileSaved
		New     bool
	}
	// DeleteRoutingProfile ends a routing profile that no user has.
	DeleteRoutingProfile struct{ ProfileID tandem.ID }
	// SaveFlow creates or changes a contact flow. With Flow.Published its
	// content must be valid; a [*FlowProblems] error lists what is not.
	SaveFlow struct {
		Flow event.FlowSaved
		New  bool
	}
	// DeleteFlow ends a contact flow that no number starts.
	DeleteFlow struct{ FlowID tandem.ID }
	// AssociateNumber says which flow a number of this instance starts.
	AssociateNumber struct {
		NumberID tandem.ID
		Number   string
		FlowID   tandem.ID
	}

	// PutUserStatus sets an agent's status, or the next one while the agent
	// has contacts. Any status but Offline logs in, Offline logs out. Only a
	// custom status or Offline can be a next status; Available takes it back.
	PutUserStatus struct{ UserID, StatusID tandem.ID }
	// DismissUserContact clears a contact that is missed or in wrap-up.
	DismissUserContact struct{ UserID, ContactID tandem.ID }
	// AcceptContact takes an offered contact. A voice contact is accepted by
	// lifting the phone.
	AcceptContact struct{ UserID, ContactID tandem.ID }
	// RejectContact declines an offered contact.
	RejectContact struct{ UserID, ContactID tandem.ID }

	// StartTask begins a task contact. The same ClientToken gives the same
	// contact. The answer is the contact's id.
	StartTask struct {
		FlowID      tandem.ID
		PreviousID  tandem.ID
		Name        tandem.Personal
		Description tandem.Personal
		Attributes  tandem.PersonalMap
		References  tandem.PersonalMap
		ClientToken string
	}
	// StopContact ends a contact.
	StopContact struct{ ContactID tandem.ID }
	// UpdateContactAttributes sets attributes; others stay.
	UpdateContactAttributes struct {
		ContactID  tandem.ID
		Attributes tandem.PersonalMap
	}
	// TakeVoiceReport takes a report of the media process.
	TakeVoiceReport struct{ Report voice.Report }
	// EraseSubject erases a contact chain or a deleted user. The engine deletes
	// the key once the event is durable.
	EraseSubject struct{ Subject tandem.ID }
)

// Defaults are the ids of what a new instance has, which its creator chooses.
type Defaults struct {
	AvailableID, OfflineID tandem.ID
	HoursID, QueueID       tandem.ID
	RoutingProfileID       tandem.ID
	AdminID, AgentID       tandem.ID // security profiles
	ManagerID, AnalystID   tandem.ID
	InboundFlowID          tandem.ID
	CustomerQueueFlowID    tandem.ID
	TimeZone               string // of Basic Hours
}
