package zendesk

import (
	"context"
	"errors"
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
		z.env.Finish(ctx, z.system.SystemID, w, event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: tandem.At(until), Detail: "Zendesk asked us to wait"})
		return
	}
	if z.client.governor.wait(ctx, urgent) != nil {
		return
	}
	w, since := take()
	z.env.Stats.WriteSent(z.env.Clock.Now().Sub(since))
	z.env.Finish(ctx, z.system.SystemID, w, z.write(ctx, w))
}

// write shows a status; its first request is admitted. A write that may have
// been sent before is preceded by a look, and not sent when something has
// changed since it was decided.
func (z *Zendesk) write(ctx context.Context, w presence.Write) event.StatusWriteEnded {
	p := admitted
	if w.Again || z.attempts.Uncertain(w.RemoteID) {
		o, err := z.look(ctx, p, w.RemoteID)
		if err != nil {
			return z.failed(w.RemoteID, notSent(err))
		}
		z.attempts.Settle(w.RemoteID)
		if connector.Moved(w, o) || o.Remote == w.Remote {
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
	z.attempts.Settle(w.RemoteID)
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
	case connector.Refused(f.status):
		z.attempts.Settle(agent)
		ended.Outcome = event.WriteRefused
		return ended
	}
	failures := z.attempts.Fail(agent, f.sent && !connector.Undone(f.status))
	ended.RetryAt = tandem.At(z.env.Clock.Now().Add(connector.Backoff(failures)))
	if f.sent && !connector.Undone(f.status) {
		ended.Outcome = event.WriteUnknown
	}
	return ended
}

// notSent is the error of a look: the write itself was not sent.
func notSent(err error) error {
	var f *failure
	if errors.As(err, &f) {
		f.sent = false
	}
	return err
}
