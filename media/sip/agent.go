package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

const (
	// maxDatagramBytes bounds a message; a long one with many routes has 4 KB.
	maxDatagramBytes = 16 << 10
	// maxReadErrors in a row mean that the socket is broken for good.
	maxReadErrors = 100
)

// UserAgent takes and places calls over one socket.
type UserAgent struct {
	conn      net.PacketConn
	host      string // of Contact
	port      int
	handler   Handler
	allowed   func(netip.Addr) bool
	accepting func() bool
	log       *slog.Logger
	limits    Limits
	timers    Timers
	parser    *sipgo.Parser
	limiter   *inviteLimiter
	metrics   Metrics

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
		conn: config.Conn, host: host, port: port,
		handler: config.Handler, allowed: config.Allowed, accepting: config.Accepting, log: config.Log,
		limits: config.Limits.withDefaults(), timers: config.Timers.withDefaults(),
		parser:  sipgo.NewParser(),
		stop:    make(chan struct{}),
		servers: map[string]*serverTx{}, merges: map[string]string{},
		clients: map[string]*clientTx{}, dialogs: map[string]*Call{},
	}
	if ua.accepting == nil {
		ua.accepting = func() bool { return true }
	}
	if ua.log == nil {
		ua.log = slog.Default()
	}
	ua.limiter = newInviteLimiter(ua.limits)
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

// Serve reads the socket until the context ends, Close is called or the socket fails. Before it returns, every call
// has been hung up and has had its Ended. It may be called once.
func (ua *UserAgent) Serve(ctx context.Context) error {
	unblock := context.AfterFunc(ctx, ua.beginStop)
	defer unblock()
	err := ua.read()
	ua.Close()
	_ = ua.conn.SetReadDeadline(time.Time{}) // the owner may go on using the socket
	return err
}

// Close hangs up every call, ends Serve and waits for the calls to have ended. It leaves the socket open. It must not be
// called from within a Handler's method.
func (ua *UserAgent) Close() {
	ua.beginStop()
	ua.calls.Wait()
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
	msg, err := ua.parse(data)
	if err != nil {
		ua.metrics.DroppedMalformed.Add(1)
		if answer := salvage(data); answer != nil {
			ua.send(answer, source)
		}
		ua.log.Debug("sip: a message cannot be parsed", "source", source.Addr(), "bytes", len(data))
		return
	}
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

// send writes one datagram and tells when. A failure is counted and left to retransmission.
func (ua *UserAgent) send(data []byte, to netip.AddrPort) time.Time {
	if _, err := ua.conn.WriteTo(data, net.UDPAddrFromAddrPort(to)); err != nil {
		ua.metrics.SendErrors.Add(1)
		ua.log.Debug("sip: sending failed", "to", to.Addr(), "error", err)
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
