package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// streamQueue bounds the messages that wait to be written to one connection.
	streamQueue = 256
	// keepAliveEvery is how often the system probes a silent connection.
	keepAliveEvery = 30 * time.Second
)

// streams are the TCP and TLS connections, whoever opened them: one for each far side and way there, used for as long
// as it lives (RFC 3261 section 18). Nothing here waits for the network while it holds the mutex.
type streams struct {
	ua      *UserAgent
	running sync.WaitGroup
	ctx     context.Context // ends what is being opened
	cancel  context.CancelFunc

	mu     sync.Mutex
	closed bool
	open   map[hop]*stream
	from   map[netip.Addr]int // how many each far side has
}

func newStreams(ua *UserAgent) *streams {
	s := &streams{ua: ua, open: map[hop]*stream{}, from: map[netip.Addr]int{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// stream is one connection. What is to be written waits in out.
type stream struct {
	hop     hop
	out     chan []byte
	leaving chan struct{} // closed: write what waits, and close
	once    sync.Once
}

func (s *stream) leave() { s.once.Do(func() { close(s.leaving) }) }

// has reports whether there is a connection.
func (p *streams) has(to hop) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open[to] != nil
}

// send hands a message to the connection, which is opened if need be. False means that there is none and can be none,
// or that the far side takes nothing.
func (p *streams) send(data []byte, to hop) bool {
	s := p.get(to)
	if s == nil {
		return false
	}
	select {
	case s.out <- data:
		return true
	default:
		s.leave()
		return false
	}
}

func (p *streams) get(to hop) *stream {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.open[to]; s != nil {
		return s
	}
	if !to.opens() {
		return nil
	}
	return p.enter(to, func(s *stream) { p.dial(s) })
}

// enter counts a connection in and starts its goroutine; nil when there are too many. The caller holds mu.
func (p *streams) enter(far hop, run func(*stream)) *stream {
	l := p.ua.limits
	if p.closed || len(p.open) >= l.Connections || p.from[far.addr.Addr()] >= l.SourceConnections {
		p.ua.metrics.RefusedConnections.Add(1)
		return nil
	}
	s := &stream{hop: far, out: make(chan []byte, streamQueue), leaving: make(chan struct{})}
	p.open[far] = s
	p.from[far.addr.Addr()]++
	p.ua.metrics.Connections.Add(1)
	p.running.Go(func() {
		defer p.drop(s)
		run(s)
	})
	return s
}

func (p *streams) drop(s *stream) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, s.hop)
	addr := s.hop.addr.Addr()
	if p.from[addr]--; p.from[addr] == 0 {
		delete(p.from, addr)
	}
	p.ua.metrics.Connections.Add(-1)
}

// accept takes connections from a listener until it is closed. One from an address that is not allowed is closed before
// anything is read.
func (p *streams) accept(listener net.Listener, transport Transport) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			select {
			case <-p.ua.stop:
				return nil
			default:
			}
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			time.Sleep(10 * time.Millisecond) // out of files for a while: others go on
			continue
		}
		far := hop{addr: tcpAddrPort(conn.RemoteAddr()), transport: transport}
		if !far.addr.IsValid() || !p.ua.allowed(far.addr.Addr()) {
			p.ua.metrics.DroppedSource.Add(1)
			_ = conn.Close()
			continue
		}
		p.mu.Lock()
		s := p.enter(far, func(s *stream) { p.serve(s, conn) })
		p.mu.Unlock()
		if s == nil {
			_ = conn.Close()
		}
	}
}

func tcpAddrPort(addr net.Addr) netip.AddrPort {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// dial opens a connection. When it cannot be, the requests that wait for it have failed.
func (p *streams) dial(s *stream) {
	dialer := net.Dialer{Timeout: p.ua.timers.Connect}
	conn, err := dialer.DialContext(p.ctx, "tcp", s.hop.addr.String())
	if err != nil {
		p.ua.metrics.SendErrors.Add(1)
		p.ua.log.Warn("sip: no connection to a far side", "to", s.hop.addr.Addr(), "transport", s.hop.transport, "error", err)
		p.ua.unreachable(s.hop)
		return
	}
	p.serve(s, conn)
}

// serve shakes hands, if it is TLS, and carries messages both ways until either side closes.
func (p *streams) serve(s *stream, conn net.Conn) {
	defer p.ua.unreachable(s.hop)
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: keepAliveEvery, Interval: keepAliveEvery / 3, Count: 3})
	}
	if s.hop.transport == TLS {
		secure := tls.Server(conn, p.ua.tlsConfig)
		if s.hop.tls != nil {
			secure = tls.Client(conn, s.hop.tls)
		}
		ctx, cancel := context.WithTimeout(p.ctx, p.ua.timers.Connect)
		err := secure.HandshakeContext(ctx)
		cancel()
		if err != nil {
			p.ua.metrics.RefusedHandshakes.Add(1)
			p.ua.log.Warn("sip: no TLS with a far side: look at the certificates of both", "with", s.hop.addr.Addr(), "error", err)
			return
		}
		conn = secure
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		p.write(s, conn)
	}()
	p.read(s, conn)
	s.leave()
	<-written
}

// write writes what waits, in order.
func (p *streams) write(s *stream, conn net.Conn) {
	defer conn.Close()
	for {
		var data []byte
		select {
		case data = <-s.out:
		case <-s.leaving:
			select {
			case data = <-s.out:
			default:
				return
			}
		}
		_ = conn.SetWriteDeadline(time.Now().Add(p.ua.timers.Connect))
		if _, err := conn.Write(data); err != nil {
			p.ua.metrics.SendErrors.Add(1)
			return
		}
	}
}

// read hands messages on until the connection is of no use.
func (p *streams) read(s *stream, conn net.Conn) {
	frames := newFrameReader(conn, p.ua.timers.Idle, p.ua.timers.Connect)
	for {
		message, ping, err := frames.next()
		switch {
		case err != nil && len(message) > 0 && (errors.Is(err, errTooLong) || errors.Is(err, errNoLength)):
			p.ua.metrics.DroppedMalformed.Add(1)
			if answer := salvage(message); answer != nil {
				p.send(answer, s.hop)
			}
			return
		case err != nil:
			return
		case ping:
			p.send([]byte("\r\n"), s.hop)
		case len(message) > 0:
			p.ua.message(message, s.hop, time.Now())
		}
	}
}

// close writes what waits, closes every connection and waits until that is done.
func (p *streams) close() {
	p.mu.Lock()
	p.closed = true
	for _, s := range p.open {
		s.leave()
	}
	p.mu.Unlock()
	p.cancel()
	p.running.Wait()
}

// unreachable ends the requests that were sent to a far side and have had no word from there (RFC 3261 section 8.1.3.1).
func (ua *UserAgent) unreachable(far hop) {
	ua.mu.Lock()
	var waiting []*clientTx
	for _, tx := range ua.clients {
		if tx.to == far {
			waiting = append(waiting, tx)
		}
	}
	ua.mu.Unlock()
	for _, tx := range waiting {
		tx.fail()
	}
}
