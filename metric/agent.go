package metric

import (
	"tandem"
	"tandem/event"
)

// channels is one more than the highest channel number.
const channels = int(event.Task) + 1

// Agent is what an agent is now, as far as metrics ask. The zero value is
// offline.
type Agent struct {
	ProfileID  tandem.ID
	Status     event.StatusType
	NextStatus bool            // a next status is pending: no contact comes any more
	Slots      [channels]Slots // by event.Channel
}

// Slots is what an agent does in one channel. Each contact is in one count.
type Slots struct {
	Maximum          uint8 // contacts of this channel that the agent takes at once; 0 for none, also for want of a phone
	AnyChannel       bool  // they come while the agent works on other channels too
	Ringing          uint8 // offered, not answered yet
	Handling         uint8 // connected, on hold, or being dialled by the agent
	AfterContactWork uint8
	Missed           uint8 // missed, declined or failed, and not cleared yet
}

// held is how many contacts the agent has in the channel, in any state.
func (s Slots) held() int {
	return int(s.Ringing) + int(s.Handling) + int(s.AfterContactWork) + int(s.Missed)
}

// tally counts agents, and their slots by channel.
type tally struct {
	online, available, staffed, onContact, afterContactWork, missed, nonProductive int

	slots [channels]slotTally
}

type slotTally struct{ active, available, afterContactWork int }

// count adds an agent n times; -1 takes it away.
func (t *tally) count(a *Agent, n int) {
	var handling, wrapUp, missed, held int
	for _, s := range a.Slots {
		handling += int(s.Handling)
		wrapUp += int(s.AfterContactWork)
		missed += int(s.Missed)
		held += s.held()
	}
	routable := a.Status == event.Routable
	takes := routable && !a.NextStatus && missed == 0
	when(&t.online, routable || a.Status == event.Custom, n)
	when(&t.staffed, routable, n)
	when(&t.nonProductive, a.Status == event.Custom, n)
	when(&t.available, takes && held == 0, n)
	when(&t.onContact, handling+wrapUp > 0, n)
	when(&t.afterContactWork, wrapUp > 0, n)
	when(&t.missed, missed > 0, n)
	for ch, s := range a.Slots {
		t.slots[ch].active += n * (int(s.Handling) + int(s.AfterContactWork))
		t.slots[ch].afterContactWork += n * int(s.AfterContactWork)
		// While an agent works on one channel, contacts of the others go
		// elsewhere, unless their channel does not mind (Amazon Connect API:
		// CrossChannelBehavior, by default ROUTE_CURRENT_CHANNEL_ONLY).
		if takes && (s.AnyChannel || held == s.held()) {
			t.slots[ch].available += n * max(0, int(s.Maximum)-s.held())
		}
	}
}

func when(count *int, holds bool, n int) {
	if holds {
		*count += n
	}
}

// add adds the agents of another tally, and their slots in some channels.
func (t *tally) add(o *tally, in Channels) {
	t.online += o.online
	t.available += o.available
	t.staffed += o.staffed
	t.onContact += o.onContact
	t.afterContactWork += o.afterContactWork
	t.missed += o.missed
	t.nonProductive += o.nonProductive
	for ch := range o.slots {
		if in.has(event.Channel(ch)) {
			t.slots[ch].active += o.slots[ch].active
			t.slots[ch].available += o.slots[ch].available
			t.slots[ch].afterContactWork += o.slots[ch].afterContactWork
		}
	}
}
