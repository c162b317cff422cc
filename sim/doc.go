// Package sim lives whole days of a contact center in seconds, faults
// included, and holds the promises of the house against what happened. It is
// for tests only.
//
// One seed draws a world (package world) and a run of faults. The core and its
// journal are the real ones; the shell around them obeys the rules of package
// engine in virtual time: records are committed in batches, and answers and
// effects leave only after what they rest on is synced. The process dies
// between records, inside commits and before syncs, and is rebuilt from a
// snapshot and the journal. An auditor reads the journal as it becomes durable
// and judges every record by the properties:
//
//	SIM-S1  what the world was told or shown stands in the journal that survived
//	SIM-S2  a snapshot and the records after it give the state that was live
//	SIM-S3  a contact is in exactly one place, and the agent there agrees
//	SIM-S9  a contact that has ended never moves again, and ends once
//	SIM-L1  after the faults have stopped every contact ends
//
// Each property has a mutant, a core or shell with one fault built in, that
// this property catches and the others do not.
//
//	go test ./sim -run TestWorld -seed 7        one seed again
//	go test ./sim -run TestWorld -seeds 1000    many
package sim
