package zendesk

import (
	"context"
	"errors"
	"net/http"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// longestHold is how long a write waits here while the account wants to be
// left alone; for longer ones the core is told when to come again.
const longestHold = 5 * time.Second

// serve does the newest write of one agent once a request may be sent.
func (z *Zendesk) serve(ctx context.Context, take func() (presence.Write, time.Time)) {
	if until, closed := z.client.governor.closed(); closed && until.Sub(z.env.Clock.Now()) > longestHold {
		w, _ := take()
		z.finish(ctx, w, event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: tandem.At(until), Detail: "Zendesk asked us to wait"})
		return
	}
	if z.client.governor.wait(ctx, urgent) != nil {
		return
	}
	w, since := take()
	z.env.Stats.WriteSent(z.env.Clock.Now().Sub(since))
	z.finish(ctx, w, z.write(ctx, w))
}

// write shows a status; its first request is admitted. A write that may have
// been sent before is preceded by a look, and not sent when something has
// changed since it was decided.
func (z *Zendesk) write(ctx context.Context, w presence.Write) event.StatusWriteEnded {
	p := admitted
	if w.Again || z.isUncertain(w.RemoteID) {
		o, err := z.look(ctx, p, w.RemoteID)
		if err != nil {
			return z.failed(w.RemoteID, notSent(err))
		}
		z.settle(w.RemoteID)
		if o.Version != w.Version || o.Remote == w.Remote {
			return z.overtaken(ctx, w, o)
		}
		p = urgent
	}
	shown, err := z.client.setStatus(ctx, p, w.RemoteID, w.Remote)
	switch {
	case err != nil:
		return z.failed(w.RemoteID, err)
	case shown != "" && shown != w.Remote:
		return event.StatusWriteEnded{Outcome: event.WriteUnknown, Detail: "Zendesk answered with another status"}
	}
	z.settle(w.RemoteID)
	return event.StatusWriteEnded{Outcome: event.WriteDone}
}

// overtaken ends a write after a look that showed something new: the core
// hears what, and decides anew unless it is what was wanted.
func (z *Zendesk) overtaken(ctx context.Context, w presence.Write, o presence.Observe) event.StatusWriteEnded {
	z.tell(ctx, o)
	if o.Remote == w.Remote {
		return event.StatusWriteEnded{Outcome: event.WriteDone, Version: o.Version}
	}
	return event.StatusWriteEnded{
		Outcome: event.WriteRetry, RetryAt: tandem.At(z.env.Clock.Now()), Detail: "the status was changed in Zendesk meanwhile",
	}
}

// failed says what a failed write means. Most of Zendesk's refusals are final;
// where the request may have been done it is unknown.
func (z *Zendesk) failed(agent string, err error) event.StatusWriteEnded {
	ended := event.StatusWriteEnded{Outcome: event.WriteRetry, Detail: err.Error()}
	var f *failure
	var credentials *credentialError
	errors.As(err, &f)
	switch {
	case errors.As(err, &credentials) || f == nil:
		ended.RetryAt = tandem.At(z.env.Clock.Now().Add(connector.Around(time.Minute)))
		return ended
	case !f.until.IsZero():
		ended.RetryAt = tandem.At(f.until)
		return ended
	case refused(f.status):
		z.settle(agent)
		ended.Outcome = event.WriteRefused
		return ended
	}
	failures := z.fail(agent, f.sent && !undone(f.status))
	ended.RetryAt = tandem.At(z.env.Clock.Now().Add(connector.Backoff(failures)))
	if f.sent && !undone(f.status) {
		ended.Outcome = event.WriteUnknown
	}
	return ended
}

// undone reports whether an answer says that nothing was done, for a cause
// that passes.
func undone(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// notSent is the error of a look: the write itself was not sent.
func notSent(err error) error {
	var f *failure
	if errors.As(err, &f) {
		f.sent = false
	}
	return err
}

// refused reports whether an answer is a final no.
func refused(status int) bool {
	return status >= 300 && status < 500 && !undone(status) && status != http.StatusRequestTimeout
}

// fail counts a failure of an agent's writes and returns how many there were in
// a row.
func (z *Zendesk) fail(agent string, uncertain bool) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.failures[agent]++
	z.uncertain[agent] = z.uncertain[agent] || uncertain
	return z.failures[agent]
}

func (z *Zendesk) isUncertain(agent string) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.uncertain[agent]
}

// settle forgets an agent's failures: the account has answered.
func (z *Zendesk) settle(agent string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	delete(z.failures, agent)
	delete(z.uncertain, agent)
}

// finish tells the core what became of a write.
func (z *Zendesk) finish(ctx context.Context, w presence.Write, ended event.StatusWriteEnded) {
	if ctx.Err() != nil && ended.Outcome != event.WriteDone {
		return // stopping: the write is handed out again
	}
	ended.UserID, ended.SystemID, ended.WriteID, ended.Again = w.UserID, z.system.SystemID, w.WriteID, w.Again
	z.env.Stats.WriteEnded(ended.Outcome)
	if err := z.env.Tell(ctx, presence.FinishWrite{Ended: ended}); err != nil && ctx.Err() == nil {
		z.env.Log.Warn("the core refused a write's outcome", "user", w.UserID.String(), "err", err)
	}
}
