package media

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"tandem/media/sip"
)

// Times of a trunk's registration (RFC 5626 section 4.5 for the back-off).
const (
	registerFor     = 10 * time.Minute
	registerWait    = 10 * time.Second
	registerAgain   = 5 * time.Second // after the first failure; doubled from there
	registerAtMost  = 5 * time.Minute
	registerAtLeast = time.Second // between two, whatever the registrar says
)

// keepAllRegistered ends when every registration has been taken back.
func (p *Process) keepAllRegistered(ctx context.Context) {
	var all sync.WaitGroup
	for i := range p.config.Trunks {
		if trunk := &p.config.Trunks[i]; trunk.Register {
			all.Go(func() { p.keepRegistered(ctx, trunk) })
		}
	}
	<-ctx.Done()
	all.Wait()
}

// keepRegistered keeps a trunk's user registered until the context ends, and
// then takes the registration back.
func (p *Process) keepRegistered(ctx context.Context, trunk *Trunk) {
	registration := &sip.Registration{User: trunk.User, Expiry: registerFor}
	failures := 0
	for {
		granted, err := p.register(ctx, trunk, registration, failures)
		if ctx.Err() != nil {
			p.unregister(ctx, registration)
			return
		}
		p.noteRegistered(trunk, err)
		wait := max(granted*4/5, registerAtLeast)
		if err != nil {
			wait = min(registerAgain<<min(failures, 10), registerAtMost)
			wait = wait/2 + rand.N(wait/2)
			failures++
		} else {
			failures = 0
		}
		select {
		case <-ctx.Done():
			p.unregister(ctx, registration)
			return
		case <-time.After(wait):
		}
	}
}

// register asks one far side of the trunk: after a failure the next one.
func (p *Process) register(ctx context.Context, trunk *Trunk, r *sip.Registration, failures int) (time.Duration, error) {
	p.mu.Lock()
	peers := p.peers[trunk.Name]
	p.mu.Unlock()
	if len(peers) == 0 {
		return 0, errors.New("its address cannot be looked up: check the name")
	}
	r.Peer = peers[failures%len(peers)].asked()
	r.Host = registrarHost(trunk)
	ctx, cancel := context.WithTimeout(ctx, registerWait)
	defer cancel()
	return p.agent.Register(ctx, r)
}

// registrarHost is the domain of the address of record; empty for an address
// in numbers.
func registrarHost(trunk *Trunk) string {
	host, port, err := splitAddress(trunk.Address)
	if err != nil || port != 0 {
		return ""
	}
	return host
}

// unregister gives back what the registrar would keep calling.
func (p *Process) unregister(ctx context.Context, r *sip.Registration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.config.Limits.ShutdownWait/2)
	defer cancel()
	r.Expiry = 0
	_, _ = p.agent.Register(ctx, r) // the registration also ends by itself
}

func (p *Process) noteRegistered(trunk *Trunk, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.registered[trunk.Name]
	p.registered[trunk.Name] = err == nil
	switch {
	case err != nil:
		p.config.Log.Warn("a trunk is not registered: no calls come in over it", "trunk", trunk.Name, "error", err)
	case !was:
		p.config.Log.Info("a trunk is registered", "trunk", trunk.Name)
	}
}
