package engine

import (
	"context"
	"fmt"
	"time"

	"tandem"
	"tandem/event"
	"tandem/instance"
	"tandem/journal"
)

// message is one entry of a shard's inbox: a command or a look.
type message struct {
	command Request
	look    func(*instance.Instance)
	reply   chan reply
	done    func(any, error)
}

type reply struct {
	answer any
	err    error
}

func (m *message) answer(a any, err error) {
	switch {
	case m.reply != nil:
		m.reply <- reply{a, err}
	case m.done != nil:
		m.done(a, err)
	}
}

// shard is one instance with its loop. Fields below the line belong to the
// loop alone.
type shard struct {
	engine   *Engine
	id       tandem.ID
	epoch    tandem.Epoch
	inbox    chan message
	stop     chan struct{}
	dead     chan struct{} // closed when the loop has ended and nothing more is released
	idle     chan struct{} // the writer has taken the batch that was under way
	follower *follower
	release  releases

	// The loop's own.
	live       *instance.Instance
	keys       Session
	encoder    *tandem.Encoder
	records    []*tandem.Record // not yet handed to the journal
	quarantine []journal.QuarantineRow
	busy       bool // a batch is under way
	timer      *time.Timer
}

func (s *shard) post(ctx context.Context, m message) error {
	select {
	case s.inbox <- m:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the instance is busy: %w", ctx.Err())
	case <-s.dead:
		return ErrClosed
	}
}

// loop owns the live instance.
func (s *shard) loop() {
	defer close(s.dead)
	s.timer = time.NewTimer(0)
	defer s.timer.Stop()
	s.handOut(s.live.Seq(), s.live.Outstanding())
	for {
		s.setTimer()
		select {
		case m := <-s.inbox:
			s.take(m)
			s.drain()
		case <-s.timer.C:
			s.tick()
		case <-s.idle:
			s.busy = false
		case <-s.stop:
			s.drain()
			s.flush(true)
			s.release.wait()
			return
		}
		s.flush(false)
	}
}

// drain takes what else is waiting, up to a batch.
func (s *shard) drain() {
	for range maxBatchSize {
		select {
		case m := <-s.inbox:
			s.take(m)
		default:
			return
		}
	}
}

func (s *shard) take(m message) {
	if m.look != nil {
		m.look(s.live)
		s.release.add(s.live.Seq(), func(err error) { m.answer(nil, err) })
		return
	}
	s.step(m)
}

// setTimer arms the timer for the next deadline of the machines.
func (s *shard) setTimer() {
	if due, ok := s.live.NextDue(); ok {
		s.timer.Reset(max(0, due.Std().Sub(s.engine.cfg.Now())))
		return
	}
	s.timer.Stop()
}

func (s *shard) tick() {
	if due, ok := s.live.NextDue(); !ok || due.Std().After(s.engine.cfg.Now()) {
		return
	}
	s.step(message{command: Request{Body: tandem.Tick{}}})
}

// step decides one command. Its answer and effects wait for the journal.
func (s *shard) step(m message) {
	r := m.command
	if r.ID.IsZero() {
		r.ID = randomID()
	}
	cmd := tandem.Command{ID: r.ID, At: tandem.At(s.engine.cfg.Now()), Actor: r.Actor, Cause: r.Cause, Body: r.Body}
	out, err := s.decide(cmd)
	if err != nil {
		s.release.add(s.live.Seq(), func(failed error) { m.answer(nil, firstOf(failed, err)) })
		return
	}
	if len(out.Record.Events) > 0 {
		s.append(&out.Record)
	}
	seq := s.live.Seq()
	s.release.add(seq, func(failed error) {
		if failed == nil {
			s.handOut(seq, out.Effects)
		}
		m.answer(out.Answer, failed)
	})
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *shard) handOut(seq tandem.Seq, effects []tandem.Effect) {
	for _, ef := range effects {
		s.engine.cfg.Effect(s.id, seq, ef)
	}
}

// append encodes a record into the batch.
func (s *shard) append(rec *tandem.Record) {
	if len(s.records) == 0 {
		s.encoder.Reset(nil)
	}
	event.AppendRecord(s.encoder, rec)
	if err := s.encoder.Err(); err != nil {
		s.engine.fail(fmt.Errorf("encode record %d: %w", rec.Seq, err))
	}
	s.records = append(s.records, rec)
}

// flush hands the batch to the journal unless one is under way; when stopping
// it waits for its turn.
func (s *shard) flush(stopping bool) {
	if s.busy && !stopping {
		return
	}
	if s.busy {
		<-s.idle
		s.busy = false
	}
	if len(s.records) == 0 && len(s.quarantine) == 0 {
		return
	}
	records := s.records
	a := journal.Append{
		Shard: s.id, Epoch: s.epoch, First: s.live.Seq() - tandem.Seq(len(records)) + 1, Count: len(records),
		Quarantine: s.quarantine,
	}
	if len(records) > 0 {
		a.Body = s.encoder.Bytes()
	}
	rows := s.keys.Take()
	a.Keys, a.Payloads = rows.Keys, rows.Payloads
	s.records, s.quarantine, s.busy = nil, nil, true
	if err := s.engine.writer.Submit(a, func(err error) { s.committed(records, rows, err) }); err != nil {
		s.committed(records, rows, err)
	}
}

// committed runs on the writer's goroutine, in order, when the records are
// durable or never will be.
func (s *shard) committed(records []*tandem.Record, rows Rows, err error) {
	if err == nil {
		s.keys.Durable(rows)
		err = s.erase(records)
	}
	if err != nil {
		s.engine.fail(fmt.Errorf("the journal of instance %s: %w", s.id, err))
		s.release.fail(ErrClosed)
	} else if n := len(records); n > 0 {
		s.follower.feed(records)
		s.release.reached(records[n-1].Seq)
	}
	s.idle <- struct{}{}
}

// erase deletes the keys of subjects whose erasure just became durable. It is
// done before the answer leaves, and again when the journal is replayed.
func (s *shard) erase(records []*tandem.Record) error {
	for _, rec := range records {
		for _, ev := range rec.Events {
			if e, ok := ev.(*event.SubjectErased); ok {
				if err := s.keys.Erase(context.Background(), e.Subject); err != nil {
					return fmt.Errorf("erase subject %s: %w", e.Subject, err)
				}
			}
		}
	}
	return nil
}
