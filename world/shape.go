package world

// Shape is how big a world is and how its people are. Durations are typical
// ones, in milliseconds; "per mille" is how often something happens. The zero
// value of what is rare is never.
type Shape struct {
	Agents        int // some with desk phones, the others with their browsers
	Supervisors   int // besides the agents
	Contacts      int // those that come of themselves; transfers, callbacks and the like come on top
	TasksPerMille int // of the contacts
	ChatsPerMille int // of the contacts
	DialsPerMille int // of the contacts: calls that agents begin
	SendsPerMille int // of the contacts: calls that programs begin; the rest are calls of customers
	Queues        int // at least 2
	OpenMillis    int64

	PatienceMillis int64 // of callers, until an agent answers
	TalkMillis     int64
	WorkMillis     int64 // wrap-up, where it is ended by hand
	BreakMillis    int64 // between breaks, and between two closings of a browser

	SoftPerMille   int // agents who talk in the browser
	IgnorePerMille int // offers that the agent lets pass
	RefusePerMille int // offers that the agent or the phone refuses
	MenuPerMille   int // callers who press a wrong key, or none
	ActsPerMille   int // contacts in which the agent does more than talk
	AgainPerMille  int // callers who lost patience and call again
	QueueLimit     int32

	WatchMillis    int64 // between two things that a supervisor does; 0: nothing
	AdminMillis    int64 // between two changes of the configuration; 0: none
	MischiefMillis int64 // between two commands that cannot apply; 0: none
}

const minute = 60_000

// DrawShape draws a shape with a number of agents and contacts: calm or busy
// centers, patient or impatient callers, careful or careless agents.
func DrawShape(c *Chance, agents, contacts int) Shape {
	open := c.Between(30, 60) * minute
	perAgent := min(open*int64(agents)/int64(contacts), 8*minute) // what there is of an agent's time for a contact
	return Shape{
		Agents: agents, Contacts: contacts, Supervisors: 1 + agents/25,
		TasksPerMille: int(c.Between(50, 400)), ChatsPerMille: int(c.Between(0, 250)),
		DialsPerMille: int(c.Between(20, 120)), SendsPerMille: int(c.Between(20, 120)),
		Queues: int(c.Between(2, 6)), OpenMillis: open,
		PatienceMillis: c.Between(8, 200) * 1000,
		TalkMillis:     perAgent * c.Between(50, 200) / 100,
		WorkMillis:     c.Between(2, 60) * 1000,
		BreakMillis:    c.Between(5, 60) * minute,
		SoftPerMille:   int(c.Between(200, 800)),
		IgnorePerMille: int(c.Between(0, 200)),
		RefusePerMille: int(c.Between(0, 100)),
		MenuPerMille:   int(c.Between(0, 200)),
		ActsPerMille:   int(c.Between(100, 600)),
		AgainPerMille:  int(c.Between(0, 500)),
		QueueLimit:     int32(c.Between(2, 60)),
		WatchMillis:    c.Between(20, 200) * 1000,
		AdminMillis:    c.Between(20, 200) * 1000,
		MischiefMillis: c.Between(10, 100) * 1000,
	}
}
