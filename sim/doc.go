// Package sim lives whole days of a contact center in seconds, faults
// included, and holds the promises of the house against what happened. It is
// for tests only.
//
// One seed draws a world (package world), another system that shows agents'
// statuses, and a run of faults. The core, with all its machines, and its
// journal are the real ones; the shell around them obeys the rules of package
// engine in virtual time: records are committed in batches, and answers and
// effects leave only after what they rest on is synced. An auditor reads the
// journal as it becomes durable, replays it on a copy of the core, and judges
// every record, and the state before and after each event, by the properties:
//
//	SIM-S1   what the world was told or shown stands in the journal that survived
//	SIM-S2   a snapshot and the records after it give the state that was live, also after an erasure
//	SIM-S3   a contact is in exactly one place, and the agent there agrees
//	SIM-S4   an offer goes to an agent who can take it: Available, no next status, a slot of the channel free
//	SIM-S5   no contact waits while an idle agent could take it
//	SIM-S6   no contact is skipped that comes first by profile priority, own priority and age
//	SIM-S7   nobody who could take the contact is available for longer than who is offered it
//	SIM-S8   no offer comes before the delay of the agent's routing profile
//	SIM-S9   a contact that has ended never moves again, and ends once; its times do not go back
//	SIM-S10  a full queue takes nobody, and the flow goes on at the branch for that
//	SIM-S11  a contact that was missed has its place again; who misses too much takes a pause
//	SIM-S12  each agent's events are a chain without gaps (real view, on a sample of the seeds)
//	SIM-S13  the live metrics are those counted anew from state and events
//	SIM-S14  of two processes on one journal only the leader writes, and one that is told so stops
//	SIM-S15  statuses in the center and in the other system agree after a quiet time, without loops
//	SIM-S17  a record of a newer version stops the start
//	SIM-S18  no attribute is lost when a contact goes on as another, or others are set
//	SIM-S19  of a callback one attempt lives at a time, and there are no more than allowed
//	SIM-S20  every part of the state stays within its limit
//	SIM-L1   after the faults have stopped every contact ends
//	SIM-L2   every offer ends in its time to ring, with a grace for phones and outages
//	SIM-L3   every reader catches up, and sees each record once
//	SIM-L4   nothing is asked of the world any more that is over
//	SIM-L5   after a death another process leads within the lease and a second
//	SIM-L6   whoever has asked a function or a bot goes on by its deadline, answered or not
//
// and also: a refused command changes nothing; the parts of a contact's time
// sum to the whole; a damaged journal is refused at the start. Rules for tickets
// have no room yet, and so no property.
//
// The rules of routing are said a second time in routing.go, in the plainest
// way. What costs much is looked at now and then: whether somebody idle could
// take a contact after every eleventh record, metrics and all limits after every
// 500th.
//
// The faults: deaths between records, inside a write, before and after a sync,
// with and without loss of what was not synced; commits that fail or whose
// outcome is unknown; a full and a slow disk; a leader that stands still while
// another takes over; flipped bits and torn batches; records of older and newer
// versions; clocks that jump; media that dies, reports late and twice; erasures
// and changes of the configuration, which the world makes.
//
// Each property has a mutant, a core, shell or reader with one fault built in,
// that this property catches and the others do not (mutant.go). What happened is
// counted, and all that can happen must happen in the suite
// (testdata/happenings.txt).
//
//	go test ./sim -run TestWorld -seed 7              one seed again, with its story
//	go test ./sim -run TestWorld -seeds 1000          many
//	go test ./sim -run TestWorld -seeds 100 -from 301 others
//	go test ./sim -run TestWorld -update              golden sums and happenings anew
package sim
