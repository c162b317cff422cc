package metric

import (
	"math/rand"
	"reflect"
	"testing"

	"tandem"
	"tandem/event"
)

const minute = 60_000

// staffed is metrics in which one agent takes calls from sales.
func staffed() *Live {
	l := salesOnly()
	l.SetAgent(id("agent", 1), in(event.Routable, talking))
	return l
}

func TestEstimateIsNullWhenNothingIsKnown(t *testing.T) {
	l, w := staffed(), &Waits{}
	null := func(what string, l *Live, w *Waits, ch event.Channel, now tandem.Time) {
		t.Helper()
		wantValue(t, what, l.EstimatedWait(sales, ch, w, 0, now), "null")
	}
	null("no history", l, nil, event.Voice, 0)
	null("an empty history", l, w, event.Voice, 0)
	w.Dequeued(event.Voice, 10*minute, 8000)
	if v := l.EstimatedWait(sales, event.Voice, w, 0, 11*minute); !v.Known {
		t.Error("one contact is known")
	}
	null("another channel", l, w, event.Task, 11*minute)
	if v := l.EstimatedWait(sales, event.Voice, w, 0, 40*minute-1); !v.Known {
		t.Error("it is known for half an hour")
	}
	w.Dequeued(event.Task, 10*minute, 8000)
	null("a channel that no staffed agent serves", l, w, event.Task, 11*minute)
	null("half an hour later", l, w, event.Voice, 40*minute)
	l.SetAgent(id("agent", 1), in(event.Custom, Slots{}))
	null("nobody staffed", l, w, event.Voice, 11*minute)
	null("an unknown queue", New(), w, event.Voice, 11*minute)
}

func TestEstimateOfABusyQueueIsOnePlaceForEachContactAhead(t *testing.T) {
	l, w := staffed(), &Waits{}
	// For half an hour a contact reaches an agent every 30 s, with 20 in queue:
	// each waited ten minutes.
	var now tandem.Time
	for range 60 {
		now = now.AddSeconds(30)
		w.Dequeued(event.Voice, now-1, 20*30_000)
	}
	for ahead, want := range map[int]int64{-1: 30_000, 0: 30_000, 19: 600_000, 40: 41 * 30_000} {
		got := l.EstimatedWait(sales, event.Voice, w, ahead, now-1).N
		if got < want*9/10 || got > want*11/10 {
			t.Errorf("behind %d: %d ms, want about %d", ahead, got, want)
		}
	}
}

func TestEstimateOfAQuietQueueIsTheMeanWait(t *testing.T) {
	l, w := staffed(), &Waits{}
	for n := range 5 {
		w.Dequeued(event.Voice, tandem.Time(n*5*minute), int64(n)*1000) // 2 s on average
	}
	if got := l.EstimatedWait(sales, event.Voice, w, 0, 25*minute).N; got < 1900 || got > 2000 {
		t.Errorf("%d ms, want about 2000: that few contacts in half an hour keep no agent busy", got)
	}
	w = &Waits{}
	w.Dequeued(event.Voice, minute, 0)
	w.Dequeued(event.Voice, minute, -5) // by a clock that was set back
	wantValue(t, "where nobody waited", l.EstimatedWait(sales, event.Voice, w, 0, minute), "0")
}

func TestEstimateBetweenBusyAndQuiet(t *testing.T) {
	l, w := staffed(), &Waits{}
	w.Dequeued(event.Voice, 0, 5*minute)
	w.Dequeued(event.Voice, 5*minute, 5*minute)
	// In ten minutes they waited ten together: each had one other ahead of it
	// on average, so that a place took half of its five minutes.
	wantValue(t, "behind nobody", l.EstimatedWait(sales, event.Voice, w, 0, 10*minute), "150000")
	wantValue(t, "behind one", l.EstimatedWait(sales, event.Voice, w, 1, 10*minute), "300000")
}

func TestWaitsAreBoundedAndInOrder(t *testing.T) {
	steady := &Waits{}
	for n := range 40 {
		steady.Dequeued(event.Voice, tandem.Time(n*minute), 1)
	}
	if n := len(steady.Channels[0].Periods); n != keptPeriods {
		t.Fatalf("%d minutes are kept", n)
	}
	rnd := rand.New(rand.NewSource(1))
	w := &Waits{}
	var now tandem.Time
	for range 20_000 {
		now = now.Add(rnd.Int63n(40_000))
		late := tandem.Time(rnd.Int63n(5 * minute))
		w.Dequeued(event.Channel(1+rnd.Intn(3)), max(0, now-late), rnd.Int63n(1e9)-1000)
		for i, c := range w.Channels {
			if i > 0 && c.Channel <= w.Channels[i-1].Channel || len(c.Periods) > keptPeriods {
				t.Fatalf("channel %d has %d periods", c.Channel, len(c.Periods))
			}
			for j, p := range c.Periods {
				if p.Contacts == 0 || p.WaitedMillis < 0 || j > 0 && p.Minute <= c.Periods[j-1].Minute {
					t.Fatalf("period %+v", p)
				}
			}
		}
		if v := w.estimate(event.Voice, 10_000, now); v.N < 0 {
			t.Fatalf("%d ms", v.N)
		}
	}
}

// TestWaitsGoOnAfterASnapshotAsWithoutOne cuts a history anywhere: what was
// written, read and continued is what was never written.
func TestWaitsGoOnAfterASnapshotAsWithoutOne(t *testing.T) {
	rnd := rand.New(rand.NewSource(2))
	whole, cut := &Waits{}, &Waits{}
	var now tandem.Time
	for range 500 {
		now = now.Add(rnd.Int63n(3 * minute))
		ch, waited := event.Channel(1+rnd.Intn(3)), rnd.Int63n(minute)
		whole.Dequeued(ch, now, waited)
		cut.Dequeued(ch, now, waited)
		if rnd.Intn(5) == 0 {
			cut = throughWire(t, cut)
		}
		if !reflect.DeepEqual(whole, cut) || whole.estimate(ch, 3, now) != cut.estimate(ch, 3, now) {
			t.Fatalf("%+v after a snapshot, %+v without", cut, whole)
		}
	}
}

func throughWire(t *testing.T, w *Waits) *Waits {
	t.Helper()
	e := tandem.NewEncoder(nil, nil)
	w.EncodeWire(e)
	d := tandem.NewDecoder(e.Bytes(), nil)
	var back Waits
	back.DecodeWire(d)
	if err := d.Err(); err != nil || len(d.Rest()) > 0 {
		t.Fatalf("%v, %d bytes left over", err, len(d.Rest()))
	}
	return &back
}
