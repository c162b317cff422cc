package connector

import (
	"context"
	"net/http"
	"sync"

	"tandem"
	"tandem/event"
	"tandem/presence"
)

// Attempts remembers the writes of each agent that failed since one was
// answered. The zero value is ready.
type Attempts struct {
	mu        sync.Mutex
	failures  map[string]int  // in a row, by remote id
	uncertain map[string]bool // one may or may not have been done
}

// Fail counts a failure of an agent's writes and returns how many there were in
// a row.
func (a *Attempts) Fail(agent string, uncertain bool) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failures == nil {
		a.failures, a.uncertain = map[string]int{}, map[string]bool{}
	}
	a.failures[agent]++
	a.uncertain[agent] = a.uncertain[agent] || uncertain
	return a.failures[agent]
}

// Uncertain reports whether a write of the agent may or may not have been done.
func (a *Attempts) Uncertain(agent string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.uncertain[agent]
}

// Settle forgets an agent's failures: the system has answered.
func (a *Attempts) Settle(agent string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.failures, agent)
	delete(a.uncertain, agent)
}

// Finish tells the core what became of a write to a system. When ctx has ended
// only a write that was done is told: any other is handed out again.
func (e Env) Finish(ctx context.Context, system tandem.ID, w presence.Write, ended event.StatusWriteEnded) {
	if ctx.Err() != nil && ended.Outcome != event.WriteDone {
		return
	}
	ended.UserID, ended.SystemID, ended.WriteID, ended.Again = w.UserID, system, w.WriteID, w.Again
	e.Stats.WriteEnded(ended.Outcome)
	if err := e.Tell(ctx, presence.FinishWrite{Ended: ended}); err != nil && ctx.Err() == nil {
		e.Log.Warn("the core refused a write's outcome", "user", w.UserID.String(), "err", err)
	}
}

// Undone reports whether an answer by HTTP says that nothing was done, for a
// cause that passes.
func Undone(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// Refused reports whether an answer by HTTP is a final no.
func Refused(status int) bool {
	return status >= 300 && status < 500 && !Undone(status) && status != http.StatusRequestTimeout
}
