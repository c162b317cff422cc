package link

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"tandem"
	"tandem/voice"
)

// Config is the core's side of the link.
type Config struct {
	Network, Address string // such as "unix" and a path
	Epoch            tandem.Epoch
	// OnReport is called for each report, in order, once in the life of this
	// client, from one goroutine. ack is to be called when the report is
	// durable, from anywhere; until then media keeps it.
	OnReport func(r voice.Report, ack func())
	// Snapshot returns every room that should be alive, at each connect.
	Snapshot func() []voice.Room
	// Leaving reports that the server is being stopped in order, so that the
	// end of the link is no news; it may be nil.
	Leaving func() bool
	Log     *slog.Logger

	ping, signalWait time.Duration
}

// Client is the core's end. It connects, and connects again when the link
// breaks, until its context ends or Close is called.
type Client struct {
	config Config
	cancel context.CancelFunc
	ended  chan struct{}
	wake   chan struct{} // something to send

	mu        sync.Mutex
	connected bool
	pending   map[tandem.ID]voice.Room // newest revision per room
	order     []tandem.ID              // of pending, oldest first
	incoming  progress
	signals   exchange
}

// brokenLevel is how loud the end of a link is logged.
func brokenLevel(leaving func() bool) slog.Level {
	if leaving != nil && leaving() {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// progress is how far the reports of one incarnation have come.
type progress struct {
	incarnation tandem.ID
	delivered   uint64              // highest number given to OnReport
	durable     uint64              // all up to here are acknowledged
	early       map[uint64]struct{} // acknowledged beyond durable
	told        uint64              // highest number that media was told
}

// Dial starts the client. It does not wait for a connection.
func Dial(ctx context.Context, cfg Config) *Client {
	if cfg.ping == 0 {
		cfg.ping = defaultPing
	}
	if cfg.signalWait == 0 {
		cfg.signalWait = defaultSignalWait
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Client{config: cfg, cancel: cancel, ended: make(chan struct{}), wake: make(chan struct{}, 1), pending: map[tandem.ID]voice.Room{}}
	go c.run(ctx)
	return c
}

// Send hands over a room. It never blocks: of each room the newest is kept
// until there is a link. A room that is sent while there is none is also
// expected in the Snapshot, or gone.
func (c *Client) Send(room voice.Room) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.pending[room.ID]
	if ok && (known.Epoch > room.Epoch || known.Epoch == room.Epoch && known.Rev >= room.Rev) {
		return
	}
	if !ok {
		c.order = append(c.order, room.ID)
	}
	c.pending[room.ID] = room
	c.signal()
}

// Connected reports whether media is there.
func (c *Client) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connected
}

// Close ends the client and waits until it has.
func (c *Client) Close() {
	c.cancel()
	<-c.ended
}

func (c *Client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *Client) run(ctx context.Context) {
	defer close(c.ended)
	backoff := firstBackoff
	for ctx.Err() == nil {
		started := time.Now()
		err := c.connect(ctx)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > maxBackoff {
			backoff = firstBackoff
		}
		c.config.Log.Log(ctx, brokenLevel(c.config.Leaving), "no link to the voice process: trying again", "in", backoff, "error", err)
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

// connect keeps one connection until it breaks.
func (c *Client) connect(ctx context.Context) error {
	dialer := net.Dialer{Timeout: maxBackoff}
	conn, err := dialer.DialContext(ctx, c.config.Network, c.config.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := writeMessage(conn, message{Hello: &hello{Version: Version, Epoch: c.config.Epoch}}); err != nil {
		return err
	}
	peer, err := readHello(conn)
	if err != nil {
		return err
	}
	c.begin(peer.Incarnation)
	defer c.end()
	c.config.Log.Info("linked to the voice process", "incarnation", peer.Incarnation)
	writing := make(chan struct{})
	go func() {
		defer close(writing)
		cancel(c.write(ctx, conn))
	}()
	err = c.read(conn)
	cancel(err)
	<-writing
	return context.Cause(ctx)
}

func (c *Client) begin(incarnation tandem.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connected = true
	if c.incoming.incarnation != incarnation {
		c.incoming = progress{incarnation: incarnation, early: map[uint64]struct{}{}}
	}
	c.incoming.told = 0
}

func (c *Client) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connected = false
	c.signals.abandon()
}

// write sends the snapshot, then what changes.
func (c *Client) write(ctx context.Context, conn net.Conn) error {
	if err := c.resync(conn); err != nil {
		return err
	}
	ping := time.NewTicker(c.config.ping)
	defer ping.Stop()
	for {
		if err := c.flush(conn); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.wake:
		case <-ping.C:
			if err := writeMessage(conn, message{}); err != nil {
				return err
			}
		}
	}
}

// resync tells media all that should be. Rooms sent while the snapshot was
// made count as alive too.
func (c *Client) resync(conn net.Conn) error {
	rooms := c.config.Snapshot()
	alive := make([]tandem.ID, 0, len(rooms))
	for _, r := range rooms {
		alive = append(alive, r.ID)
	}
	c.mu.Lock()
	alive = append(alive, c.order...)
	c.mu.Unlock()
	if err := c.writeRooms(conn, rooms); err != nil {
		return err
	}
	return writeMessage(conn, message{Sync: &syncList{Alive: alive}})
}

// writeRooms sends rooms in messages that are not too long. A room too long
// for any message is left out, so that it does not keep the others from media.
func (c *Client) writeRooms(conn net.Conn, rooms []voice.Room) error {
	for len(rooms) > 0 {
		n := min(len(rooms), maxBatch)
		err := writeMessage(conn, message{Rooms: rooms[:n]})
		for n > 1 && errors.Is(err, errTooLong) {
			n /= 2
			err = writeMessage(conn, message{Rooms: rooms[:n]})
		}
		if errors.Is(err, errTooLong) {
			c.config.Log.Error("a room is too long to be sent: shorten what it plays", "room", rooms[0].ID)
			err = nil
		}
		if err != nil {
			return err
		}
		rooms = rooms[n:]
	}
	return nil
}

// flush sends the pending rooms and what became durable. Rooms are forgotten
// only after they are written; if the link breaks then, the next snapshot has
// them.
func (c *Client) flush(conn net.Conn) error {
	c.mu.Lock()
	rooms := make([]voice.Room, 0, len(c.order))
	for _, id := range c.order {
		rooms = append(rooms, c.pending[id])
	}
	c.order = c.order[:0]
	clear(c.pending)
	done := ack{Incarnation: c.incoming.incarnation, Number: c.incoming.durable}
	tell := done.Number > c.incoming.told
	c.incoming.told = done.Number
	signals := c.signals.take()
	c.mu.Unlock()
	if err := c.writeRooms(conn, rooms); err != nil {
		return err
	}
	for i := range signals {
		if err := writeMessage(conn, message{Signal: &signals[i]}); err != nil {
			return err
		}
	}
	if !tell {
		return nil
	}
	return writeMessage(conn, message{Ack: &done})
}

func (c *Client) read(conn net.Conn) error {
	for {
		if err := conn.SetReadDeadline(time.Now().Add(silentPings * c.config.ping)); err != nil {
			return err
		}
		m, err := readMessage(conn)
		if err != nil {
			return err
		}
		for _, r := range m.Reports {
			if err := c.deliver(r); err != nil {
				return err
			}
		}
		if m.Answer != nil {
			c.answered(*m.Answer)
		}
	}
}

// errGap says that media left a report out, which only a bug can cause.
var errGap = errors.New("a report is missing in the sequence")

func (c *Client) deliver(r voice.Report) error {
	c.mu.Lock()
	in := &c.incoming
	if r.Incarnation != in.incarnation || r.Number <= in.delivered {
		c.mu.Unlock()
		return nil
	}
	if in.delivered > 0 && r.Number != in.delivered+1 {
		c.mu.Unlock()
		return errGap
	}
	if in.delivered == 0 { // what came before was acknowledged to an earlier core
		in.durable = r.Number - 1
	}
	in.delivered = r.Number
	c.mu.Unlock()
	c.config.OnReport(r, func() { c.acknowledge(r) })
	return nil
}

// acknowledge notes one durable report. Media is told of an unbroken row.
func (c *Client) acknowledge(r voice.Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := &c.incoming
	if r.Incarnation != in.incarnation || r.Number <= in.durable {
		return
	}
	in.early[r.Number] = struct{}{}
	for {
		if _, ok := in.early[in.durable+1]; !ok {
			break
		}
		in.durable++
		delete(in.early, in.durable)
	}
	c.signal()
}
