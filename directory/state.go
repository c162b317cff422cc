package directory

import (
	"tandem"
	"tandem/event"
)

// Shard is the id of the directory's journal.
var Shard = tandem.NameID("tandem", "directory")

// State is all that the directory remembers.
//
//wire:state
type State struct {
	Instances map[tandem.ID]*event.InstanceListed
	Numbers   map[tandem.ID]*event.NumberClaimed
	AdminKeys map[tandem.ID]*event.AdminKeySaved // an ended one has no hash
}

// The bounds of the keys of the admin API.
const (
	maxAdminKeys    = 1000 // ended ones too
	maxAdminKeyName = 128
)

// The commands of the directory.
type (
	// ListInstance makes an instance known. Its alias must be free.
	ListInstance struct{ Instance event.InstanceListed }
	// ClaimNumber gives a phone number to an instance. The number must be free
	// and be one that a trunk brings, which the edge checks. The answer is its
	// tandem.ID.
	ClaimNumber struct{ Number event.NumberClaimed }
	// ReleaseNumber gives a phone number back.
	ReleaseNumber struct{ NumberID tandem.ID }
	// SaveAdminKey makes a key of the admin API known. The role is checked by the
	// edge, the name must be free. The answer is its tandem.ID.
	SaveAdminKey struct{ Key event.AdminKeySaved }
	// EndAdminKey ends a key of the admin API.
	EndAdminKey struct{ KeyID tandem.ID }
)
