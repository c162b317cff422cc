package link

import (
	"context"
	"errors"
	"time"

	"tandem"
	"tandem/voice"
)

// errSignalID refuses a signal whose answer could not be told from another's.
var errSignalID = errors.New("a signal needs an id of its own")

// exchange is the signals of one client that wait for their answers. The
// client's mutex guards it.
type exchange struct {
	unsent  []voice.Signal
	waiting map[tandem.ID]chan voice.SignalAnswer // each has room for its answer
}

// take returns the signals that are still to be sent.
func (e *exchange) take() []voice.Signal {
	signals := e.unsent
	e.unsent = nil
	return signals
}

// abandon answers all that wait, because the link is gone.
func (e *exchange) abandon() {
	e.unsent = nil
	for id, answer := range e.waiting {
		answer <- voice.SignalAnswer{ID: id, Code: voice.SignalTimeout}
		delete(e.waiting, id)
	}
}

// Signal asks media what a browser asks and waits for the answer: at most 5 s,
// and not longer than the link holds; then the answer's code is SignalTimeout.
// SignalFailed answers one of more than 256 at a time. The error is that of a
// context that ended first, or of an id that is missing or under way.
func (c *Client) Signal(ctx context.Context, s voice.Signal) (voice.SignalAnswer, error) {
	answer, err := c.ask(s)
	if err != nil {
		return voice.SignalAnswer{}, err
	}
	deadline := time.NewTimer(c.config.signalWait)
	defer deadline.Stop()
	select {
	case a := <-answer:
		return a, nil
	case <-deadline.C:
		c.forget(s.ID)
		return voice.SignalAnswer{ID: s.ID, Code: voice.SignalTimeout}, nil
	case <-ctx.Done():
		c.forget(s.ID)
		return voice.SignalAnswer{}, ctx.Err()
	}
}

// ask queues a signal and returns where its answer comes.
func (c *Client) ask(s voice.Signal) (<-chan voice.SignalAnswer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.ID.IsZero() || c.signals.waiting[s.ID] != nil {
		return nil, errSignalID
	}
	answer := make(chan voice.SignalAnswer, 1)
	switch {
	case !c.connected:
		answer <- voice.SignalAnswer{ID: s.ID, Code: voice.SignalTimeout}
	case len(c.signals.waiting) >= maxSignals:
		answer <- voice.SignalAnswer{ID: s.ID, Code: voice.SignalFailed}
	default:
		if c.signals.waiting == nil {
			c.signals.waiting = map[tandem.ID]chan voice.SignalAnswer{}
		}
		c.signals.waiting[s.ID] = answer
		c.signals.unsent = append(c.signals.unsent, s)
		c.signal()
	}
	return answer, nil
}

func (c *Client) forget(id tandem.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.signals.waiting, id)
}

// answered hands an answer to whoever still waits for it.
func (c *Client) answered(a voice.SignalAnswer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer := c.signals.waiting[a.ID]; answer != nil {
		answer <- a
		delete(c.signals.waiting, a.ID)
	}
}

// signal lets the handler answer on a goroutine of its own, so that a browser
// keeps neither rooms nor other browsers waiting.
func (s *Server) signal(c *session, asked voice.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.signals >= maxSignals {
		c.answers = append(c.answers, voice.SignalAnswer{ID: asked.ID, Code: voice.SignalFailed})
		c.signal()
		return
	}
	c.signals++
	s.busy.Add(1)
	go s.answer(c, asked)
}

func (s *Server) answer(c *session, asked voice.Signal) {
	defer s.busy.Done()
	ctx, cancel := context.WithTimeout(c.ctx, defaultSignalWait)
	defer cancel()
	answer := s.config.Handler.Signal(ctx, asked)
	answer.ID = asked.ID
	s.mu.Lock()
	defer s.mu.Unlock()
	c.signals--
	c.answers = append(c.answers, answer)
	c.signal()
}

// writeAnswers sends the answers that are ready.
func (s *Server) writeAnswers(c *session) error {
	s.mu.Lock()
	answers := c.answers
	c.answers = nil
	s.mu.Unlock()
	for i := range answers {
		if err := writeMessage(c.conn, message{Answer: &answers[i]}); err != nil {
			return err
		}
	}
	return nil
}
