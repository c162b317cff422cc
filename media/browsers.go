package media

import (
	"net"
	"sync"
	"time"

	"tandem"
	"tandem/media/turn"
	"tandem/media/webrtc"
)

// restartMargin is how much longer a connection lasts than the leg waits for
// it, so that it can be restarted as long as there is a leg.
const restartMargin = 10 * time.Second

// browser is one connection of an agent's browser.
type browser struct {
	peer   *webrtc.Peer
	userID tandem.ID
	keep   bool // it outlives its leg
	leg    *leg // which it carries, or is to carry once it is up; nil: none
	up     bool
}

// browsers are the connections there are. The process's mutex guards them.
type browsers struct {
	byID   map[string]*browser
	order  []*browser     // the oldest first
	came   chan struct{}  // closed when the leg of a browser comes
	making sync.WaitGroup // connections that are about to be
	closed bool           // no more are made
}

func newBrowsers() *browsers {
	return &browsers{byID: map[string]*browser{}, came: make(chan struct{})}
}

func (s *browsers) add(b *browser) {
	s.byID[b.peer.ID()] = b
	s.order = append(s.order, b)
}

func (s *browsers) remove(b *browser) {
	delete(s.byID, b.peer.ID())
	for i := range s.order {
		if s.order[i] == b {
			s.order = append(s.order[:i:i], s.order[i+1:]...)
			return
		}
	}
}

// of returns the connections of a leg, the oldest first.
func (s *browsers) of(l *leg) []*browser {
	var found []*browser
	for _, b := range s.order {
		if b.leg == l {
			found = append(found, b)
		}
	}
	return found
}

// ofUser returns the connections of an agent, the oldest first.
func (s *browsers) ofUser(userID tandem.ID) []*browser {
	var found []*browser
	for _, b := range s.order {
		if b.userID == userID {
			found = append(found, b)
		}
	}
	return found
}

// legCame wakes the offers that wait for their legs.
func (s *browsers) legCame() {
	close(s.came)
	s.came = make(chan struct{})
}

func (p *Process) openGateway() error {
	if p.config.BrowserConn == nil {
		return nil
	}
	var err error
	p.gateway, err = webrtc.New(webrtc.Config{
		Conn: p.config.BrowserConn, External: p.config.BrowserIP, Events: browserEvents{p},
		Grace: p.config.Limits.BrowserGrace + restartMargin,
	})
	if err != nil || p.config.RelayConn == nil && p.config.RelayListener == nil {
		return err
	}
	p.relay, err = turn.New(turn.Config{
		Conn: p.config.RelayConn, Listener: p.config.RelayListener, Secret: p.config.RelaySecret,
		Peer: p.gateway.Address(), PeerLocal: p.config.BrowserConn.LocalAddr().(*net.UDPAddr).AddrPort(),
	})
	return err
}

// closeGateway closes all connections.
func (p *Process) closeGateway() {
	if p.gateway == nil {
		return
	}
	p.mu.Lock()
	p.browsers.closed = true
	p.mu.Unlock()
	p.browsers.making.Wait()
	p.mu.Lock()
	for _, b := range p.browsers.byID {
		b.peer.Close()
	}
	p.mu.Unlock()
	if p.relay != nil {
		p.relay.Close()
	}
	p.gateway.Close()
}

// closeBrowser ends a connection; nothing is lost to a leg but its way.
func (p *Process) closeBrowser(b *browser) {
	p.uncarry(b)
	p.browsers.remove(b)
	b.peer.Close()
}

// browserEvents is the process as package webrtc sees it.
type browserEvents struct{ *Process }

// PeerUp implements webrtc.Events.
func (p browserEvents) PeerUp(peer *webrtc.Peer) {
	p.withBrowser(peer, func(b *browser) {
		b.up = true
		if b.leg != nil {
			p.carry(b.leg, b)
		}
	})
}

// PeerDown implements webrtc.Events: the leg keeps the connection, which may
// come up again.
func (p browserEvents) PeerDown(peer *webrtc.Peer) {
	p.withBrowser(peer, func(b *browser) {
		b.up = false
		if b.leg != nil && b.leg.soft.carrier == b {
			p.beginGrace(b.leg)
		}
	})
}

// PeerOver implements webrtc.Events.
func (p browserEvents) PeerOver(peer *webrtc.Peer) {
	p.withBrowser(peer, func(b *browser) { p.closeBrowser(b) })
}

// withBrowser finds a connection. One that was closed has none.
func (p *Process) withBrowser(peer *webrtc.Peer, do func(*browser)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.browsers.byID[peer.ID()]; b != nil {
		do(b)
	}
}
