package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/presence"
)

// What presence is measured with.
const presenceAgents = 1000

// presencePauses are between two changes: everybody changes once a minute, and
// once a second.
var presencePauses = []time.Duration{time.Minute / presenceAgents, time.Second / presenceAgents}

// presenceSystems are the systems in which everybody is: Amazon Connect, whose
// statuses are the others', and three more.
var presenceSystems = []event.SystemKind{event.AmazonConnectSystem, event.ZendeskSystem, event.KustomerSystem, event.SalesforceSystem}

// measurePresence lets agents change in one system on a fixed schedule, through
// engine and journal, with systems that take each write at once. It measures from
// the moment at which a change was due to the write that is handed out for each
// other system, and the processor's time for all of it.
func measurePresence(ctx context.Context, r *report, o Options) error {
	if err := inFolder(o, func(dir string) error { return bareMachine(r, dir, o.Duration/4) }); err != nil {
		return err
	}
	for _, pause := range presencePauses {
		if err := presenceLoop(ctx, r, o, pause); err != nil {
			return err
		}
	}
	return nil
}

func presenceLoop(ctx context.Context, r *report, o Options, pause time.Duration) error {
	return inFolder(o, func(dir string) error {
		f, err := openFolder(ctx, dir)
		if err != nil {
			return err
		}
		t := newTraffic(ctx)
		cfg := f.config(func(tandem.ID) *instance.Instance { return instance.New(nil, presence.New()) }, nil)
		cfg.Effect = t.effect
		t.engine = engine.Open(cfg)
		if err = t.engine.Start(ctx, loadShard); err == nil {
			err = t.prepare()
		}
		if err == nil {
			err = t.run(r, o.Duration, pause)
		}
		return errors.Join(err, t.engine.Close(), f.close())
	})
}

// traffic is agents who change, and the systems that follow.
type traffic struct {
	ctx    context.Context
	engine *engine.Engine

	mu    sync.Mutex
	due   map[tandem.ID]time.Time // by user: when the change was, whose writes are measured
	waits latencies
	wrong error // the first refusal
	ends  chan presence.Write
}

func newTraffic(ctx context.Context) *traffic {
	return &traffic{ctx: ctx, due: map[tandem.ID]time.Time{}, ends: make(chan presence.Write, 8*presenceAgents)}
}

// effect notes when a write is handed out, and lets the system take it.
func (t *traffic) effect(_ tandem.ID, _ tandem.Seq, ef tandem.Effect) {
	w, ok := ef.(presence.Write)
	if !ok {
		return
	}
	t.mu.Lock()
	if due, ok := t.due[w.UserID]; ok {
		t.waits = append(t.waits, time.Since(due))
	}
	t.mu.Unlock()
	t.ends <- w // there is room for all that can be under way
}

func (t *traffic) post(body any) error {
	return t.engine.Post(t.ctx, loadShard, engine.Request{Actor: tandem.Actor{Kind: tandem.ActorConnector}, Body: body}, func(_ any, err error) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.wrong = errors.Join(t.wrong, err)
	})
}

func presenceSystem(kind event.SystemKind) tandem.ID {
	return tandem.NameID("bench system", kind.String())
}
func presenceUser(n int) tandem.ID { return tandem.NameID("bench user", fmt.Sprint(n)) }

// presenceStatus is the id of one of the statuses, which are called alike in all
// systems.
func presenceStatus(n int) tandem.ID { return tandem.NameID("bench status", fmt.Sprint(n)) }

// prepare makes the systems, and the agents in all of them.
func (t *traffic) prepare() error {
	do := func(bodies ...any) (err error) {
		for _, body := range bodies {
			if err == nil {
				_, err = t.engine.Do(t.ctx, loadShard, engine.Request{Body: body})
			}
		}
		return err
	}
	home := presenceSystem(event.AmazonConnectSystem)
	err := do(presence.CreateInstance{Instance: event.InstanceCreated{InstanceID: loadShard}},
		presence.SaveSystem{New: true, System: savedSystem(event.AmazonConnectSystem)},
		presence.SetRemoteStatuses{SystemID: home, Statuses: []event.RemoteStatus{
			{Remote: presenceStatus(0).String(), Name: "Available", Type: event.Routable}, {Remote: presenceStatus(1).String(), Name: "Break", Type: event.Custom}}})
	for _, kind := range presenceSystems[1:] {
		if err == nil {
			err = do(presence.SaveSystem{New: true, System: savedSystem(kind)})
		}
	}
	for n := range presenceAgents {
		if err == nil {
			err = t.post(presence.SaveAgent{RemoteID: presenceUser(n).String()})
		}
		for _, kind := range presenceSystems {
			if err == nil && kind != event.AmazonConnectSystem {
				err = t.post(presence.LinkAgent{UserID: presenceUser(n), SystemID: presenceSystem(kind), RemoteID: presenceUser(n).String()})
			}
			if err == nil {
				err = t.post(seen(kind, n, 0, 1))
			}
		}
	}
	return errors.Join(err, do(seen(event.AmazonConnectSystem, 0, 0, 1))) // after all of them
}

func savedSystem(kind event.SystemKind) event.SystemSaved {
	s := event.SystemSaved{SystemID: presenceSystem(kind), System: kind, Name: kind.String(), Enabled: true, Policy: event.LastActionWins, URL: "https://example.com", StatusSync: true}
	if kind != event.AmazonConnectSystem {
		s.Mapping = []event.MappingRow{{Remote: presenceStatus(0).String(), StatusID: presenceStatus(0)}, {Remote: presenceStatus(1).String(), StatusID: presenceStatus(1)}}
	}
	return s
}

// seen is what a system tells of an agent whom a person has given a status.
func seen(kind event.SystemKind, n, status int, version uint64) presence.Observe {
	return presence.Observe{SystemID: presenceSystem(kind), RemoteID: presenceUser(n).String(), Remote: presenceStatus(status).String(),
		Version: version, Reason: presence.ReasonPerson, At: tandem.At(time.Now())}
}

// run lets agents change in turn, for a while.
func (t *traffic) run(r *report, length, pause time.Duration) error {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { defer close(stopped); t.follow(stop) }()
	changes := int(length / pause)
	spent, begin := processorTime(), time.Now()
	var err error
	for i := 0; i < changes && err == nil; i++ {
		due := begin.Add(time.Duration(i) * pause)
		time.Sleep(time.Until(due))
		n, round := i%presenceAgents, i/presenceAgents
		t.mu.Lock()
		t.due[presenceUser(n)] = due
		err = t.wrong
		t.mu.Unlock()
		if err == nil {
			err = t.post(seen(event.ZendeskSystem, n, (round+1)%2, uint64(2+round)))
		}
	}
	took := time.Since(begin)
	share := float64(processorTime()-spent) / float64(took)
	close(stop)
	<-stopped
	t.mu.Lock()
	defer t.mu.Unlock()
	r.figure("%s agents in %d systems, %d changes in one of them a second: a write for each other system after %s; %s writes; %.1f %% of a processor",
		thousands(presenceAgents), len(presenceSystems), rate(changes, took), t.waits.summary(), thousands(len(t.waits)), share*100)
	return errors.Join(err, t.wrong)
}

// follow ends writes, as done, until stopped.
func (t *traffic) follow(stop <-chan struct{}) {
	for {
		select {
		case w := <-t.ends:
			ended := event.StatusWriteEnded{UserID: w.UserID, SystemID: w.System.SystemID, WriteID: w.WriteID, Outcome: event.WriteDone, Again: w.Again}
			if t.post(presence.FinishWrite{Ended: ended}) != nil {
				return
			}
		case <-stop:
			return
		}
	}
}

// processorTime is what this process has used of processors.
func processorTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
