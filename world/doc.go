// Package world is the people and telephones around a contact center, played
// by chance: customers who call, write, wait, press keys, lose patience and
// call again, agents with desk phones or browsers who take contacts, transfer
// them and call others in, supervisors who listen, admins who change the
// configuration meanwhile, programs that begin tasks and calls, somebody who
// asks for what cannot be, and the voice process that carries the calls.
//
// A [World] talks to a [Core], which is a simulation's shell or a running
// engine. All that happens stands on an [Agenda] in virtual time, and every
// decision comes from a seeded [Chance]: the same seed, shape and core make
// the same world again. Nothing here reads a clock. A World belongs to one
// goroutine.
//
// The world complains ([World.Wrong]) of answers and rooms that make no sense.
// What it has made happen is counted ([World.Counts]), so that who lives
// several worlds can demand that nothing was left out ([Kinds]).
package world
