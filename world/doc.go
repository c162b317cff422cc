// Package world is the people and telephones around a contact center, played
// by chance: callers who wait, press keys and lose patience, agents with desk
// phones or with tasks, programs that start tasks, and the voice process that
// carries the calls.
//
// A [World] talks to a [Core], which is a simulation's shell or a running
// engine. All that happens stands on an [Agenda] in virtual time, and every
// decision comes from a seeded [Chance]: the same seed, shape and core make
// the same world again. Nothing here reads a clock. A World belongs to one
// goroutine.
package world
