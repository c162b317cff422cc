package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"tandem"
	"tandem/media/link"
	"tandem/media/prompt"
	"tandem/media/recording"
	"tandem/media/room"
	"tandem/media/rtp"
	"tandem/media/sip"
	"tandem/media/turn"
	"tandem/media/webrtc"
	"tandem/voice"
)

// Process is the voice process.
type Process struct {
	config     Config
	agent      *sip.UserAgent
	link       *link.Server
	ports      *rtp.Ports
	prompts    *prompt.Library
	recordings *recording.Store
	gateway    *webrtc.Gateway // nil: there are no browsers
	relay      *turn.Server    // nil: there is none
	lateness   room.Lateness
	owners     owners
	known      atomic.Pointer[map[netip.Addr]*Trunk] // the far sides of trunks

	mu         sync.Mutex // guards everything below
	rooms      map[tandem.ID]*roomState
	legs       map[tandem.ID]*leg
	calls      map[*sip.Call]*leg
	epochs     map[tandem.ID]tandem.Epoch // highest of each instance
	peers      map[string][]*peer         // of trunks, by their names
	registered map[string]bool
	begun      map[string][]time.Time // calls out of the last minute, of trunks by their names
	browsers   *browsers
	linked     bool
	draining   bool
	counters   counters

	goneLegs   *tombstones[voice.Report]
	donePlays  *tombstones[voice.Report]
	recorded   *tombstones[voice.Report]
	ended      *tombstones[voice.Report]
	background sync.WaitGroup
}

// New checks the configuration and opens what the process needs.
func New(ctx context.Context, cfg Config) (*Process, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	p := &Process{
		config: cfg,
		rooms:  map[tandem.ID]*roomState{}, legs: map[tandem.ID]*leg{}, calls: map[*sip.Call]*leg{},
		epochs: map[tandem.ID]tandem.Epoch{}, peers: map[string][]*peer{}, registered: map[string]bool{}, begun: map[string][]time.Time{},
		goneLegs: newTombstones[voice.Report](), donePlays: newTombstones[voice.Report](),
		recorded: newTombstones[voice.Report](), ended: newTombstones[voice.Report](),
		browsers: newBrowsers(),
	}
	p.known.Store(&map[netip.Addr]*Trunk{})
	var random [16]byte
	rand.Read(random[:])
	p.link = link.NewServer(link.ServerConfig{Incarnation: tandem.NewID(random), Handler: coreWords{p}, Leaving: p.leaving, Log: cfg.Log})
	p.prompts = prompt.NewLibrary(prompt.Config{Dir: cfg.Prompts, Speaker: cfg.Speaker, KeepDir: filepath.Join(cfg.Data, "spoken")})
	var err error
	if p.ports, err = rtp.NewPorts(cfg.BindIP, cfg.RTPPortMin, cfg.RTPPortMax); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	if p.agent, err = p.newAgent(); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	if err = p.openGateway(); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	p.report(voice.Report{Kind: voice.MediaStarted, At: now()})
	bucket := orDefault(cfg.Bucket, recording.FileBucket(filepath.Join(cfg.Data, "blobs")))
	p.recordings, err = recording.Open(ctx, recording.Config{
		Dir: filepath.Join(cfg.Data, "recordings"), Bucket: bucket, Log: cfg.Log, Ended: p.recordingEnded,
	})
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	return p, nil
}

// Run serves calls until the context ends or a socket fails. At the end every
// call is hung up, every recording closed, and the core is told, if it is
// there; if it is not, the next process's MediaStarted stands for the ends.
func (p *Process) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p.lookUpTrunks(ctx)
	linkCtx, unlink := context.WithCancel(context.WithoutCancel(ctx))
	linkEnded := make(chan error, 1)
	go func() {
		linkEnded <- p.link.Serve(linkCtx, p.config.LinkListener)
		cancel()
	}()
	p.background.Go(func() { p.watchTrunks(ctx) })
	agentCtx, stopAgent := context.WithCancel(context.WithoutCancel(ctx))
	defer stopAgent()
	p.background.Go(func() { p.keepAllRegistered(ctx); stopAgent() })
	err := p.agent.Serve(agentCtx)
	cancel()
	p.endAll()
	p.closeGateway()
	closing, done := context.WithTimeout(context.WithoutCancel(ctx), p.config.Limits.ShutdownWait)
	defer done()
	err = errors.Join(err, p.recordings.Close(closing))
	p.link.Flush(closing)
	unlink()
	err = errors.Join(err, <-linkEnded)
	p.background.Wait()
	return err
}

// Drain refuses new calls from now on; those that are up go on.
func (p *Process) Drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draining = true
}

// leaving reports whether the process is being stopped in order.
func (p *Process) leaving() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.draining
}

// accepting reports whether a new call can be taken: the core must be there to
// say what to do with it.
func (p *Process) accepting() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	ok := p.linked && !p.draining && len(p.rooms) < p.config.Limits.Rooms && p.link.Kept() < p.config.Limits.KeptReports
	if !ok {
		p.counters.refused++
	}
	return ok
}

// report hands a report to the link, which numbers and keeps it.
func (p *Process) report(r voice.Report) {
	r.Instance = p.owners.get(r.Room)
	p.link.Report(r)
	if r.Kind == voice.RoomForgotten {
		p.owners.forget(r.Room)
	}
}

// endAll closes what the end of the user agent left: rooms and their
// recordings.
func (p *Process) endAll() {
	p.mu.Lock()
	var mixers []*room.Room
	for _, r := range p.rooms {
		mixers = append(mixers, r.mixer)
		p.endRoom(r)
	}
	p.mu.Unlock()
	for _, m := range mixers {
		m.Close()
		<-m.Done()
	}
}

func now() tandem.Time { return tandem.At(time.Now()) }
