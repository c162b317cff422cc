package world

// Shape is how big a world is and how its people are. Durations are typical
// ones, in milliseconds; "per mille" is how often something happens.
type Shape struct {
	Agents        int // half of them with desk phones
	Contacts      int
	TasksPerMille int // of the contacts; the others are calls
	Queues        int // at least 2
	OpenMillis    int64

	PatienceMillis int64 // of callers, until an agent answers
	TalkMillis     int64
	WorkMillis     int64 // wrap-up, where it is ended by hand
	BreakMillis    int64 // between breaks

	IgnorePerMille int // offers that the agent lets pass
	RefusePerMille int // offers that the agent or the phone refuses
	MenuPerMille   int // callers who press a wrong key, or none
	QueueLimit     int32
}

const minute = 60_000

// DrawShape draws a shape with a number of agents and contacts: calm or busy
// centers, patient or impatient callers, careful or careless agents.
func DrawShape(c *Chance, agents, contacts int) Shape {
	open := c.Between(30, 60) * minute
	perAgent := min(open*int64(agents)/int64(contacts), 8*minute) // what there is of an agent's time for a contact
	return Shape{
		Agents: agents, Contacts: contacts,
		TasksPerMille: int(c.Between(100, 600)), Queues: int(c.Between(2, 6)), OpenMillis: open,
		PatienceMillis: c.Between(8, 200) * 1000,
		TalkMillis:     perAgent * c.Between(50, 200) / 100,
		WorkMillis:     c.Between(2, 60) * 1000,
		BreakMillis:    c.Between(5, 60) * minute,
		IgnorePerMille: int(c.Between(0, 200)),
		RefusePerMille: int(c.Between(0, 100)),
		MenuPerMille:   int(c.Between(0, 200)),
		QueueLimit:     int32(c.Between(2, 60)),
	}
}
