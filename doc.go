// Package tandem is the vocabulary of the contact center: identifiers, time,
// the envelopes of commands, events and effects, errors, limits, and the
// marks that say which data is personal.
//
// One contact-center instance is a pure state machine. Commands and the time
// go in, events come out. Each command that changes something becomes one
// [Record] in a durable, ordered journal before anyone sees its effect, and
// everything else (answers, voice, CRM writes, contact records, metrics,
// explanations) reads that journal. The packages stand on floors; a package
// imports only lower floors, and this one, floor 0, imports nothing but the
// standard library. docs/ARCHITECTURE.md shows the house.
package tandem
