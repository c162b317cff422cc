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
	// kind's default: Master for Zendesk. The answer is its tandem.ID.
	SaveSystem struct {
		System event.SystemSaved
		New    bool
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
		Reason   string      // the system's own word for why, "" where it tells none
		At       tandem.Time // when it came to show it, by the system's clock; 0 if unknown
		LookedAt tandem.Time // poll or read: when the request was sent, by our clock; 0 for a webhook
	}
	// FinishWrite tells what became of a write. A write that is not under way
	// (any more) is ignored. WriteRetry means surely not done; with Again nothing
	// is sure, and it counts as WriteUnknown, which is answered by a Read.
	FinishWrite struct{ Ended event.StatusWriteEnded }
	// ReleaseLeg lets an administrator start a frozen or degraded leg again.
	ReleaseLeg struct{ UserID, SystemID tandem.ID }
)

// Write is the effect that asks a connector to show a status. The connector
// answers each with one FinishWrite, by a deadline of its own.
//
// A connector may look first, and with Again it must: the write may have been
// sent before a restart. Where the system's revision is no longer Version it
// does not write but reports what it saw as Observe and finishes the write: as
// WriteDone if the system shows Remote, else as WriteRetry. The answer carries
// Again too, whatever its outcome.
type Write struct {
	System   event.SystemSaved
	UserID   tandem.ID
	RemoteID string
	WriteID  tandem.ID
	Remote   string
	Intent   uint64
	Version  uint64 // the system's revision that the write rests on
	Again    bool
}

// EffectName implements tandem.Effect.
func (Write) EffectName() string { return "presence.Write" }

// Read is the effect that asks a connector to look at an agent's status and
// report it as Observe with LookedAt: for a new link, after a write with no
// answer, and after a start. The connector tries again until it could look.
type Read struct {
	System   event.SystemSaved
	UserID   tandem.ID
	RemoteID string
}

// EffectName implements tandem.Effect.
func (Read) EffectName() string { return "presence.Read" }

// CenterWrite is the wish that the center's own leg shows a status. The
// instance turns it into the center's command.
type CenterWrite struct{ UserID, StatusID tandem.ID }
