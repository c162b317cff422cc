package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
	"tandem/instance"
	"tandem/journal"
	"tandem/media/link"
	"tandem/supervise"
	"tandem/view/flowlog/stream"
	"tandem/voice"
)

// coreCommand is the core process, a child of serve.
type coreCommand struct{}

// The sockets that the core inherits, in order.
const (
	coreHTTPSocket = iota
	coreHTTPSSocket
)

// Run implements the command.
func (coreCommand) Run(ctx context.Context) error {
	var settings childSettings
	parent, err := supervise.Adopt(os.Stdin, &settings)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c, err := newCore(ctx, settings)
	if err != nil {
		return asRefusal(err)
	}
	go obey(parent, func() { stop(context.Canceled) }, func() { c.draining.Store(true) })
	serving, err := c.listen(stop)
	if err == nil {
		err = parent.Ready(struct{}{})
	}
	if err == nil {
		select {
		case <-ctx.Done():
		case err = <-c.engine.Failed():
			err = asRefusal(err)
		}
	}
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return errors.Join(err, serving.shutdown(), c.close())
}

// asRefusal marks what starting again cannot mend: a damaged journal, a wrong
// key. A journal that another process holds may be let go in a moment.
func asRefusal(err error) error {
	for _, reason := range []error{journal.ErrCorrupt, journal.ErrShort, journal.ErrNewer} {
		if errors.Is(err, reason) {
			return refused{err}
		}
	}
	return err
}

// core is the wiring of the core process.
type core struct {
	log      *slog.Logger
	settings childSettings
	data     *dataFolder
	engine   *engine.Engine
	views    *readers
	link     atomic.Pointer[link.Client]
	edges    *edges
	flowLog  *stream.Stream // nil: it goes nowhere
	draining atomic.Bool
}

func newCore(ctx context.Context, settings childSettings) (c *core, err error) {
	c = &core{log: logger(settings.Config.Log, "core"), settings: settings}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if c.data, err = openData(ctx, settings.Config); err != nil {
		return c, err
	}
	if c.views, err = openReaders(ctx, settings.Config, c.log); err != nil {
		return c, err
	}
	c.engine = engine.Open(c.data.engineConfig(c.views.views, c.effect, c.log))
	if c.edges, err = newEdges(ctx, c); err != nil {
		return c, err
	}
	return c, c.startShards(ctx)
}

// startShards starts the directory, then every instance that it lists, then
// the link to the voice process.
func (c *core) startShards(ctx context.Context) error {
	if err := c.engine.Start(ctx, directory.Shard); err != nil {
		return err
	}
	ids, err := instances(ctx, c.engine)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.engine.Start(ctx, id); err != nil {
			return fmt.Errorf("start instance %s: %w", id, err)
		}
	}
	if !c.settings.PresenceOnly {
		c.dial(ctx, ids)
	}
	c.edges.start(ctx)
	c.flowLog, err = c.streamFlowLog(ctx)
	return err
}

// dial begins the link to the voice process.
func (c *core) dial(ctx context.Context, ids []tandem.ID) {
	linked := make(chan struct{})
	c.link.Store(link.Dial(ctx, link.Config{
		Network: "unix", Address: c.settings.Link, Epoch: c.engine.Epoch(directory.Shard), Log: c.log, Leaving: c.draining.Load,
		OnReport: func(r voice.Report, ack func()) { c.report(ctx, r, ack) },
		// Not before effects can reach the link: no change falls in between.
		Snapshot: func() []voice.Room { <-linked; return c.liveRooms(ctx, ids) },
	}))
	close(linked)
}

// instances lists the instances that the directory knows.
func instances(ctx context.Context, e *engine.Engine) ([]tandem.ID, error) {
	var ids []tandem.ID
	err := e.Read(ctx, directory.Shard, func(in *instance.Instance) {
		if d, ok := instance.Find[*directory.Machine](in); ok {
			ids = tandem.SortedIDs(d.State().Instances)
		}
	})
	return ids, err
}

// effect hands an effect to whoever carries it out. It must not block.
func (c *core) effect(id tandem.ID, _ tandem.Seq, ef tandem.Effect) {
	if room, ok := ef.(voice.Room); ok {
		if l := c.link.Load(); l != nil { // before there is one, its snapshot tells all
			l.Send(room)
		}
		return
	}
	c.edges.effect(id, ef)
}

// liveRooms is the voice state that should be alive, for a new link.
func (c *core) liveRooms(ctx context.Context, ids []tandem.ID) []voice.Room {
	var rooms []voice.Room
	for _, id := range ids {
		err := c.engine.Read(ctx, id, func(in *instance.Instance) {
			for _, ef := range in.Outstanding() {
				if room, ok := ef.(voice.Room); ok {
					rooms = append(rooms, room)
				}
			}
		})
		if err != nil {
			c.log.Error("the rooms of an instance are not known", "instance", id, "err", err)
		}
	}
	return rooms
}

// report takes a report of the voice process to the instance it belongs to,
// and acknowledges it once it is durable.
func (c *core) report(ctx context.Context, r voice.Report, ack func()) {
	switch {
	case r.Kind == voice.CallArrived:
		owner, ok := c.ownerOf(ctx, r.To)
		if !ok {
			c.log.Warn("a call to a number that no instance has claimed is refused", "trunk", r.Trunk, "leg", r.Leg)
			c.refuseCall(r, voice.CauseInvalid, ack)
			return
		}
		if c.draining.Load() {
			c.refuseCall(r, voice.CauseUnreachable, ack)
			return
		}
		r.Instance = owner
	case r.Instance.IsZero(): // whoever knows its room takes it
		c.reportToAll(ctx, r, ack)
		return
	}
	done := func(_ any, err error) {
		if err != nil {
			c.log.Error("a report of the voice process was not taken", "kind", r.Kind, "contact", r.Room, "err", err)
		}
		if !errors.Is(err, engine.ErrClosed) {
			ack()
		}
	}
	err := c.engine.Post(ctx, r.Instance, voiceRequest(r), done)
	if err != nil && !errors.Is(err, engine.ErrClosed) && ctx.Err() == nil {
		c.log.Error("a report of the voice process belongs to no instance here", "kind", r.Kind, "contact", r.Room, "leg", r.Leg, "err", err)
		ack()
	}
}

func voiceRequest(r voice.Report) engine.Request {
	return engine.Request{Actor: tandem.Actor{Kind: tandem.ActorVoice, ID: r.Incarnation}, Body: center.TakeVoiceReport{Report: r}}
}

func (c *core) reportToAll(ctx context.Context, r voice.Report, ack func()) {
	ids, err := instances(ctx, c.engine)
	if err != nil {
		return // the engine has stopped; the report comes again
	}
	var left atomic.Int64
	left.Store(int64(len(ids)))
	if len(ids) == 0 {
		ack()
	}
	for _, id := range ids {
		err := c.engine.Post(ctx, id, voiceRequest(r), func(_ any, err error) {
			if err == nil && left.Add(-1) == 0 {
				ack()
			}
		})
		if err != nil {
			return
		}
	}
}

// ownerOf finds the instance that a number belongs to.
func (c *core) ownerOf(ctx context.Context, number string) (owner tandem.ID, ok bool) {
	err := c.engine.Read(ctx, directory.Shard, func(in *instance.Instance) {
		d, _ := instance.Find[*directory.Machine](in)
		if n, found := d.ByNumber(number); found {
			owner, ok = n.InstanceID, true
		}
	})
	return owner, ok && err == nil
}

// refuseCall turns away a call that no instance takes.
func (c *core) refuseCall(r voice.Report, why voice.Cause, ack func()) {
	c.link.Load().Send(voice.Room{
		ID: r.Leg.Derive(1), Rev: 1, Ended: true,
		Legs: []voice.Leg{{ID: r.Leg, Role: voice.Customer, Wish: voice.WishGone, Cause: why}},
	})
	ack()
}

// listen serves HTTP on the inherited sockets.
func (c *core) listen(stop context.CancelCauseFunc) (servers, error) {
	var all servers
	handler := c.edges.handler()
	l, err := supervise.Listener(coreHTTPSocket)
	if err != nil {
		return all, err
	}
	all = append(all, serveHTTP(l, handler, stop))
	if !c.settings.HTTPS {
		return all, nil
	}
	if l, err = supervise.Listener(coreHTTPSSocket); err == nil {
		l, err = overTLS(l, c.settings.Config)
	}
	if err != nil {
		return all, fmt.Errorf("serve over TLS: %w", err)
	}
	return append(all, serveHTTP(l, handler, stop)), nil
}

type servers []*http.Server

func serveHTTP(l net.Listener, h http.Handler, stop context.CancelCauseFunc) *http.Server {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			stop(fmt.Errorf("serve HTTP: %w", err))
		}
	}()
	return s
}

// shutdown lets requests end; those that only wait for news are cut off when
// the time is over.
func (all servers) shutdown() error {
	ctx, done := context.WithTimeout(context.Background(), stopWithin)
	defer done()
	var err error
	for _, s := range all {
		stopped := s.Shutdown(ctx)
		if errors.Is(stopped, context.DeadlineExceeded) {
			stopped = s.Close()
		}
		err = errors.Join(err, stopped)
	}
	return err
}

func (c *core) close() error {
	var err error
	if c.flowLog != nil {
		err = c.flowLog.Close()
	}
	if c.edges != nil {
		c.edges.stop()
	}
	if l := c.link.Load(); l != nil {
		l.Close()
	}
	if c.engine != nil {
		err = errors.Join(err, c.engine.Close())
	}
	if c.views != nil {
		err = errors.Join(err, c.views.close())
	}
	if c.data != nil {
		err = errors.Join(err, c.data.close())
	}
	return err
}
