package media

import (
	"cmp"
	"context"
	"crypto/tls"
	"net/netip"
	"slices"
	"time"

	"tandem/media/sip"
)

// Times of the watch over trunks.
const (
	keepAliveEvery = 30 * time.Second // OPTIONS to each far side
	keepAliveWait  = 5 * time.Second
	downAfter      = 2 // questions without an answer in a row
)

// peer is one far side of a trunk and how it does.
type peer struct {
	farSide
	trunk    *Trunk
	tls      *tls.Config // the trunk's, with the far side's name
	phone    *sip.Phone  // instead: a registered telephone
	failures int         // in a row
}

func (p *peer) down() bool { return p.failures >= downAfter }

// asked is the peer as package sip knows it.
func (p *peer) asked() sip.Peer {
	return sip.Peer{
		Addr: p.addr, Transport: p.trunk.Transport, TLS: p.tls, Username: p.trunk.User, Password: p.trunk.Secret,
	}
}

// lookUpTrunks follows trunks whose names move to other addresses, so that
// placing a call never waits for a name server. What was found last stays when
// nothing is found.
func (p *Process) lookUpTrunks(ctx context.Context) {
	for i := range p.config.Trunks {
		trunk := &p.config.Trunks[i]
		var all []farSide
		for _, address := range trunk.addresses() {
			found, err := lookUp(ctx, p.config.Resolver, address, trunk.Transport)
			if err != nil {
				p.config.Log.Warn("the address of a trunk cannot be looked up", "trunk", trunk.Name, "error", err)
			}
			all = append(all, found...)
		}
		if len(all) > 0 {
			p.mu.Lock()
			p.peers[trunk.Name] = renewed(p.peers[trunk.Name], trunk, all)
			p.mu.Unlock()
		}
	}
	p.allowPeers()
}

// renewed keeps what is known of the far sides that are still there.
func renewed(old []*peer, trunk *Trunk, found []farSide) []*peer {
	var all []*peer
	for _, side := range found {
		if slices.ContainsFunc(all, func(p *peer) bool { return p.farSide == side }) {
			continue
		}
		at := slices.IndexFunc(old, func(p *peer) bool { return p.farSide == side })
		if at >= 0 {
			all = append(all, old[at])
			continue
		}
		all = append(all, &peer{farSide: side, trunk: trunk, tls: named(trunk.TLS, side.name)})
	}
	return all
}

// named has the far side's certificate checked for its name.
func named(shared *tls.Config, name string) *tls.Config {
	if shared == nil {
		return nil
	}
	own := shared.Clone()
	own.ServerName = cmp.Or(own.ServerName, name)
	return own
}

// allowPeers lets the answers of far sides through. Calls are taken from a
// trunk's allowed sources, and from where it is registered.
func (p *Process) allowPeers() {
	known := map[netip.Addr]*Trunk{}
	p.mu.Lock()
	for _, peers := range p.peers { // any order: one address is one far side
		for _, far := range peers {
			known[far.addr.Addr()] = far.trunk
		}
	}
	p.mu.Unlock()
	p.known.Store(&known)
}

// allowed reports whether SIP from a source is looked at.
func (p *Process) allowed(source netip.Addr) bool {
	if trunkOf(p.config.Trunks, source) != nil || p.config.Phones.allowed(source) {
		return true
	}
	_, known := (*p.known.Load())[source]
	return known
}

// sourceTrunk is the trunk that a call from a source belongs to.
func (p *Process) sourceTrunk(source netip.Addr) *Trunk {
	if trunk := trunkOf(p.config.Trunks, source); trunk != nil {
		return trunk
	}
	if trunk := (*p.known.Load())[source]; trunk != nil && trunk.Register {
		return trunk
	}
	return nil
}

// ways are the far sides for a number in the order in which they are tried:
// those that do not answer come last, not never. The caller holds mu.
func (p *Process) ways(number string) []*peer {
	var up, down []*peer
	for _, trunk := range p.allowedOut(routes(p.config.Trunks, number), number) {
		for _, far := range p.peers[trunk.Name] {
			if far.down() {
				down = append(down, far)
			} else {
				up = append(up, far)
			}
		}
	}
	return append(up, down...)
}

// watchTrunks looks names up again and asks every far side for a sign of life,
// until the context ends.
func (p *Process) watchTrunks(ctx context.Context) {
	names, life := time.NewTicker(lookUpEvery), time.NewTicker(p.config.Limits.KeepAlive)
	defer names.Stop()
	defer life.Stop()
	p.askPeers(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-names.C:
			p.lookUpTrunks(ctx)
		case <-life.C:
			p.askPeers(ctx)
		}
	}
}

// askPeers asks all at once and waits for the last.
func (p *Process) askPeers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, min(keepAliveWait, p.config.Limits.KeepAlive))
	defer cancel()
	answers := make(chan func())
	asked := 0
	for _, far := range p.allPeers() {
		asked++
		go func() {
			err := p.agent.Options(ctx, far.asked())
			answers <- func() { p.heardFrom(ctx, far, err) }
		}()
	}
	for range asked {
		(<-answers)()
	}
}

func (p *Process) allPeers() []*peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*peer
	for i := range p.config.Trunks {
		all = append(all, p.peers[p.config.Trunks[i].Name]...)
	}
	return all
}

// heardFrom notes whether a far side answered, and logs each turn once.
func (p *Process) heardFrom(ctx context.Context, far *peer, err error) {
	if err != nil && ctx.Err() == context.Canceled {
		return // we are being stopped
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	was := far.down()
	if err == nil {
		far.failures = 0
	} else {
		far.failures++
	}
	switch {
	case far.down() && !was:
		p.config.Log.Warn("a far side of a trunk does not answer: others are tried before it", "trunk", far.trunk.Name, "address", far.addr, "error", err)
	case !far.down() && was:
		p.config.Log.Info("a far side of a trunk answers again", "trunk", far.trunk.Name, "address", far.addr)
	}
}

// TrunkMetrics are the state of one trunk.
type TrunkMetrics struct {
	Name       string
	Up, Down   int  // far sides that answer, and that do not
	Registered bool // as asked for
}

// trunkMetrics is in the order of the configuration. The caller holds mu.
func (p *Process) trunkMetrics() []TrunkMetrics {
	var all []TrunkMetrics
	for i := range p.config.Trunks {
		name := p.config.Trunks[i].Name
		m := TrunkMetrics{Name: name, Registered: p.registered[name]}
		for _, far := range p.peers[name] {
			if far.down() {
				m.Down++
			} else {
				m.Up++
			}
		}
		all = append(all, m)
	}
	return all
}
