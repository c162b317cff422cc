package turn

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	pion "github.com/pion/turn/v4"

	"tandem"
	"tandem/voice"
)

// realm names the relay in its challenges.
const realm = "tandem"

// Config is what a [Server] needs. Its sockets are closed with the server.
type Config struct {
	Conn     net.PacketConn // UDP; nil: none
	Listener net.Listener   // TCP or TLS; nil: none
	Secret   []byte         // shared with whoever makes credentials

	Peer      netip.AddrPort // the address to relay to, as browsers know it
	PeerLocal netip.AddrPort // its socket in this host; unspecified addresses mean loopback

	UserAllocations int // of one user at a time [40]: browsers make one for each URL and network
	Allocations     int // in total [10000]
	Streams         int // TCP connections in total [5000]

	now func() tandem.Time // for tests
}

// Metrics are the counts so far; Allocations and Streams are what there is now.
type Metrics struct {
	Allocations, Streams int
	RefusedTotal         uint64 // allocations and connections beyond the limits
	UnauthorizedTotal    uint64 // requests with a wrong or expired credential
	ForeignTotal         uint64 // permissions and packets for any address but the one
	PacketsInTotal       uint64 // from browsers
	PacketsOutTotal      uint64 // to browsers
}

// Server is a relay that runs.
type Server struct {
	config Config
	turn   *pion.Server

	mu          sync.Mutex
	users       map[tandem.ID]int // allocations
	live        map[string]string // user names, by the addresses of browsers with an allocation
	allocations int

	streams, relays                             atomic.Int64
	refused, unauthorized, foreign, in, outward atomic.Uint64
}

// New starts the relay. [Server.Close] ends it.
func New(cfg Config) (*Server, error) {
	if len(cfg.Secret) < 16 {
		return nil, errors.New("the relay's secret is shorter than 16 bytes")
	}
	if ip := cfg.PeerLocal.Addr(); ip.IsUnspecified() {
		loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
		cfg.PeerLocal = netip.AddrPortFrom(loopback, cfg.PeerLocal.Port())
	}
	if cfg.now == nil {
		cfg.now = func() tandem.Time { return tandem.At(time.Now()) }
	}
	cfg.UserAllocations = orDefault(cfg.UserAllocations, 40)
	cfg.Allocations = orDefault(cfg.Allocations, 10_000)
	cfg.Streams = orDefault(cfg.Streams, 5000)
	s := &Server{config: cfg, users: map[tandem.ID]int{}, live: map[string]string{}}
	pc := pion.ServerConfig{
		Realm: realm, LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
		AuthHandler: s.key, QuotaHandler: s.admit,
		EventHandler: pion.EventHandler{OnAuth: s.authenticated, OnAllocationCreated: s.created, OnAllocationDeleted: s.deleted},
	}
	if cfg.Conn != nil {
		pc.PacketConnConfigs = []pion.PacketConnConfig{{PacketConn: cfg.Conn, RelayAddressGenerator: relays{s}, PermissionHandler: s.permitted}}
	}
	if cfg.Listener != nil {
		pc.ListenerConfigs = []pion.ListenerConfig{{Listener: &listener{Listener: cfg.Listener, server: s, streams: map[*stream]bool{}}, RelayAddressGenerator: relays{s}, PermissionHandler: s.permitted}}
	}
	var err error
	if s.turn, err = pion.NewServer(pc); err != nil {
		return nil, fmt.Errorf("start the relay: %w", err)
	}
	return s, nil
}

func orDefault(value, fallback int) int {
	if value == 0 {
		return fallback
	}
	return value
}

// Close ends all allocations and closes the sockets.
func (s *Server) Close() { _ = s.turn.Close() }

// Metrics returns the counts so far.
func (s *Server) Metrics() Metrics {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Metrics{
		Allocations: s.allocations, Streams: int(s.streams.Load()), RefusedTotal: s.refused.Load(), UnauthorizedTotal: s.unauthorized.Load(),
		ForeignTotal: s.foreign.Load(), PacketsInTotal: s.in.Load(), PacketsOutTotal: s.outward.Load(),
	}
}

// key is what a request must be signed with (RFC 8489 section 9.2.2). An
// allocation goes on after its credential has ended, so that calls do.
func (s *Server) key(username, realm string, source net.Addr) ([]byte, bool) {
	_, ends, ok := voice.RelayUser(username)
	if !ok || ends < s.config.now() && !s.isLive(username, source) {
		s.unauthorized.Add(1) // of this, authenticated hears nothing
		return nil, false
	}
	return pion.GenerateAuthKey(username, realm, voice.RelayPassword(s.config.Secret, username)), true
}

func (s *Server) isLive(username string, source net.Addr) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[source.String()] == username
}

func (s *Server) authenticated(_, _ net.Addr, _, _, _, _ string, verdict bool) {
	if !verdict {
		s.unauthorized.Add(1)
	}
}

// admit says whether a user may have one more allocation.
func (s *Server) admit(username, _ string, _ net.Addr) bool {
	user, _, _ := voice.RelayUser(username)
	s.mu.Lock()
	defer s.mu.Unlock()
	ok := s.users[user] < s.config.UserAllocations && s.allocations < s.config.Allocations
	if !ok {
		s.refused.Add(1)
	}
	return ok
}

func (s *Server) created(source, _ net.Addr, _, username, _ string, _ net.Addr, _ int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[source.String()] = username
	s.count(username, 1)
}

func (s *Server) deleted(source, _ net.Addr, _, username, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, source.String())
	s.count(username, -1)
}

func (s *Server) count(username string, change int) {
	user, _, _ := voice.RelayUser(username)
	s.allocations += change
	if s.users[user] += change; s.users[user] == 0 {
		delete(s.users, user)
	}
}

// permitted lets a browser ask for the one address only.
func (s *Server) permitted(_ net.Addr, peer net.IP) bool {
	ip, _ := netip.AddrFromSlice(peer)
	ok := ip.Unmap() == s.config.Peer.Addr().Unmap()
	if !ok {
		s.foreign.Add(1)
	}
	return ok
}
