package awsconnect

import (
	"context"
	"errors"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// longestHold is how long a write waits here while the account wants fewer
// requests; for longer ones the core is told when to come again.
const longestHold = 5 * time.Second

// serve does the newest write of one agent once a request may be sent.
func (a *AmazonConnect) serve(ctx context.Context, take func() (presence.Write, time.Time)) {
	if until, closed := a.client.governor.closed(); closed && until.Sub(a.env.Clock.Now()) > longestHold {
		w, _ := take()
		a.env.Finish(ctx, a.system.SystemID, w, event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: tandem.At(until), Detail: "AWS asks for fewer requests"})
		return
	}
	if a.client.governor.wait(ctx, urgent) != nil {
		return
	}
	w, since := take()
	a.env.Stats.WriteSent(a.env.Clock.Now().Sub(since))
	a.env.Finish(ctx, a.system.SystemID, w, a.write(ctx, w))
}

// write shows a status; its first request is admitted. A write that may have
// been sent before is preceded by a look, and not sent when something has
// changed since it was decided.
func (a *AmazonConnect) write(ctx context.Context, w presence.Write) event.StatusWriteEnded {
	p := admitted
	if w.Again || a.attempts.Uncertain(w.RemoteID) {
		o, err := a.look(ctx, p, w.RemoteID)
		if err != nil {
			return a.failed(w.RemoteID, notSent(err))
		}
		a.attempts.Settle(w.RemoteID)
		if connector.Moved(w, o) || o.Remote == w.Remote {
			return a.overtaken(ctx, w, o)
		}
		p = urgent
	}
	if err := a.client.putStatus(ctx, p, w.RemoteID, w.Remote); err != nil {
		return a.failed(w.RemoteID, err)
	}
	a.attempts.Settle(w.RemoteID)
	if a.seen.loggedOut(w.RemoteID) {
		return a.writtenToLoggedOut(ctx, w)
	}
	a.settling.wrote(w.RemoteID, w.Remote)
	return event.StatusWriteEnded{Outcome: event.WriteDone}
}

// overtaken ends a write after a look that showed something new: the core
// hears what, and decides anew unless it is what was wanted.
func (a *AmazonConnect) overtaken(ctx context.Context, w presence.Write, o presence.Observe) event.StatusWriteEnded {
	if err := a.env.Tell(ctx, o); err == nil {
		a.env.Stats.Observed()
		a.reads.Done(o.RemoteID, o.LookedAt)
	}
	if o.Remote == w.Remote {
		return event.StatusWriteEnded{Outcome: event.WriteDone, Version: o.Version}
	}
	return event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: a.now(), Detail: "the status was changed in Amazon Connect meanwhile"}
}

// writtenToLoggedOut ends a write for an agent who was logged out: Amazon
// Connect may take a status for them and show none. A refusal keeps that from
// being taken for the agent's own wish to be offline.
func (a *AmazonConnect) writtenToLoggedOut(ctx context.Context, w presence.Write) event.StatusWriteEnded {
	if connector.Wait(ctx, a.env.Clock, settleTime) != nil {
		return event.StatusWriteEnded{Outcome: event.WriteUnknown, RetryAt: a.now()}
	}
	o, err := a.look(ctx, urgent, w.RemoteID)
	switch {
	case err != nil:
		return event.StatusWriteEnded{Outcome: event.WriteUnknown, RetryAt: a.later(connector.Backoff(a.attempts.Fail(w.RemoteID, true))), Detail: err.Error()}
	case o.Remote == w.Remote:
		return event.StatusWriteEnded{Outcome: event.WriteDone, Version: o.Version}
	case a.seen.loggedOut(w.RemoteID):
		return event.StatusWriteEnded{Outcome: event.WriteRefused, Detail: "the agent is not logged in to Amazon Connect; the status follows the next change after the log-in"}
	}
	return event.StatusWriteEnded{Outcome: event.WriteUnknown, RetryAt: a.now(), Detail: "Amazon Connect took the status and shows another one"}
}

func (a *AmazonConnect) later(span time.Duration) tandem.Time {
	return tandem.At(a.env.Clock.Now().Add(span))
}

// failed says what a failed write means. Where the request may have been done
// it is unknown.
func (a *AmazonConnect) failed(agent string, err error) event.StatusWriteEnded {
	ended := event.StatusWriteEnded{Outcome: event.WriteRetry, Detail: err.Error()}
	var f *failure
	switch {
	case !errors.As(err, &f) || f.ofKey():
		ended.RetryAt = a.later(connector.Around(time.Minute))
		return ended
	case !f.until.IsZero():
		ended.RetryAt = tandem.At(f.until)
		return ended
	case f.refused():
		a.attempts.Settle(agent)
		ended.Outcome = event.WriteRefused
		return ended
	}
	unknown := f.sent && !f.undone()
	ended.RetryAt = a.later(connector.Backoff(a.attempts.Fail(agent, unknown)))
	if unknown {
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
