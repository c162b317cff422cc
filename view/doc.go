// Package view is the room of the journal's readers: each sub-package keeps
// tables, files or stories of its own, made from committed records. The
// package itself has what they share: ARNs, forms of time, and the way to the
// center's state.
//
// A reader is never asked whether a command may be done, and may be behind.
// Whatever it keeps can be made anew from the journal, and nothing personal in
// it outlives the erasure of its subject.
package view

import (
	"tandem/center"
	"tandem/instance"
)

// Center is the state of the center that an instance hosts. It is nil in a
// shard that has no center, such as the directory.
func Center(in *instance.Instance) *center.State {
	if m, ok := instance.Find[hosted](in); ok {
		return m.State()
	}
	return nil
}

// hosted is the center's machine, or one that is built around it.
type hosted interface {
	instance.Machine
	State() *center.State
}
