// Package forecast lives a day of a contact center in virtual time, on the
// center machine that serves real contacts, with an instance's own
// configuration: what service level and which waits would these arrivals and
// this staffing have?
//
// A [Config] is what an instance was told, without anything live. [Arrival]s
// come from a file ([ReadArrivals]), from a rate ([Rate]) or from a recorded
// [Day]; so does the staffing. [Habits] say how soon agents answer, how patient
// customers are and how long contacts take. [Run] lives the day and returns a
// [Report]. A [Day] makes the same Report of what its journal says happened, by
// the same rules, so that the two can be compared.
//
// What is simulated, and how:
//
//   - An arrival that names a queue enters it at once. Flows that would run for
//     it are left out; what agents need from the offer until they are
//     connected, whispers included, is one delay. An arrival that names a number
//     runs that number's flow, by a customer who presses nothing.
//   - Of a recorded day each contact keeps its arrival, its handling time, its
//     priority and age, what became of its offers and, if its customer left, how
//     long they waited. Where the simulated day goes another way, that is drawn
//     from the whole day.
//   - What agents did besides, such as calls of their own and transfers to them
//     alone, keeps them from contacts at the same times.
//   - Contacts that were live when the day began count as such work of their
//     agents; those that only waited are left out.
//   - Nobody is paused for missing offers, but as it was recorded.
//
// The same plan and seed give the same report on every machine.
package forecast
