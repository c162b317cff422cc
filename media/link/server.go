package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"tandem"
	"tandem/voice"
)

// Handler is what media does with the core's words. Its methods, but for
// Signal, are called one at a time and must not block for long.
type Handler interface {
	// Room takes the state that one room should have.
	Room(voice.Room)
	// Synced follows the rooms of a new link: every room that is not in alive
	// and was not sent over this link is unknown to the core.
	Synced(alive map[tandem.ID]bool)
	// Linked tells that a core has come, or gone.
	Linked(bool)
	// Signal answers what a browser asks; several may be under way. The context
	// ends when nobody waits for the answer any more.
	Signal(context.Context, voice.Signal) voice.SignalAnswer
}

// ServerConfig is media's side of the link.
type ServerConfig struct {
	Incarnation tandem.ID
	Handler     Handler
	Leaving     func() bool // see Config; it may be nil
	Log         *slog.Logger

	ping time.Duration
}

// Server is media's end: it takes one core at a time, the newest with the
// highest epoch, and keeps reports until they are acknowledged.
type Server struct {
	config  ServerConfig
	handler sync.Mutex // one call of the Handler at a time

	mu      sync.Mutex
	epoch   tandem.Epoch
	current *session
	number  uint64 // of the last report
	kept    []voice.Report
	busy    sync.WaitGroup
}

// session is one connection.
type session struct {
	conn net.Conn
	wake chan struct{}
	sent uint64 // number of the last report written to it
	done chan struct{}
	ctx  context.Context // ends with the connection; of signals

	signals int                  // under way; guarded by the server's mutex, as are
	answers []voice.SignalAnswer // those not yet written
}

// NewServer returns a server that takes reports from now on.
func NewServer(cfg ServerConfig) *Server {
	if cfg.ping == 0 {
		cfg.ping = defaultPing
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Server{config: cfg}
}

// Report numbers a report and keeps it until the core has acknowledged it.
func (s *Server) Report(r voice.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	r.Incarnation, r.Number = s.config.Incarnation, s.number
	s.kept = append(s.kept, r)
	if s.current != nil {
		s.current.signal()
	}
}

// Kept is the number of reports that wait to be acknowledged.
func (s *Server) Kept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.kept)
}

// Flush waits until every report is acknowledged, there is no core, or the
// context ends.
func (s *Server) Flush(ctx context.Context) {
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		s.mu.Lock()
		over := len(s.kept) == 0 || s.current == nil
		s.mu.Unlock()
		if over {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// Serve accepts cores until the context ends, which closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer s.busy.Wait()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("voice link: %w", err)
		}
		s.busy.Add(1)
		go s.serve(ctx, conn)
	}
}

func (s *Server) serve(ctx context.Context, conn net.Conn) {
	defer s.busy.Done()
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	current, err := s.greet(ctx, conn)
	if err != nil {
		s.config.Log.Warn("a core was refused", "error", err)
		return
	}
	s.config.Log.Info("linked to the core")
	s.tellLinked()
	s.busy.Add(1)
	go s.write(current)
	err = s.read(current)
	close(current.done)
	if s.leave(current) {
		s.config.Log.Log(context.Background(), brokenLevel(s.config.Leaving), "the link to the core is broken: calls go on", "error", err)
		s.tellLinked()
	}
}

// greet exchanges hellos and makes the connection the current one. An older
// core's connection is closed.
func (s *Server) greet(ctx context.Context, conn net.Conn) (*session, error) {
	peer, err := readHello(conn)
	if err != nil {
		return nil, err
	}
	if err := writeMessage(conn, message{Hello: &hello{Version: Version, Incarnation: s.config.Incarnation}}); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if peer.Epoch < s.epoch {
		return nil, fmt.Errorf("its epoch %d is lower than %d: another core has taken over", peer.Epoch, s.epoch)
	}
	s.epoch = peer.Epoch
	if s.current != nil {
		s.current.conn.Close()
	}
	s.current = &session{conn: conn, wake: make(chan struct{}, 1), done: make(chan struct{}), ctx: ctx}
	return s.current, nil
}

// leave reports whether the session was the current one.
func (s *Server) leave(ended *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != ended {
		return false
	}
	s.current = nil
	return true
}

func (s *Server) isCurrent(c *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current == c
}

func (s *Server) tell(f func(Handler)) {
	s.handler.Lock()
	defer s.handler.Unlock()
	f(s.config.Handler)
}

// tellLinked tells the state at the time of telling, so that the order of two
// sessions' ends and beginnings does not matter.
func (s *Server) tellLinked() {
	s.tell(func(h Handler) {
		s.mu.Lock()
		linked := s.current != nil
		s.mu.Unlock()
		h.Linked(linked)
	})
}

// errReplaced ends a session whose core was followed by another.
var errReplaced = errors.New("another core has taken over")

func (s *Server) read(c *session) error {
	for {
		if err := c.conn.SetReadDeadline(time.Now().Add(silentPings * s.config.ping)); err != nil {
			return err
		}
		m, err := readMessage(c.conn)
		if err != nil {
			return err
		}
		if !s.isCurrent(c) {
			return errReplaced
		}
		s.take(m)
		if m.Signal != nil {
			s.signal(c, *m.Signal)
		}
	}
}

func (s *Server) take(m message) {
	for _, r := range m.Rooms {
		s.tell(func(h Handler) { h.Room(r) })
	}
	if m.Sync != nil {
		alive := make(map[tandem.ID]bool, len(m.Sync.Alive))
		for _, id := range m.Sync.Alive {
			alive[id] = true
		}
		s.tell(func(h Handler) { h.Synced(alive) })
	}
	if m.Ack != nil {
		s.acknowledged(*m.Ack)
	}
}

func (s *Server) acknowledged(a ack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.Incarnation != s.config.Incarnation {
		return
	}
	n := 0
	for n < len(s.kept) && s.kept[n].Number <= a.Number {
		n++
	}
	s.kept = append(s.kept[:0], s.kept[n:]...)
}

// write sends the reports that are kept, then those that come.
func (s *Server) write(c *session) {
	defer s.busy.Done()
	defer c.conn.Close()
	ping := time.NewTicker(s.config.ping)
	defer ping.Stop()
	for {
		for batch := s.next(c); len(batch) > 0; batch = s.next(c) {
			if writeMessage(c.conn, message{Reports: batch}) != nil {
				return
			}
		}
		if s.writeAnswers(c) != nil {
			return
		}
		select {
		case <-c.done:
			return
		case <-c.wake:
		case <-ping.C:
			if writeMessage(c.conn, message{}) != nil {
				return
			}
		}
	}
}

// next returns the reports that were not yet written to this session.
func (s *Server) next(c *session) []voice.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	var batch []voice.Report
	for _, r := range s.kept {
		if r.Number > c.sent && len(batch) < maxBatch {
			batch = append(batch, r)
		}
	}
	if len(batch) > 0 {
		c.sent = batch[len(batch)-1].Number
	}
	return batch
}

func (c *session) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
