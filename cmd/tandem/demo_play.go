package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// How the demo moves. A caller dials while others still talk.
const (
	callEvery  = 15 * time.Second
	pressEvery = 2 * time.Second // an impatient caller presses 1 again and again
	pressTimes = 6
	shortCall  = 15 * time.Second // greeting, menu, ringing, and some talk
	callVaries = 5 * time.Second
	taskEvery  = 40 * time.Second
	taskTakes  = 10 * time.Second
	breakEvery = 70 * time.Second
	breakTakes = 15 * time.Second
)

// player lets customers call, tasks come in and agents take breaks.
type player struct {
	phones *phoneNetwork
	setup  *demoSetup
	sip    string // the server's address
	log    *slog.Logger
	all    sync.WaitGroup
}

// play lets the contact center live until ctx ends.
func (d *demo) play(ctx context.Context, e endpoints, s *demoSetup) {
	p := &player{phones: d.phones, setup: s, sip: e.SIP, log: logger(d.cfg.Log, "demo")}
	calls, tasks := 0, 0
	p.every(ctx, 0, callEvery, "a customer's call", func() error { calls++; return p.call(ctx, calls) })
	p.every(ctx, taskEvery/4, taskEvery, "a task", func() error { tasks++; return p.task(ctx, tasks) })
	p.every(ctx, breakEvery/2, breakEvery, "an agent's break", func() error { return p.takeBreak(ctx) })
	p.all.Wait()
}

// every does something again and again, first after a while. What goes wrong
// is logged, and tried again the next time.
func (p *player) every(ctx context.Context, first, period time.Duration, what string, do func() error) {
	p.all.Go(func() {
		for wait := first; pause(ctx, wait); wait = period {
			if err := do(); err != nil && ctx.Err() == nil {
				p.log.Warn(what+" went wrong", "err", err)
			}
		}
	})
}

// pause lets time pass; it reports false when ctx ends first.
func pause(ctx context.Context, span time.Duration) bool {
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// call begins a customer's call, which goes on by itself.
func (p *player) call(ctx context.Context, n int) error {
	t, err := p.phones.dial(ctx, p.sip, demoNumber, fmt.Sprintf("+120255501%02d", 10+n%30))
	if err == nil {
		p.all.Go(func() { converse(ctx, t) })
	}
	return err
}

// converse is a customer's behaviour: to press 1 until that is heard, to talk,
// and to hang up.
func converse(ctx context.Context, t *talk) {
	defer t.call.Hangup()
	ctx, done := context.WithTimeout(ctx, shortCall+rand.N(callVaries))
	defer done()
	select {
	case <-t.up:
	case <-t.ended:
		return
	case <-ctx.Done():
		return
	}
	for range pressTimes {
		if !pause(ctx, pressEvery) {
			return
		}
		t.press('1')
	}
	select {
	case <-t.ended:
	case <-ctx.Done():
	}
}

// task is a task from its beginning to its end.
func (p *player) task(ctx context.Context, n int) error {
	c, instance := p.setup.client, p.setup.client.born.InstanceID
	var started struct{ ContactId string }
	err := c.connect(ctx, "PUT", "/contact/task", map[string]any{
		"InstanceId": instance, "ContactFlowId": p.setup.ids["Task flow"], "Name": fmt.Sprintf("Sample task %d", n), "Description": "Nothing to do; it ends by itself.",
	}, &started)
	if err != nil || !pause(ctx, taskTakes) {
		return err
	}
	return c.connect(ctx, "POST", "/contact/stop", map[string]any{"InstanceId": instance, "ContactId": started.ContactId}, nil)
}

// takeBreak sends the last agent on a break and back.
func (p *player) takeBreak(ctx context.Context) error {
	agent := demoAgents[len(demoAgents)-1]
	if err := p.setup.put(ctx, agent, "Break"); err != nil || !pause(ctx, breakTakes) {
		return err
	}
	return p.setup.put(ctx, agent, "Available")
}
