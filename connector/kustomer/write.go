package kustomer

import (
	"context"
	"errors"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// longestHold is how long a write waits here while the organization wants to
// be left alone; for longer ones the core is told when to come again.
const longestHold = 5 * time.Second

// serve does the newest write of one agent once a request may be sent.
func (k *Kustomer) serve(ctx context.Context, take func() (presence.Write, time.Time)) {
	if until, closed := k.client.governor.closed(); closed && until.Sub(k.env.Clock.Now()) > longestHold {
		w, _ := take()
		k.env.Finish(ctx, k.system.SystemID, w, event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: tandem.At(until), Detail: "Kustomer asked us to wait"})
		return
	}
	if k.client.governor.wait(ctx, urgent) != nil {
		return
	}
	w, since := take()
	k.env.Stats.WriteSent(k.env.Clock.Now().Sub(since))
	k.env.Finish(ctx, k.system.SystemID, w, k.write(ctx, w))
}

// write shows a status; its first request is admitted. A write that may have
// been sent before is preceded by a look, and not sent when something has
// changed since it was decided.
func (k *Kustomer) write(ctx context.Context, w presence.Write) event.StatusWriteEnded {
	p, session := admitted, k.memory.session(w.RemoteID)
	if w.Again || session == "" || k.attempts.Uncertain(w.RemoteID) {
		o, err := k.look(ctx, p, w.RemoteID)
		if err != nil {
			return k.failed(w.RemoteID, notSent(err))
		}
		decided := w.Again || w.Version != 0 || k.attempts.Uncertain(w.RemoteID) // on something that was seen
		k.attempts.Settle(w.RemoteID)
		session = k.memory.session(w.RemoteID)
		switch {
		case o.Remote == w.Remote || decided && connector.Moved(w, o):
			return k.overtaken(ctx, w, o)
		case session == "":
			return k.withoutSession(ctx, o)
		}
		p = urgent
	}
	s, err := k.client.setStatus(ctx, p, session, w.Remote)
	if err == nil {
		return k.written(w, s)
	}
	if k.endedMeanwhile(ctx, w, session, err) {
		return event.StatusWriteEnded{
			Outcome: event.WriteRetry, RetryAt: tandem.At(k.env.Clock.Now()), Detail: "the agent's work session ended in Kustomer meanwhile",
		}
	}
	return k.failed(w.RemoteID, err)
}

// written ends a write that Kustomer has answered with the work session as it
// is now.
func (k *Kustomer) written(w presence.Write, s sessionJSON) event.StatusWriteEnded {
	if !s.complete() || s.Relationships.User.id() != w.RemoteID {
		k.attempts.Fail(w.RemoteID, true)
		return event.StatusWriteEnded{Outcome: event.WriteUnknown, Detail: "Kustomer's answer does not tell the status; it is read back"}
	}
	o := k.observation(s, 0)
	if o.Remote != w.Remote {
		k.attempts.Fail(w.RemoteID, true)
		return event.StatusWriteEnded{Outcome: event.WriteUnknown, Detail: "Kustomer answered with another status"}
	}
	k.attempts.Settle(w.RemoteID)
	k.memory.told(o)
	return event.StatusWriteEnded{Outcome: event.WriteDone, Version: o.Version}
}

// endedMeanwhile reports whether a write was refused because its work session
// is over: an ended one can only be read. What the agent shows now is told.
func (k *Kustomer) endedMeanwhile(ctx context.Context, w presence.Write, session string, err error) bool {
	var f *failure
	if !errors.As(err, &f) || !connector.Refused(f.status) {
		return false
	}
	o, err := k.look(ctx, urgent, w.RemoteID)
	if err != nil || k.memory.session(w.RemoteID) == session {
		return false
	}
	k.tell(ctx, o)
	return true
}

// withoutSession refuses a write for an agent who is offline: the public API
// has no call that begins a work session for somebody else.
func (k *Kustomer) withoutSession(ctx context.Context, o presence.Observe) event.StatusWriteEnded {
	k.tell(ctx, o)
	return event.StatusWriteEnded{
		Outcome: event.WriteRefused,
		Detail:  "the agent is offline in Kustomer, where only the agent can begin a work session: ask them to choose a status there",
	}
}

// overtaken ends a write after a look that showed something new: the core
// hears what, and decides anew unless it is what was wanted.
func (k *Kustomer) overtaken(ctx context.Context, w presence.Write, o presence.Observe) event.StatusWriteEnded {
	k.tell(ctx, o)
	if o.Remote == w.Remote {
		return event.StatusWriteEnded{Outcome: event.WriteDone, Version: o.Version}
	}
	return event.StatusWriteEnded{
		Outcome: event.WriteRetry, RetryAt: tandem.At(k.env.Clock.Now()), Detail: "the status was changed in Kustomer meanwhile",
	}
}

// failed says what a failed write means. Most of Kustomer's refusals are final;
// where the request may have been done it is unknown.
func (k *Kustomer) failed(agent string, err error) event.StatusWriteEnded {
	ended := event.StatusWriteEnded{Outcome: event.WriteRetry, Detail: err.Error()}
	var f *failure
	var credentials *credentialError
	errors.As(err, &f)
	switch {
	case errors.As(err, &credentials) || f == nil:
		ended.RetryAt = tandem.At(k.env.Clock.Now().Add(connector.Around(time.Minute)))
		return ended
	case !f.until.IsZero():
		ended.RetryAt = tandem.At(f.until)
		return ended
	case connector.Refused(f.status):
		k.attempts.Settle(agent)
		ended.Outcome = event.WriteRefused
		return ended
	}
	maybe := f.sent && !connector.Undone(f.status)
	ended.RetryAt = tandem.At(k.env.Clock.Now().Add(connector.Backoff(k.attempts.Fail(agent, maybe))))
	if maybe {
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
