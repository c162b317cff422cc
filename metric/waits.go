package metric

import (
	"slices"

	"tandem"
	"tandem/event"
)

// What is kept of the past: half an hour, by the minute.
const (
	periodMillis = 60_000
	keptPeriods  = 30
)

// Waits is how long the contacts of one queue waited until they reached an
// agent, over the last half hour. The zero value knows nothing. It belongs to
// the center's state; its size is bounded.
//
//wire:state
type Waits struct {
	Channels []ChannelWaits // by channel
}

// ChannelWaits is the part of one channel.
//
//wire:state
type ChannelWaits struct {
	Channel event.Channel
	Periods []Period // oldest first; at most 30, and none that is empty
}

// Period is the contacts that reached an agent in one minute.
//
//wire:state
type Period struct {
	Minute       int64 // since the Unix epoch
	Contacts     int64
	WaitedMillis int64 // of all of them together
}

// Dequeued says that a contact reached an agent, and how long it had been in
// queue. One that comes late counts in the latest minute there is.
func (w *Waits) Dequeued(ch event.Channel, at tandem.Time, waitedMillis int64) {
	i, found := slices.BinarySearchFunc(w.Channels, ch, func(c ChannelWaits, ch event.Channel) int { return int(c.Channel) - int(ch) })
	if !found {
		w.Channels = slices.Insert(w.Channels, i, ChannelWaits{Channel: ch})
	}
	c := &w.Channels[i]
	minute := int64(at) / periodMillis
	if n := len(c.Periods); n == 0 || c.Periods[n-1].Minute < minute {
		c.Periods = slices.DeleteFunc(c.Periods, func(p Period) bool { return p.Minute <= minute-keptPeriods })
		c.Periods = append(c.Periods, Period{Minute: minute})
	}
	last := &c.Periods[len(c.Periods)-1]
	last.Contacts++
	last.WaitedMillis += max(0, waitedMillis)
}

// estimate is the wait of a contact behind so many others, in milliseconds.
//
// A contact behind n others waits n+1 times as long as one place in the queue
// takes. Contacts waited w each on average, behind l others on average, so a
// place took w/(l+1). Over a time t in which they waited W together, l is W/t
// (Little's law). With c contacts, a place takes W*t/(W+t)/c: in a queue that
// is never empty about t/c, one place for each contact that reached an agent,
// and in one that mostly is, about W/c, the mean wait.
func (w *Waits) estimate(ch event.Channel, ahead int, now tandem.Time) Value {
	contacts, waited, since := w.of(ch, now)
	if contacts == 0 {
		return Value{}
	}
	span := max(periodMillis, now.Sub(since))
	less, more := min(waited, span), max(waited, span)
	places := less - less*less/(less+more) // W*t/(W+t), with small factors only
	return Value{true, places * int64(max(0, ahead)+1) / contacts}
}

// of sums the last half hour of a channel; since is when its first minute with
// a contact began.
func (w *Waits) of(ch event.Channel, now tandem.Time) (contacts, waitedMillis int64, since tandem.Time) {
	minute := int64(now) / periodMillis
	for _, c := range w.Channels {
		if c.Channel != ch {
			continue
		}
		for _, p := range c.Periods {
			if p.Minute <= minute-keptPeriods {
				continue
			}
			if contacts == 0 {
				since = tandem.Time(p.Minute * periodMillis)
			}
			contacts += p.Contacts
			waitedMillis += p.WaitedMillis
		}
	}
	return contacts, waitedMillis, since
}
