package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"tandem/media/sdp"
)

const (
	// maxDatagramBytes bounds a message; a long one with many routes has 4 KB.
	maxDatagramBytes = 16 << 10
	// maxReadErrors in a row mean that the socket is broken for good.
	maxReadErrors = 100
)

// UserAgent takes and places calls over one UDP socket and, if asked to, TCP and TLS connections.
type UserAgent struct {
	conn      net.PacketConn
	host      string // of Contact
	ports     [3]int // of each Transport, as peers reach it
	tcp, tls  net.Listener
	tlsConfig *tls.Config
	streams   *streams
	registrar *registrar
	callers   func(netip.Addr) Passwords
	guard     *guard // of calls
	handler   Handler
	allowed   func(netip.Addr) bool
	accepting func() bool
	secrecy   func(Transport, netip.Addr) sdp.Secrecy
	log       *slog.Logger
	limits    Limits
	timers    Timers
	parser    *sipgo.Parser
	metrics   Metrics

	reading sync.Mutex // messages of all connections are taken one after the other
	limiter *inviteLimiter

	stop     chan struct{} // closed by Close
	stopOnce sync.Once
	calls    sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	servers map[string]*serverTx
	merges  map[string]string // what a merged request shares with the first to the key of its transaction
	clients map[string]*clientTx
	dialogs map[string]*Call
	live    int // calls that have not ended
}

// New makes a user agent. It does nothing before Serve.
func New(config Config) (*UserAgent, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	host, port, _ := splitHostPort(config.Contact)
	ua := &UserAgent{
		conn: config.Conn, host: host, ports: [3]int{port, port, port},
		tcp: config.TCP, tls: config.TLS, tlsConfig: config.TLSConfig,
		handler: config.Handler, allowed: config.Allowed, accepting: config.Accepting, secrecy: config.Secrecy, log: config.Log,
		limits: config.Limits.withDefaults(), timers: config.Timers.withDefaults(),
		parser:  sipgo.NewParser(),
		stop:    make(chan struct{}),
		servers: map[string]*serverTx{}, merges: map[string]string{},
		clients: map[string]*clientTx{}, dialogs: map[string]*Call{},
	}
	if ua.accepting == nil {
		ua.accepting = func() bool { return true }
	}
	if ua.secrecy == nil {
		ua.secrecy = func(Transport, netip.Addr) sdp.Secrecy { return sdp.Plain }
	}
	if ua.log == nil {
		ua.log = slog.Default()
	}
	ua.limiter = newInviteLimiter(ua.limits)
	ua.streams = newStreams(ua)
	ua.guard = newGuard(host)
	ua.callers = config.Callers
	if config.Registrar != nil {
		ua.registrar = newRegistrar(*config.Registrar)
	}
	for transport, listener := range map[Transport]net.Listener{TCP: ua.tcp, TLS: ua.tls} {
		if listener != nil {
			ua.ports[transport] = int(tcpAddrPort(listener.Addr()).Port())
		}
	}
	return ua, nil
}

// Metrics returns the agent's counters.
func (ua *UserAgent) Metrics() *Metrics { return &ua.metrics }

// Calls is the number of calls that have not ended.
func (ua *UserAgent) Calls() int {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	return ua.live
}

// portOf is where peers reach us. Without a listener of our own they use the connection that we opened.
func (ua *UserAgent) portOf(transport Transport) int { return ua.ports[transport] }

// Serve reads the sockets until the context ends, Close is called or the socket fails. Before it returns, every call
// has been hung up and has had its Ended. It may be called once.
func (ua *UserAgent) Serve(ctx context.Context) error {
	unblock := context.AfterFunc(ctx, ua.beginStop)
	defer unblock()
	var listening sync.WaitGroup
	failed := make(chan error, 2)
	for _, l := range []struct {
		listener  net.Listener
		transport Transport
	}{{ua.tcp, TCP}, {ua.tls, TLS}} {
		if l.listener == nil {
			continue
		}
		listening.Go(func() {
			if err := ua.streams.accept(l.listener, l.transport); err != nil {
				failed <- fmt.Errorf("sip: taking connections at %s: %w", l.listener.Addr(), err)
				ua.beginStop()
			}
		})
	}
	err := ua.read()
	ua.Close()
	listening.Wait()
	close(failed)
	for broken := range failed {
		err = errors.Join(err, broken)
	}
	_ = ua.conn.SetReadDeadline(time.Time{}) // the owner may go on using the socket
	return err
}

// Close hangs up every call, ends Serve and waits for the calls to have ended. It leaves the UDP socket open. It must not be
// called from within a Handler's method.
func (ua *UserAgent) Close() {
	ua.beginStop()
	ua.calls.Wait()
	ua.streams.close()
	ua.mu.Lock()
	defer ua.mu.Unlock()
	for _, tx := range ua.servers {
		tx.stopTimer()
	}
	for _, tx := range ua.clients {
		tx.stopTimer()
	}
	clear(ua.servers)
	clear(ua.merges)
	clear(ua.clients)
}

func (ua *UserAgent) beginStop() {
	ua.stopOnce.Do(func() {
		ua.mu.Lock()
		ua.stopped = true
		ua.mu.Unlock()
		close(ua.stop)
		_ = ua.conn.SetReadDeadline(time.Unix(1, 0)) // wakes the reader; a closed socket wakes by itself
		for _, listener := range []net.Listener{ua.tcp, ua.tls} {
			if listener != nil {
				_ = listener.Close()
			}
		}
	})
}

func (ua *UserAgent) read() error {
	buffer := make([]byte, maxDatagramBytes+1)
	failed := 0
	for {
		n, from, err := ua.conn.ReadFrom(buffer)
		at := time.Now()
		select {
		case <-ua.stop:
			return nil
		default:
		}
		if err != nil {
			if failed++; errors.Is(err, net.ErrClosed) || failed >= maxReadErrors {
				return fmt.Errorf("sip: reading from %s: %w", ua.conn.LocalAddr(), err)
			}
			continue
		}
		failed = 0
		ua.datagram(buffer[:n], from, at)
	}
}

// datagram decides what to do with one packet before anything looks into it.
func (ua *UserAgent) datagram(data []byte, from net.Addr, at time.Time) {
	ua.metrics.Datagrams.Add(1)
	source := addrPortOf(from)
	switch {
	case !source.IsValid() || !ua.allowed(source.Addr()):
		ua.metrics.DroppedSource.Add(1)
		return
	case len(data) > maxDatagramBytes:
		ua.metrics.DroppedSize.Add(1)
		return
	case isKeepAlive(data):
		return
	}
	ua.message(data, hop{addr: source}, at)
}

// message takes one whole message.
func (ua *UserAgent) message(data []byte, source hop, at time.Time) {
	msg, err := ua.parse(data)
	if err != nil {
		ua.metrics.DroppedMalformed.Add(1)
		if answer := salvage(data); answer != nil {
			ua.send(answer, source)
		}
		ua.log.Debug("sip: a message cannot be parsed", "source", source.addr.Addr(), "bytes", len(data))
		return
	}
	ua.reading.Lock()
	defer ua.reading.Unlock()
	switch m := msg.(type) {
	case *sipgo.Request:
		ua.request(m, source, at)
	case *sipgo.Response:
		ua.response(m, at)
	}
}

// parse keeps a panic of the parser to the one packet that caused it: a process that carries a thousand calls must not
// end for it.
func (ua *UserAgent) parse(data []byte) (msg sipgo.Message, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("sip: the parser failed: %v", cause)
		}
	}()
	return ua.parser.ParseSIP(data)
}

// send sends one message and tells when. It never waits. A failure is counted and left to retransmission.
func (ua *UserAgent) send(data []byte, to hop) time.Time {
	if to.transport != UDP {
		if !ua.streams.send(data, to) {
			ua.metrics.SendErrors.Add(1)
			ua.log.Debug("sip: sending failed", "to", to.addr.Addr(), "transport", to.transport)
		}
		return time.Now()
	}
	if _, err := ua.conn.WriteTo(data, net.UDPAddrFromAddrPort(to.addr)); err != nil {
		ua.metrics.SendErrors.Add(1)
		ua.log.Debug("sip: sending failed", "to", to.addr.Addr(), "error", err)
	}
	return time.Now()
}

// isKeepAlive recognises the CRLFs and zero bytes that peers send to keep a NAT open (RFC 5626 section 3.5.1).
func isKeepAlive(data []byte) bool {
	for _, b := range data {
		if b != '\r' && b != '\n' && b != 0 {
			return false
		}
	}
	return true
}

func addrPortOf(addr net.Addr) netip.AddrPort {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := udp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
