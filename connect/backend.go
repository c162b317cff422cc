package connect

import (
	"context"
	"crypto/rand"
	"errors"

	"tandem"
	"tandem/engine"
	"tandem/instance"
	"tandem/view/record"
)

// Engine decides commands and shows state; [engine.Engine] is one.
type Engine interface {
	// Do decides a command and returns its answer once it is durable.
	Do(ctx context.Context, shard tandem.ID, r engine.Request) (any, error)
	// Read calls look with the live instance, which look must not keep or
	// change, and returns once what look could see is durable.
	Read(ctx context.Context, shard tandem.ID, look func(*instance.Instance)) error
}

// Passwords keeps what users sign in with.
type Passwords interface {
	// SetPassword replaces the password of a user. It may come before the user
	// is created.
	SetPassword(ctx context.Context, instance, user tandem.ID, password string) error
}

// TrunkNumber is a phone number that a trunk brings.
type TrunkNumber struct {
	Number  string // E.164
	Country string // ISO 3166-1 alpha-2
	Type    string // as in the API: DID, TOLL_FREE, ...
	Trunk   string // the trunk's name in the configuration
}

// Backend is what the operations work on.
type Backend struct {
	// Engine runs the instances, each with a center, and the directory's shard.
	Engine Engine
	// Trunks are the numbers that can be claimed, claimed or not.
	Trunks func() []TrunkNumber
	// Record returns the record of a contact that has ended, or
	// [record.ErrNotFound].
	Record func(ctx context.Context, instance, contact tandem.ID) (record.Row, error)
	// Passwords may be nil: then a password in a request is refused.
	Passwords Passwords
	// User is for whom the principal speaks, as the journal shall name it. It
	// may be nil.
	User func(principal string) tandem.ID
}

// Permit says whether a principal may call an operation on an instance. It is
// asked for every instance that a call touches, after the signature was
// verified; its refusal is what the client gets. Lists leave out what it
// refuses.
type Permit func(principal, operation string, instance tandem.ID) error

// check reports what is missing.
func (b *Backend) check() error {
	switch {
	case b.Engine == nil:
		return errors.New("Config.Backend.Engine is missing")
	case b.Trunks == nil:
		return errors.New("Config.Backend.Trunks is missing")
	case b.Record == nil:
		return errors.New("Config.Backend.Record is missing")
	}
	return nil
}

// newID makes the id of something new.
func newID() tandem.ID {
	var random [16]byte
	rand.Read(random[:]) // never fails, as documented
	return tandem.NewID(random)
}
