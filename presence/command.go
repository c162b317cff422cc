package presence

import (
	"tandem"
	"tandem/event"
)

// The commands of presence.
type (
	// SaveSystem creates or changes a connected system. The mapping is checked:
	// each remote status at most once, one preferred row per center status,
	// Online and Offline only to Available and Offline for Zendesk, the focus
	// status eligible and mapped to Available or not at all. Policy 0 is the
	// kind's default: Master for Zendesk, else LastActionWins. The answer is its
	// tandem.ID.
	SaveSystem struct {
		System    event.SystemSaved
		New       bool
		NewSecret bool // its client secret is replaced too
	}
	// DeleteSystem ends a system.
	DeleteSystem struct{ SystemID tandem.ID }
	// LinkAgent says who a user is in a system. Within the system a RemoteID
	// belongs to one user.
	LinkAgent struct {
		UserID   tandem.ID
		SystemID tandem.ID
		RemoteID string
	}
	// UnlinkAgent takes a link back.
	UnlinkAgent struct{ UserID, SystemID tandem.ID }
	// SetRemoteStatuses tells which statuses a system offers. Focus mode is
	// switched off, with a notice, when its status is no longer fit for it.
	SetRemoteStatuses struct {
		SystemID tandem.ID
		Statuses []event.RemoteStatus
	}
	// Observe tells what a system shows for an agent, seen by a webhook, a
	// poll, or a read after a write. What carries nothing new leaves no record.
	Observe struct {
		SystemID tandem.ID
		RemoteID string
		Remote   string
		Version  uint64      // the system's own revision; 0 where it has none
		Reason   string      // the system's own word for why, or one of the Reason constants; "" where it tells none
		At       tandem.Time // when it came to show it, by the system's clock, put right by what is known of that clock; 0 if unknown
		LookedAt tandem.Time // poll or read: when the request was sent, by our clock; 0 for a webhook
		PageID   string      // the page in the agent's browser that tells it; "" for the server. Only the page that speaks counts
		Sequence uint64      // of the page's messages, growing; one that was taken before has no effect
	}
	// ObserveCapacity tells how much work a system counts for an agent. Available
	// with work is partial capacity, with no room for more at capacity; where the
	// system saves a status of the center for that band, an available agent is
	// shown in it in the center (Kustomer help: map custom statuses for
	// capacity), and rules on the workload are tried. What is older or carries
	// nothing new leaves no record.
	ObserveCapacity struct {
		SystemID      tandem.ID
		RemoteID      string
		Used          uint32 // in the system's units; more than Max counts as Max for the band
		Max           uint32 // the configured capacity; 0: the system knows none
		Previous      uint32 // Used before, where the system tells (TellsPrevious); else what was known counts
		TellsPrevious bool
		Version       uint64      // the system's own revision; 0 where it has none
		At            tandem.Time // by the system's clock; 0 if unknown
	}
	// ObserveWork tells what an agent does in another contact center, such as
	// Amazon Connect: whether they hold a contact, which covers their status, and
	// the system status that it shows. A system status is never reported by
	// Observe: that tells the status that the agent is in, or will be in next.
	ObserveWork struct {
		SystemID  tandem.ID
		RemoteID  string
		State     string // PendingBusy, Busy, AfterCallWork, MissedCallAgent and so on; "" when the agent is in a status of their own
		OnContact bool   // from ringing until the contact is cleared
		At        tandem.Time
	}
	// ObserveWorkAccepted tells that an agent accepted work. The same WorkID
	// again has no effect.
	ObserveWorkAccepted struct {
		SystemID tandem.ID
		RemoteID string
		WorkID   string
		Channel  string // the service channel's DeveloperName; "" if it could not be found
		At       tandem.Time
	}
	// AttachPage tells that a page in the agent's browser is there for a system.
	// Of several pages the first that can speak is written through and believed;
	// when it leaves the next one is, and is read first. The answer is a bool:
	// whether this page speaks. A page that is attached already changes nothing.
	AttachPage struct {
		SystemID tandem.ID
		RemoteID string
		PageID   string // one load of a page, at most 100 characters
		Profile  string // the name of the agent's profile in the system, for the policy at a session's end
		Mute     bool   // it cannot set a status, such as a page outside of a console
	}
	// LeavePage tells that a page was closed, or was not heard of for longer than
	// its grace. The status changes only if no page comes back in time, and only
	// if the policy at a session's end says so.
	LeavePage struct {
		SystemID tandem.ID
		RemoteID string
		PageID   string
	}
	// SaveRules replaces the presence rules of a system, in the order in which
	// they are tried, and the policy at a session's end. It refuses what can never
	// be carried out; the answer is a []rule.Finding with what else is wrong. Rules
	// act on what happens from then on only. A rule without id gets one. Status 0
	// of the policy is the center's offline status, initial status 0 the one to be
	// routed contacts in.
	SaveRules struct {
		SystemID   tandem.ID
		Enabled    bool
		Rules      []event.PresenceRule
		SessionEnd event.SessionEndPolicy
	}
	// FinishWrite tells what became of a write. A write that is not under way
	// (any more) is ignored. WriteRetry means surely not done; with Again nothing
	// is sure, and it counts as WriteUnknown, which is answered by a Read.
	FinishWrite struct{ Ended event.StatusWriteEnded }
	// SeeNotice says that somebody has seen a notice; with Through, all that were
	// raised before it too.
	SeeNotice struct {
		NoticeID tandem.ID
		Through  bool
	}
	// NoteSecret tells that a system's client secret was replaced.
	NoteSecret struct{ SystemID tandem.ID }
	// ReleaseLeg lets an administrator start a frozen or degraded leg again.
	ReleaseLeg struct{ UserID, SystemID tandem.ID }

	// CreateInstance begins an instance without a contact center of its own. The
	// Amazon Connect instance that is connected to it stands in for the center:
	// its statuses are the ones that other systems are mapped to, its users are
	// the agents. The answer is the instance's id.
	CreateInstance struct{ Instance event.InstanceCreated }
	// SaveAgent takes a user of that Amazon Connect instance as an agent, new or
	// with another name or address. The answer is the user's tandem.ID.
	SaveAgent struct {
		RemoteID string // the user's id in Amazon Connect
		Name     string
		Email    string // by which the agent is found in other systems
	}
	// DropAgent forgets an agent who is no longer a user of Amazon Connect.
	DropAgent struct{ UserID tandem.ID }
)

// Write is the effect that asks a connector to show a status. The connector
// answers each with one FinishWrite, by a deadline of its own.
//
// A connector may look first, and with Again it must: the write may have been
// sent before a restart. Where the system's revision is no longer Version, or
// where it has none and shows something else than Shown, it does not write but
// reports what it saw as Observe and finishes the write: as WriteDone if the
// system shows Remote, else as WriteRetry. The answer carries Again too, whatever
// its outcome. Looking first, where it is cheap, keeps a write from covering an
// act that nobody has told of yet.
type Write struct {
	System   event.SystemSaved
	UserID   tandem.ID
	RemoteID string
	WriteID  tandem.ID
	Remote   string
	Intent   uint64
	Version  uint64 // the system's revision when the write was requested; 0 where it has none
	Again    bool
	Shown    string // what the system was known to show then
	PageID   string // the page that speaks for the agent; "" where there is none

	// Availability is how available the write makes the agent. Where a rate limit
	// makes writes wait, the least available go first.
	Availability Availability
}

// Availability is how available a status makes an agent: 0 offline, 1 away, 2
// available.
type Availability uint8

// EffectName implements tandem.Effect.
func (Write) EffectName() string { return "presence.Write" }

// Read is the effect that asks a connector to look at an agent's status and
// report it as Observe with LookedAt: for a new link, after a write with no
// answer, and after a start. The connector tries again until it could look.
type Read struct {
	System   event.SystemSaved
	UserID   tandem.ID
	RemoteID string
	PageID   string // the page that speaks for the agent; "" where there is none
}

// EffectName implements tandem.Effect.
func (Read) EffectName() string { return "presence.Read" }

// CenterWrite is the wish that the center's own leg shows a status. The
// instance turns it into the center's command.
type CenterWrite struct{ UserID, StatusID tandem.ID }
