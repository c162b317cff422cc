// Package event is the vocabulary of the journal: every fact as a struct with
// its number. The codec is generated from these definitions by
// internal/gen/wiregen; docs/journal-format.md is the specification.
//
// A type is marked by a comment line before its doc comment's end:
//
//	//wire:event 101     an event and its number, never used for anything else again
//	//wire:value         a struct that events and state contain
//	//wire:retired 7     numbers of events that are no longer written
//
// A field tagged `wire:"subject"` names whose key seals the struct's private
// fields (tandem.Personal, tandem.PersonalMap, tandem.Blob and lists of them).
// New fields go at the end; a record written before they existed reads them as
// zero. A field that changes its meaning makes a new event.
package event

//go:generate go run tandem/internal/gen/wiregen .
