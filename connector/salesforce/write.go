package salesforce

import (
	"context"
	"errors"
	"strings"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// noConsolePause is when the core asks again for an agent without a console.
// A log-in is observed and makes it ask sooner.
const noConsolePause = time.Minute

// serve does the newest write of one agent.
func (s *Salesforce) serve(ctx context.Context, take func() (presence.Write, time.Time)) {
	w, since := take()
	if until, closed := s.client.governor.closed(); closed {
		s.env.Finish(ctx, s.system.SystemID, w, event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: tandem.At(until), Detail: "Salesforce takes no more requests for now"})
		return
	}
	s.env.Stats.WriteSent(s.env.Clock.Now().Sub(since))
	s.env.Finish(ctx, s.system.SystemID, w, s.write(ctx, w))
}

// write lets the agent's console show a status. Nothing is written while the
// org cannot be read, as nobody could tell then what became of it. A write that
// may have been sent before is preceded by a look, and not sent when something
// has changed since it was decided.
func (s *Salesforce) write(ctx context.Context, w presence.Write) event.StatusWriteEnded {
	if w.Remote != Offline && !idShape.MatchString(w.Remote) {
		return event.StatusWriteEnded{Outcome: event.WriteRefused, Detail: "\"" + w.Remote + "\" is not the id of a presence status"}
	}
	if _, err := s.client.tokens.get(ctx); err != nil {
		return s.unread(w.RemoteID, err)
	}
	if w.Again || s.attempts.Uncertain(w.RemoteID) {
		observed, err := s.look(ctx, urgent, []string{w.RemoteID})
		if err != nil {
			return s.unread(w.RemoteID, err)
		}
		s.attempts.Settle(w.RemoteID)
		if len(observed) == 1 && (connector.Moved(w, observed[0]) || observed[0].Remote == short(w.Remote)) {
			return s.overtaken(ctx, w, observed[0])
		}
	}
	verb, status := verbSet, w.Remote
	if w.Remote == Offline {
		verb, status = verbLogout, ""
	}
	answer, sent, err := s.hub.do(ctx, w.RemoteID, verb, status)
	switch {
	case err != nil:
		return s.unanswered(w.RemoteID, sent, err)
	case !answer.ok:
		return s.refused(w.RemoteID, answer.message)
	case verb == verbSet && answer.status != "" && answer.status != short(w.Remote):
		return event.StatusWriteEnded{Outcome: event.WriteUnknown, Detail: "Salesforce answered with another status"}
	}
	s.attempts.Settle(w.RemoteID)
	return event.StatusWriteEnded{Outcome: event.WriteDone}
}

// overtaken ends a write after a look that showed something new: the core
// hears what, and decides anew unless it is what was wanted.
func (s *Salesforce) overtaken(ctx context.Context, w presence.Write, o presence.Observe) event.StatusWriteEnded {
	s.tell(ctx, o)
	if o.Remote == short(w.Remote) {
		return event.StatusWriteEnded{Outcome: event.WriteDone, Version: o.Version}
	}
	return event.StatusWriteEnded{
		Outcome: event.WriteRetry, RetryAt: tandem.At(s.env.Clock.Now()), Detail: "the status was changed in Salesforce meanwhile",
	}
}

// unread ends a write that was not sent because the org could not be read.
func (s *Salesforce) unread(agent string, err error) event.StatusWriteEnded {
	ended := event.StatusWriteEnded{Outcome: event.WriteRetry, Detail: err.Error()}
	var f *failure
	var credentials *credentialError
	switch {
	case errors.As(err, &credentials):
		ended.RetryAt = s.in(connector.Around(time.Minute))
	case errors.As(err, &f) && !f.until.IsZero():
		ended.RetryAt = tandem.At(f.until)
	default:
		ended.RetryAt = s.in(connector.Backoff(s.attempts.Fail(agent, false)))
	}
	return ended
}

// unanswered ends a write to which no console answered.
func (s *Salesforce) unanswered(agent string, sent bool, err error) event.StatusWriteEnded {
	ended := event.StatusWriteEnded{Outcome: event.WriteRetry, Detail: err.Error()}
	switch {
	case sent:
		ended.Outcome = event.WriteUnknown
		ended.RetryAt = s.in(connector.Backoff(s.attempts.Fail(agent, true)))
	case errors.Is(err, errNoConsole), errors.Is(err, errElsewhere):
		ended.RetryAt = s.in(connector.Around(noConsolePause))
	default:
		ended.RetryAt = s.in(connector.Backoff(s.attempts.Fail(agent, false)))
	}
	return ended
}

// Words in the message of a toolkit's refusal that say it may pass, or that it
// is not known what became of it. The public pages list no codes.
var passing = []string{"connection", "network", "timeout", "timed out", "unavailable", "unable to"}

// refused ends a write to which the toolkit said no. Most of its refusals are
// final: a status that the agent's profile does not grant stays refused.
func (s *Salesforce) refused(agent, message string) event.StatusWriteEnded {
	lower := strings.ToLower(message)
	if strings.Contains(message, limitCode) {
		f := &failure{code: limitCode, detail: adviceFor(limitCode, "")}
		s.client.rest(f)
		return event.StatusWriteEnded{Outcome: event.WriteRetry, RetryAt: tandem.At(f.until), Detail: f.detail}
	}
	for _, word := range passing {
		if strings.Contains(lower, word) {
			return event.StatusWriteEnded{
				Outcome: event.WriteUnknown, RetryAt: s.in(connector.Backoff(s.attempts.Fail(agent, true))), Detail: "Omni-Channel said: " + shorten(message),
			}
		}
	}
	s.attempts.Settle(agent)
	detail := "Salesforce did not set the status; check that the agent's profile or a permission set grants it under Enabled Service Presence Status Access"
	if message != "" {
		detail += " (" + shorten(message) + ")"
	}
	return event.StatusWriteEnded{Outcome: event.WriteRefused, Detail: detail}
}

func (s *Salesforce) in(span time.Duration) tandem.Time {
	return tandem.At(s.env.Clock.Now().Add(span))
}
