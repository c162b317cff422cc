package metric

import (
	"strconv"

	"tandem"
	"tandem/event"
)

// Value is what a metric shows: a number, or null where nothing happened that
// it could count. The zero value is null.
type Value struct {
	Known bool
	N     int64
}

func known(n int) Value { return Value{true, int64(n)} }

// Or is the number, or another one for null.
func (v Value) Or(n int64) int64 {
	if v.Known {
		return v.N
	}
	return n
}

// String is the number in digits, or empty for null, as a flow shows it.
func (v Value) String() string {
	if v.Known {
		return strconv.FormatInt(v.N, 10)
	}
	return ""
}

// Figures are the live metrics of one queue, one agent, or a [Scope]. All are
// null when nothing goes on there: no contact is in queue or scheduled, and no
// agent is online or on a contact. [Definitions] says what each means.
type Figures struct {
	ContactsInQueue        Value
	OldestContactAgeMillis Value // null also when no contact is in queue
	ContactsScheduled      Value

	AgentsOnline           Value
	AgentsAvailable        Value
	AgentsStaffed          Value
	AgentsOnContact        Value // flows say busy
	AgentsAfterContactWork Value
	AgentsMissed           Value // the API says error
	AgentsNonProductive    Value

	ContactsAfterContactWork Value
	SlotsActive              Value
	SlotsAvailable           Value
}

// Queue is the metrics of a queue: of its contacts in the channels chosen, and
// of the agents whose routing profile serves it in one of them. What an agent
// does is looked at whatever the channel; slots are those of the channels.
func (l *Live) Queue(queueID tandem.ID, in Channels, now tandem.Time) Figures {
	var s sum
	if q := l.queues[queueID]; q != nil {
		s.contacts(q, in)
		for i := range q.servers {
			if by := &q.servers[i]; in.meets(by.channels) {
				s.add(&by.profile.tally, in)
			}
		}
	}
	return s.figures(in, now)
}

// Agent is the metrics of one agent, and of the agent's own queue. Each count
// of agents is 0 or 1.
func (l *Live) Agent(agentID tandem.ID, now tandem.Time) Figures {
	var s sum
	if a := l.agents[agentID]; a != nil {
		s.count(&a.Agent, 1)
	}
	if q := l.queues[agentID]; q != nil {
		s.contacts(q, 0)
	}
	return s.figures(0, now)
}

// EstimatedWait is how long, in milliseconds, a contact waits that has so many
// others ahead of it in the queue and channel. waits is what the center keeps
// of the queue, or nil. It is null when no contact reached an agent of late,
// and when no agent is staffed who would take it.
func (l *Live) EstimatedWait(queueID tandem.ID, ch event.Channel, waits *Waits, ahead int, now tandem.Time) Value {
	q := l.queues[queueID]
	if q == nil || waits == nil {
		return Value{}
	}
	for i := range q.servers {
		if by := &q.servers[i]; by.channels.has(ch) && by.profile.staffed > 0 {
			return waits.estimate(ch, ahead, now)
		}
	}
	return Value{}
}

// sum gathers what figures are made of.
type sum struct {
	tally
	inQueue   int
	scheduled int
	oldest    tandem.Time // of those in queue
}

// contacts adds the contacts of a queue in some channels.
func (s *sum) contacts(q *queue, in Channels) {
	for ch := range q.lanes {
		if !in.has(event.Channel(ch)) {
			continue
		}
		lane := &q.lanes[ch]
		s.scheduled += lane.scheduled
		if len(lane.waiting) == 0 {
			continue
		}
		if first := lane.waiting[0].EnqueuedAt; s.inQueue == 0 || first < s.oldest {
			s.oldest = first
		}
		s.inQueue += len(lane.waiting)
	}
}

func (s *sum) figures(in Channels, now tandem.Time) Figures {
	if s.inQueue+s.scheduled+s.online+s.onContact == 0 {
		return Figures{}
	}
	f := Figures{
		ContactsInQueue:        known(s.inQueue),
		ContactsScheduled:      known(s.scheduled),
		AgentsOnline:           known(s.online),
		AgentsAvailable:        known(s.available),
		AgentsStaffed:          known(s.staffed),
		AgentsOnContact:        known(s.onContact),
		AgentsAfterContactWork: known(s.afterContactWork),
		AgentsMissed:           known(s.missed),
		AgentsNonProductive:    known(s.nonProductive),
	}
	if s.inQueue > 0 {
		f.OldestContactAgeMillis = Value{true, max(0, now.Sub(s.oldest))}
	}
	var slots slotTally
	for ch := range s.slots {
		if in.has(event.Channel(ch)) {
			slots.active += s.slots[ch].active
			slots.available += s.slots[ch].available
			slots.afterContactWork += s.slots[ch].afterContactWork
		}
	}
	f.SlotsActive, f.SlotsAvailable = known(slots.active), known(slots.available)
	f.ContactsAfterContactWork = known(slots.afterContactWork)
	return f
}
