package link

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"tandem/voice"
)

func ask(t *testing.T, c *core, s voice.Signal) voice.SignalAnswer {
	t.Helper()
	answer, err := c.Signal(context.Background(), s)
	if err != nil {
		t.Errorf("signal %v: %v", s.ID, err)
	}
	return answer
}

func TestSignalsAreAnsweredSideBySide(t *testing.T) {
	_, m, path := serve(t)
	c := dial(t, path, 1, true)
	c.config.signalWait = 10 * patience // only the end of the link ends what media does not answer
	eventually(t, "the core is linked", m.has(isLinked))
	blocked := make(chan voice.SignalAnswer, 1)
	go func() { blocked <- ask(t, c, voice.Signal{ID: id("slow"), SDP: "never"}) }()
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			name := fmt.Sprint("signal ", i)
			got := ask(t, c, voice.Signal{ID: id(name), Leg: id(name), SDP: name})
			if got.ID != id(name) || got.Peer != id(name).String() || got.SDP != name || got.Code != voice.SignalDone {
				t.Errorf("%s was answered with %+v", name, got)
			}
		})
	}
	all.Wait()
	select {
	case got := <-blocked:
		t.Errorf("the signal that media does not answer was answered with %+v", got)
	default:
	}
	c.Close()
	select {
	case got := <-blocked:
		if got.Code != voice.SignalTimeout {
			t.Errorf("a signal over a broken link was answered with %+v, want a time-out", got)
		}
	case <-time.After(patience):
		t.Error("a signal over a broken link was not answered")
	}
}

func TestSignalWithoutLinkTimesOutAtOnce(t *testing.T) {
	c := dial(t, "/nowhere", 1, true)
	if got := ask(t, c, voice.Signal{ID: id("s")}); got.Code != voice.SignalTimeout {
		t.Errorf("it was answered with %+v, want a time-out", got)
	}
}

func TestSignalEndsWithItsContext(t *testing.T) {
	_, m, path := serve(t)
	c := dial(t, path, 1, true)
	eventually(t, "the core is linked", m.has(isLinked))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.Signal(ctx, voice.Signal{ID: id("s"), SDP: "never"}); err == nil {
		t.Error("a signal outlived its context")
	}
	if _, err := c.Signal(context.Background(), voice.Signal{}); err == nil {
		t.Error("a signal without an id was taken")
	}
}

func TestSignalsBeyondTheLimitAreRefused(t *testing.T) {
	_, m, path := serve(t)
	c := dial(t, path, 1, true)
	eventually(t, "the core is linked", m.has(isLinked))
	var all sync.WaitGroup
	for i := range maxSignals {
		all.Go(func() { ask(t, c, voice.Signal{ID: id(fmt.Sprint(i)), SDP: "never"}) })
	}
	eventually(t, "all are under way", func() bool {
		c.Client.mu.Lock()
		defer c.Client.mu.Unlock()
		return len(c.signals.waiting) == maxSignals
	})
	if got := ask(t, c, voice.Signal{ID: id("one more")}); got.Code != voice.SignalFailed {
		t.Errorf("one more was answered with %+v, want that it failed", got)
	}
	c.Close()
	all.Wait()
}
