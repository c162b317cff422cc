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
	// DeleteUser ends a user. One who has contacts takes no more, finishes them,
	// and is deleted when the last is cleared.
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
	// AssociateNumber makes a number known to this instance, where it may be a
	// caller id, and says which flow it starts; or it gives the number up.
	AssociateNumber struct {
		NumberID tandem.ID
		Number   string    // E.164; may be left out for a number that is known
		FlowID   tandem.ID // zero: the number is kept and starts no flow
		Release  bool      // the number is gone; refused while a queue shows it as its caller id
	}

	// SaveQuickConnect creates or changes a quick connect.
	SaveQuickConnect struct {
		QuickConnect event.QuickConnectSaved
		New          bool
	}
	// DeleteQuickConnect ends a quick connect; queues forget it.
	DeleteQuickConnect struct{ QuickConnectID tandem.ID }
	// SaveHierarchyGroup creates or changes a group of the agent hierarchy.
	SaveHierarchyGroup struct {
		Group event.HierarchyGroupSaved
		New   bool
	}
	// DeleteHierarchyGroup ends a group that has neither groups nor users.
	DeleteHierarchyGroup struct{ GroupID tandem.ID }
	// SaveSettings changes the settings of the instance.
	SaveSettings struct{ Settings event.SettingsSaved }

	// SetAgentConnection tells that the agent's panel is connected, or that its
	// last page is gone, and whether it takes calls in the browser.
	SetAgentConnection struct {
		UserID    tandem.ID
		Connected bool
		Softphone bool
	}
	// PutUserStatus sets an agent's status, or the next one while the agent
	// has contacts. Any status but Offline logs in, Offline logs out. Available
	// takes a next status back; it is one only for an agent who is not available
	// now.
	PutUserStatus struct{ UserID, StatusID tandem.ID }
	// DismissUserContact clears a contact that is missed or in wrap-up.
	DismissUserContact struct{ UserID, ContactID tandem.ID }
	// AcceptContact takes an offered contact. At a desk phone a call is accepted
	// by lifting it instead.
	AcceptContact struct{ UserID, ContactID tandem.ID }
	// RejectContact declines an offered contact.
	RejectContact struct{ UserID, ContactID tandem.ID }

	// StartTask begins a task contact, in a flow or at a quick connect. The same
	// ClientToken gives the same contact. The answer is the contact's id.
	StartTask struct {
		FlowID      tandem.ID
		PreviousID  tandem.ID
		Name        tandem.Personal
		Description tandem.Personal
		Attributes  tandem.PersonalMap
		References  tandem.PersonalMap
		ClientToken string
		ScheduledAt tandem.Time // it begins then, at most 6 days ahead; 0: now
		RelatedID   tandem.ID
		// QuickConnectID, without a FlowID: of a user or a queue; its flow begins.
		QuickConnectID tandem.ID
	}
	// StartChat begins a chat contact. The same ClientToken gives the same
	// contact. The answer is the contact's id.
	StartChat struct {
		FlowID       tandem.ID
		RelatedID    tandem.ID
		CustomerName tandem.Personal
		Attributes   tandem.PersonalMap
		ClientToken  string
	}
	// StartOutboundCall lets an agent call a number, whatever the agent's status.
	// The agent's phone rings first. The answer is the contact's id.
	StartOutboundCall struct {
		UserID     tandem.ID
		Number     tandem.Personal // E.164
		QueueID    tandem.ID       // whose caller id is shown; zero: the routing profile's default outbound queue
		RelatedID  tandem.ID
		Attributes tandem.PersonalMap
	}
	// StartOutboundContact calls a customer and runs a flow when the call is
	// answered. The same ClientToken gives the same contact. The answer is the
	// contact's id.
	StartOutboundContact struct {
		Number       tandem.Personal // E.164
		SourceNumber string          // the caller id, a number of the instance; empty: the queue's
		QueueID      tandem.ID
		FlowID       tandem.ID
		RelatedID    tandem.ID
		Attributes   tandem.PersonalMap
		RingSeconds  int64 // 0: 60
		ClientToken  string
	}
	// StopContact ends a contact.
	StopContact struct{ ContactID tandem.ID }
	// LeaveContact ends a chat for its customer, who left.
	LeaveContact struct{ ContactID tandem.ID }

	// HoldLeg puts a party of the agent's call on hold, or takes it off.
	HoldLeg struct {
		UserID, ContactID, LegID tandem.ID
		Held                     bool
	}
	// MuteLeg silences a party of the agent's call, or lets it be heard again.
	MuteLeg struct {
		UserID, ContactID, LegID tandem.ID
		Muted                    bool
	}
	// SwapLegs takes the parties that are on hold off it, and holds the others.
	SwapLegs struct{ UserID, ContactID tandem.ID }
	// JoinLegs takes every party off hold: all hear each other.
	JoinLegs struct{ UserID, ContactID tandem.ID }
	// HoldAllLegs puts every party but the agent on hold.
	HoldAllLegs struct{ UserID, ContactID tandem.ID }
	// DropLeg takes a party out of the agent's call, or with the id that AddParty
	// answered a transfer that nobody has joined yet. Dropping the own leg, or the
	// zero one, leaves the call: others in it go on, a customer who is left alone
	// comes to the disconnect flow or is hung up. A chat or task ends.
	DropLeg struct{ UserID, ContactID, LegID tandem.ID }
	// AddParty calls a quick connect, or a number, from the agent's call. The
	// customer is put on hold. At most six parties talk in a call. The answer is
	// the id of the new contact.
	AddParty struct {
		UserID, ContactID tandem.ID
		QuickConnectID    tandem.ID
		Number            tandem.Personal // E.164, without a quick connect
	}
	// TransferContact hands a chat or task to an agent or a queue, by a transfer
	// flow. The same ClientToken gives the same contact. The answer is the id of
	// the new contact.
	TransferContact struct {
		ContactID   tandem.ID
		UserID      tandem.ID // to this agent, or
		QueueID     tandem.ID // to this queue
		FlowID      tandem.ID
		ClientToken string
	}
	// PauseContact puts a task aside, and takes it up again: the agent may be
	// offered another meanwhile.
	PauseContact struct {
		UserID, ContactID tandem.ID
		Paused            bool
	}
	// UpdateContactRouting changes the priority of a contact, or by how much it
	// counts as older.
	UpdateContactRouting struct {
		ContactID         tandem.ID
		Priority          int64 // 0: unchanged
		AdjustmentSeconds int64
		Adjusts           bool
	}
	// SetContactRecording starts, stops, suspends or resumes the recording of a
	// call with an agent.
	SetContactRecording struct {
		ContactID tandem.ID
		Recording RecordingAction
	}
	// MonitorContact lets a supervisor listen to an agent's call: the
	// supervisor's phone rings. The answer is the id of the new contact.
	MonitorContact struct {
		UserID, ContactID tandem.ID
		Barged            bool
	}
	// SetMonitorMode lets a supervisor who listens talk too, or only listen.
	SetMonitorMode struct {
		UserID, ContactID tandem.ID
		Barged            bool
	}
	// UpdateContactAttributes sets attributes; others stay.
	UpdateContactAttributes struct {
		ContactID  tandem.ID
		Attributes tandem.PersonalMap
	}
	// FunctionReturned tells what a function answered. One that nobody waits for
	// any more is ignored.
	FunctionReturned struct {
		ContactID, InvocationID tandem.ID
		Result                  tandem.Personal // a JSON object
		Failure                 string          // empty: it answered; else what failed, for the flow log
	}
	// BotAnswered tells what a bot answered, in the shape of Lex V2 (Amazon Lex
	// API: RecognizeText, response). A turn that nobody waits for any more is
	// ignored.
	BotAnswered struct {
		ContactID, TurnID tandem.ID
		Answer            tandem.Personal // a JSON object
		Failure           string
	}
	// AnswerView tells what the participant did in the view that is shown.
	AnswerView struct {
		ContactID, ShownID tandem.ID
		Action             string
		Result             tandem.Personal // a JSON object
	}
	// SendMessage adds a message to a chat. The answer is its id.
	SendMessage struct {
		ContactID   tandem.ID
		Role        event.MessageRole
		UserID      tandem.ID // of an agent
		ContentType string
		Content     tandem.Personal
		ClientToken string
	}
	// CustomerReturned tells that the customer of a chat came back.
	CustomerReturned struct{ ContactID tandem.ID }
	// AssociateFunction lets flows invoke a function, or no longer.
	AssociateFunction struct {
		FunctionARN string
		Gone        bool
	}
	// AssociateBot lets flows use a bot, or no longer.
	AssociateBot struct {
		Bot  string
		Gone bool
	}
	// SaveSecurityKey adds a key for encrypted input, or removes it. At most two
	// are active.
	SaveSecurityKey struct{ Key event.SecurityKeySaved }
	// SaveModulePointer makes or removes a version or an alias of a module.
	SaveModulePointer struct{ Pointer event.ModulePointerSaved }

	// TakeVoiceReport takes a report of the media process.
	TakeVoiceReport struct{ Report voice.Report }
	// EraseSubject erases a contact chain or a deleted user. The engine deletes
	// the key once the event is durable.
	EraseSubject struct{ Subject tandem.ID }
)

// RecordingAction is what shall become of a recording.
type RecordingAction uint8

// The actions (Amazon Connect API: StartContactRecording, StopContactRecording,
// SuspendContactRecording, ResumeContactRecording).
const (
	StartRecording RecordingAction = iota + 1
	StopRecording
	SuspendRecording
	ResumeRecording
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
