package kustomer

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
	standin "tandem/standin/kustomer"
)

// chain is an agent in a small center and in Kustomer, with presence and a
// running connector between them.
type chain struct {
	t     *testing.T
	clock *connectortest.Clock
	org   *organization
	k     connector.Connector
	agent string

	mu       sync.Mutex
	in       *instance.Instance
	center   *smallCenter
	presence *presence.Machine
	commands uint64
	intents  int // wishes so far
}

func join(t *testing.T, edit func(*event.SystemSaved)) *chain {
	t.Helper()
	clock := connectortest.NewClock(began)
	c := &chain{t: t, clock: clock, center: &smallCenter{}, presence: presence.New()}
	c.org = startOrganization(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 1000}, func(config *standin.Config) { config.Users[0].StatusID = "" })
	c.agent = c.org.agents[0]
	c.in = instance.New(centerWish, c.center, c.presence)
	system := event.SystemSaved{
		SystemID: systemID, System: event.KustomerSystem, Name: "Kustomer", Enabled: true, URL: c.org.url, StatusSync: true,
		Mapping: []event.MappingRow{
			{Remote: standin.StatusAvailable, StatusID: statusID("Available")}, {Remote: standin.StatusOffline, StatusID: statusID("Offline")},
			{Remote: standin.StatusUnavailable, StatusID: statusID("Break")}, {Remote: lunch, StatusID: statusID("Lunch")},
		},
	}
	c.do(tell{centerStatuses()})
	c.do(presence.SaveSystem{System: system, New: true})
	k, err := New(Options{Timeout: testTimeout})(system, connector.Env{
		Do: func(_ context.Context, body any) (any, error) { return c.step(body) },
		Linked: func(context.Context) (map[string]bool, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			return map[string]bool{c.agent: len(c.presence.State().Agents[person].Legs) > 1}, nil
		},
		Clock: clock, Log: slog.New(slog.DiscardHandler), Stats: &connector.Stats{}, Secrets: vault{secretName: firstKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.k = k
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); k.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	c.within("the statuses are listed", func() bool { return len(c.presence.State().Systems[systemID].Statuses) > 0 })
	if edit != nil {
		edit(&system)
		c.do(presence.SaveSystem{System: system})
	}
	c.do(presence.LinkAgent{UserID: person, SystemID: systemID, RemoteID: c.agent})
	c.within("Kustomer is seen", func() bool { return c.leg().Observed.Remote == standin.StatusOffline })
	return c
}

// step runs one command, and hands its effects to the connector.
func (c *chain) step(body any) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commands++
	actor := tandem.ActorConnector
	switch body.(type) {
	case choose, presence.SaveSystem, presence.LinkAgent:
		actor = tandem.ActorUser
	case ring, cleared:
		actor = tandem.ActorVoice
	case tandem.Tick:
		actor = tandem.ActorSystem
	}
	out, err := c.in.Step(tandem.Command{
		ID: tandem.NameID("command", "chain").Derive(c.commands), At: tandem.At(c.clock.Now()), Actor: tandem.Actor{Kind: actor}, Body: body,
	})
	if err != nil {
		return nil, err
	}
	for _, ev := range out.Record.Events {
		if _, ok := ev.(*event.IntentChanged); ok {
			c.intents++
		}
	}
	for _, effect := range out.Effects {
		switch e := effect.(type) {
		case presence.Write:
			c.k.Write(e)
		case presence.Read:
			c.k.Read(e)
		}
	}
	return out.Answer, nil
}

func (c *chain) do(body any) {
	c.t.Helper()
	if _, err := c.step(body); err != nil {
		c.t.Fatalf("%T: %v", body, err)
	}
}

// leg is Kustomer's; mu is held or nothing runs.
func (c *chain) leg() *presence.Leg {
	legs := c.presence.State().Agents[person].Legs
	if len(legs) < 2 {
		return &presence.Leg{}
	}
	return &legs[1]
}

// within waits for a condition while time passes.
func (c *chain) within(what string, is func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		c.mu.Lock()
		holds := is()
		due, ticks := c.in.NextDue()
		c.mu.Unlock()
		if holds {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("it did not happen: %s; the center shows %s, Kustomer %s: %+v", what, c.shown(), c.org.Shows(c.agent), c.leg())
		}
		if ticks && due <= tandem.At(c.clock.Now()) {
			c.do(tandem.Tick{})
		}
		c.clock.Advance(250 * time.Millisecond)
		time.Sleep(2 * time.Millisecond)
	}
}

// shown is the center's status by name.
func (c *chain) shown() string {
	return c.presence.Name(centerID, c.center.status.String())
}

// both waits until the center and Kustomer show these statuses.
func (c *chain) both(center, remote string) {
	c.t.Helper()
	c.within(center, func() bool { return c.shown() == center && c.org.Shows(c.agent) == remote })
}

// quiet lets a minute pass and reports what it brought.
func (c *chain) quiet(what string) {
	c.t.Helper()
	writes := len(c.org.Server.Requests("PUT", ""))
	c.mu.Lock()
	intents := c.intents
	c.mu.Unlock()
	for end := c.clock.Now().Add(time.Minute); c.clock.Now().Before(end); {
		passed := c.clock.Now().Add(time.Second)
		c.within("time passes", func() bool { return !c.clock.Now().Before(passed) })
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.org.Server.Requests("PUT", "")); n != writes || c.intents != intents {
		c.t.Errorf("%s: a quiet minute brings %d writes and %d wishes", what, n-writes, c.intents-intents)
	}
}

func (c *chain) byHand(status string) {
	c.t.Helper()
	if err := c.org.SetStatusByHand(c.agent, status); err != nil {
		c.t.Fatal(err)
	}
}

// TestOneUpdateIsEnough holds KUS-17: a status is set once, in Kustomer or in
// the center, and both show it; nothing comes back as a wish.
func TestOneUpdateIsEnough(t *testing.T) {
	c := join(t, nil)
	c.byHand(standin.StatusAvailable)
	c.both("Available", standin.StatusAvailable)
	c.do(choose{statusID("Lunch")})
	c.both("Lunch", lunch)
	c.byHand(standin.StatusUnavailable)
	c.both("Break", standin.StatusUnavailable)
	c.quiet("at rest")
	c.byHand(training) // KUS-9: not linked, so it means nothing elsewhere
	c.within("it is seen", func() bool { return c.leg().Observed.Remote == training })
	c.both("Break", training)
	c.do(choose{statusID("Available")})
	c.both("Available", standin.StatusAvailable)
	c.byHand(standin.StatusOffline)
	c.both("Offline", standin.StatusOffline)
	c.quiet("offline")
}

// TestWhoIsOnACallIsBusy holds KUS-11: Busy from the ringing until the contact
// is cleared, and then what was there before, or what was chosen meanwhile.
func TestWhoIsOnACallIsBusy(t *testing.T) {
	c := join(t, func(s *event.SystemSaved) { s.FocusMode, s.Focus = true, standin.StatusBusy })
	c.byHand(standin.StatusAvailable)
	c.both("Available", standin.StatusAvailable)
	first, second := tandem.NameID("contact", "1"), tandem.NameID("contact", "2")
	c.do(ring{first})
	c.both("Available", standin.StatusBusy)
	c.quiet("on a call")
	c.do(cleared{first})
	c.both("Available", standin.StatusAvailable)
	c.do(ring{second})
	c.both("Available", standin.StatusBusy)
	c.do(choose{statusID("Lunch")})
	c.do(cleared{second})
	c.both("Lunch", lunch)
	c.quiet("after it")
}

// TestKustomersOwnBusyIsNoWish holds KUS-11 for a call that the center does not
// know: it changes nothing elsewhere, and is not written over.
func TestKustomersOwnBusyIsNoWish(t *testing.T) {
	c := join(t, nil)
	c.byHand(standin.StatusAvailable)
	c.both("Available", standin.StatusAvailable)
	c.clock.Advance(time.Second)
	if err := c.org.StartCall(c.agent); err != nil {
		t.Fatal(err)
	}
	c.within("it is seen", func() bool { return c.leg().Observed.Remote == standin.StatusBusy })
	c.quiet("on Kustomer's call")
	c.both("Available", standin.StatusBusy)
	if err := c.org.EndCall(c.agent); err != nil {
		t.Fatal(err)
	}
	c.both("Available", standin.StatusAvailable)
	c.quiet("after it")
}

// TestMissedWorkIsUnavailableEverywhere holds KUS-8: who did not accept
// Kustomer's work is offered no calls either.
func TestMissedWorkIsUnavailableEverywhere(t *testing.T) {
	c := join(t, nil)
	c.byHand(standin.StatusAvailable)
	c.both("Available", standin.StatusAvailable)
	c.clock.Advance(time.Second)
	if _, err := c.org.AddWork("a", queueID); err != nil {
		t.Fatal(err)
	}
	c.both("Break", standin.StatusUnavailable)
}

// TestLoadInKustomerShowsInTheCenter holds KUS-13, KUS-14 and KUS-16: only where
// a status is linked to the load, only while the agent is available, and until
// the load is gone. Kustomer itself goes on showing Available.
func TestLoadInKustomerShowsInTheCenter(t *testing.T) {
	for _, linked := range []bool{false, true} {
		c := join(t, func(s *event.SystemSaved) {
			if linked {
				s.PartialCapacityStatusID, s.AtCapacityStatusID = statusID("Some work"), statusID("Full")
			}
		})
		means := func(status string) string {
			if linked {
				return status
			}
			return "Available"
		}
		c.byHand(standin.StatusAvailable)
		c.both("Available", standin.StatusAvailable)
		var items []string
		for i, name := range []string{"a", "b", "c"} {
			id, err := c.org.AddWork(name, queueID)
			if err == nil {
				err = c.org.Work(id, "accept")
			}
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, id)
			c.within("the load is seen", func() bool { return c.leg().Capacity != nil && c.leg().Capacity.Used == uint32(i+1) })
			c.both(means([]string{"Some work", "Some work", "Full"}[i]), standin.StatusAvailable)
		}
		c.byHand(lunch)
		c.both("Lunch", lunch)
		for _, id := range items {
			if err := c.org.Work(id, "complete"); err != nil {
				t.Fatal(err)
			}
		}
		c.quiet("at lunch")
		c.byHand(standin.StatusAvailable)
		c.both("Available", standin.StatusAvailable)
	}
}

// TestWishForWhoIsOfflineInKustomerWaitsForThem holds that a choice in the
// center cannot begin a shift in Kustomer, says so, and is no reason to make the
// agent offline.
func TestWishForWhoIsOfflineInKustomerWaitsForThem(t *testing.T) {
	c := join(t, nil)
	c.clock.Advance(time.Minute)
	c.do(choose{statusID("Lunch")})
	c.within("the write is refused", func() bool { return c.leg().Ended.Outcome == event.WriteRefused })
	c.mu.Lock()
	detail := c.leg().Ended.Detail
	c.mu.Unlock()
	if !strings.Contains(detail, "ask them") {
		t.Errorf("the detail is %q", detail)
	}
	c.quiet("waiting")
	c.both("Lunch", standin.StatusOffline)
	c.byHand(standin.StatusAvailable)
	c.both("Available", standin.StatusAvailable)
}
