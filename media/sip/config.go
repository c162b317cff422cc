package sip

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"tandem/media/sdp"
)

// Config says how a UserAgent is to work. Conn, Contact, Allowed and Handler are needed.
type Config struct {
	Conn    net.PacketConn // a UDP socket; it stays the owner's, who closes it
	Contact string         // "host:port" under which peers reach the socket; goes into Contact and Via
	Handler Handler

	// TCP and TLS take connections; nil: only those that we open carry messages. They are closed at the end. TLSConfig
	// has the certificate of the second, and whether its clients need one.
	TCP, TLS  net.Listener
	TLSConfig *tls.Config

	// Allowed reports whether messages from an address are wanted at all: whether it is a trunk's. It is asked for
	// every datagram and connection and must be quick.
	Allowed func(netip.Addr) bool

	// Accepting reports whether new calls can be taken. While it says no they get 503. Nil means always.
	Accepting func() bool

	// Registrar lets phones register; nil: none can.
	Registrar *RegistrarConfig

	// Callers gives the passwords without which an address may place no call (RFC 3261 section 22), nil for one that
	// needs none. Nil means that none does.
	Callers func(netip.Addr) Passwords

	// Secrecy says whether the audio of calls from an address is encrypted. Nil means never.
	Secrecy func(Transport, netip.Addr) sdp.Secrecy

	Log    *slog.Logger // nil: slog.Default
	Limits Limits
	Timers Timers
}

// Limits bound what peers can make the agent do. Zero fields have the value in brackets.
type Limits struct {
	Calls         int           // calls at a time; only incoming ones are refused over it [2000]
	InvitesPerSec float64       // new calls a second from all sources together [200]
	SourcePerSec  float64       // new calls a second from one /24 (IPv4) or /64 (IPv6) [50]
	Transactions  int           // requests of calls being answered or just answered [50000]
	Connections   int           // TCP and TLS connections at a time [2000]
	RetryAfter    time.Duration // what a caller sent away with 503 is told to wait [5 s]

	SourceConnections int // TCP and TLS connections of one address at a time [100]
}

// Timers are the waits of the protocol. Zero fields have the value in brackets.
type Timers struct {
	T1 time.Duration // RFC 3261 section 17.1.1.1 [500 ms]
	T2 time.Duration // [4 s]
	T4 time.Duration // [5 s]
	C  time.Duration // an outgoing call that rings without a word this long has no answer; section 16.6 [180 s]

	Connect time.Duration // a connection or its TLS is up, and a message on it complete, within this [5 s]
	Idle    time.Duration // a connection on which nothing comes this long is closed [30 min]

	Unanswered time.Duration // an incoming call that nobody answers this long is refused with 480 [10 min]
	MinSession time.Duration // the shortest session interval taken; RFC 4028 section 5 [90 s]
	Liveness   time.Duration // with no session timer agreed, how often the far side is asked whether it lives [15 min]
}

func (t Timers) withDefaults() Timers {
	orDefault(&t.T1, 500*time.Millisecond)
	orDefault(&t.T2, 4*time.Second)
	orDefault(&t.T4, 5*time.Second)
	orDefault(&t.C, 180*time.Second)
	orDefault(&t.Connect, 5*time.Second)
	orDefault(&t.Idle, 30*time.Minute)
	orDefault(&t.Unanswered, 10*time.Minute)
	orDefault(&t.MinSession, 90*time.Second)
	orDefault(&t.Liveness, 15*time.Minute)
	return t
}

func (l Limits) withDefaults() Limits {
	orDefault(&l.Calls, 2000)
	orDefault(&l.InvitesPerSec, 200)
	orDefault(&l.SourcePerSec, 50)
	orDefault(&l.Transactions, 50_000)
	orDefault(&l.Connections, 2000)
	orDefault(&l.SourceConnections, 100)
	orDefault(&l.RetryAfter, 5*time.Second)
	return l
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (c Config) check() error {
	switch {
	case c.Conn == nil:
		return errors.New("sip: Config.Conn is missing: pass the UDP socket to serve")
	case c.Handler == nil:
		return errors.New("sip: Config.Handler is missing")
	case c.Allowed == nil:
		return errors.New("sip: Config.Allowed is missing: say which source addresses are trunks")
	}
	if c.TLS != nil && c.TLSConfig == nil {
		return errors.New("sip: Config.TLSConfig is missing: the TLS listener needs a certificate")
	}
	if _, _, err := splitHostPort(c.Contact); err != nil {
		return fmt.Errorf("sip: Config.Contact %q is not host:port: %w", c.Contact, err)
	}
	return nil
}
