package presence

import (
	"slices"

	"tandem"
	"tandem/event"
)

// State is all that presence remembers.
//
//wire:state
type State struct {
	Center   tandem.ID // the id of the center's own leg: the instance; zero where there is no center
	Systems  map[tandem.ID]*System
	Agents   map[tandem.ID]*Agent
	Statuses map[tandem.ID]*event.AgentStatusSaved // of the center
	Borrowed *Borrowed                             // nil where there is a center
}

// Borrowed is what an instance without a center has in its place: the Amazon
// Connect instance whose statuses and users it works with.
//
//wire:state
type Borrowed struct {
	Home     tandem.ID // the system; zero until one is connected
	Unlinked []Unlinked
}

// Unlinked is a link that was taken back by hand, and is not to come back by
// itself.
//
//wire:state
type Unlinked struct{ UserID, SystemID tandem.ID }

// System is a connected system.
//
//wire:state
type System struct {
	Saved    event.SystemSaved
	Statuses []event.RemoteStatus // as last listed; empty before the first time
	Rules    event.PresenceRulesSaved
}

// Agent is a user with the legs of its status. Presence keeps silent about
// users who are linked to no system.
//
//wire:state
type Agent struct {
	UserID    tandem.ID
	Status    tandem.ID   // in the center
	Next      tandem.ID   // in the center, when the last contact is cleared
	StatusAt  tandem.Time // when Status or Next was last chosen; 0 for never
	Contacts  []tandem.ID // from ringing until cleared
	Intent    event.IntentChanged
	Person    event.IntentChanged // the last intent of a person or a program
	OnContact bool                // the overlay, as the legs know it
	OverlayAt tandem.Time         // since when
	Legs      []Leg               // the center's first, where there is one, then by system id

	ContactStates []string // what each of Contacts does to the agent, in Connect's words
	ConnectState  string   // the state in Connect that rules were last tried for
}

// Leg is one system's copy of an agent's status.
//
//wire:state
type Leg struct {
	SystemID   tandem.ID
	RemoteID   string
	Observed   event.ObservationTaken // what the system is known to show; Remote "" for never seen
	IntentSeen uint64                 // the intent's version that Observed is newer than
	Seen       []uint64               // revisions taken lately, ascending, at most maxSeen
	Chosen     string                 // what was chosen there last, or written for an intent: not our focus, not the system's doing, not what is put back
	ChosenRev  uint64                 // the revision that Chosen was seen at
	Kept       string                 // to be put back after the overlay; "" for nothing
	KeptIntent uint64                 // the intent's version when it was kept
	OverlayOff bool                   // a person changed the status during the overlay

	Write      *event.StatusWriteRequested // under way
	Moved      bool                        // something else was seen while the write was under way
	Last       event.StatusWriteRequested  // the write requested last
	Ended      event.StatusWriteEnded      // of the write that ended last
	EndedAt    tandem.Time
	Unsure     bool          // what the system shows must be read before the next write
	Refused    bool          // the last write was refused and nothing changed since
	Remembered []Remembered  // writes whose echo may still come, oldest first
	Recent     []tandem.Time // writes since the last act of a person, for the loop breaker

	Health event.LegHealth

	Capacity *event.CapacityObserved  // how much work the system counts; nil if it never told
	Work     *event.WorkStateObserved // what the agent does in another contact center; nil if it never told
	BandOff  bool                     // a person chose otherwise: the load does not show here until its band changes

	WriteVersion uint64 // the revision that Last rests on
	WriteShown   string // what the system was known to show then

	Rule     *Override   // what a rule made the leg show; nil for nothing
	Accepted []string    // work that was accepted lately, oldest first, at most maxAccepted
	Pages    []Page      // in the order in which they came
	Paged    bool        // the system is written through pages
	Profile  string      // the name of the agent's profile, as a page told it last
	AloneAt  tandem.Time // when the last page left; 0: one is there, or what follows was done
}

// Override is a state that a rule set in one system. It holds until the next
// intent that means something there, the next rule there, or until something
// else is seen there.
//
//wire:state
type Override struct {
	Remote string
	Intent uint64           // the intent's version then
	Source event.RuleSource // what the rule was tried for
	From   tandem.ID        // whose rule it is
}

// Page is a page in the agent's browser.
//
//wire:state
type Page struct {
	PageID   string
	Mute     bool
	Sequence uint64 // of the message taken last
}

// Remembered is a write whose echo may still be seen. It explains what is seen
// while it is under way, or one observation later, once; only a write that a
// restart interrupted may explain two.
//
//wire:state
type Remembered struct {
	WriteID tandem.ID
	Remote  string
	Twice   bool        // it may have been made twice, and explain two
	Done    bool        // it was made before any later one was requested
	After   uint64      // it explains only newer revisions
	At      tandem.Time // when it was requested or ended
	Seen    bool        // its echo was seen while it was under way
}

// The bounds of what a leg remembers.
const (
	maxSeen       = 16
	maxRemembered = 8
	maxAccepted   = 8
	maxPages      = 8
)

// logical is the status of the center's leg: the next one when set, so that a
// change which waits for the end of a contact counts when it is made.
func (a *Agent) logical() tandem.ID {
	if !a.Next.IsZero() {
		return a.Next
	}
	return a.Status
}

// linked reports whether the agent has more than one leg: only then is there
// something to keep in step.
func (a *Agent) linked() bool { return len(a.Legs) > 1 }

// center is the center's own leg; nil where there is no center.
func (a *Agent) center() *Leg {
	if len(a.Legs) > 0 && a.Legs[0].RemoteID == "" {
		return &a.Legs[0]
	}
	return nil
}

// remotes are the legs in connected systems.
func (a *Agent) remotes() []Leg {
	if a.center() != nil {
		return a.Legs[1:]
	}
	return a.Legs
}

func (a *Agent) leg(system tandem.ID) *Leg {
	for i := range a.Legs {
		if a.Legs[i].SystemID == system {
			return &a.Legs[i]
		}
	}
	return nil
}

// revision orders what one system shows for an agent: by its own number, or
// by its clock where it has none.
func revision(o *event.ObservationTaken) uint64 {
	switch {
	case o.Version != 0:
		return o.Version
	case o.Told != 0:
		return uint64(o.Told)
	}
	return uint64(o.At)
}

// remember notes that a revision was taken.
func (l *Leg) remember(rev uint64) {
	i, found := slices.BinarySearch(l.Seen, rev)
	if found {
		return
	}
	l.Seen = slices.Insert(l.Seen, i, rev)
	if len(l.Seen) > maxSeen {
		l.Seen = slices.Delete(l.Seen, 0, 1)
	}
}

// seen reports whether a revision was taken before, or is older than any that
// are remembered.
func (l *Leg) seen(rev uint64) bool {
	_, found := slices.BinarySearch(l.Seen, rev)
	return found || len(l.Seen) == maxSeen && rev < l.Seen[0]
}
