package media

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"time"

	"tandem/media/prompt"
	"tandem/media/rtp"
	"tandem/media/speech"
	"tandem/voice"
)

// Config says how the voice process is to work.
type Config struct {
	SIPConn      net.PacketConn // UDP socket for SIP; stays the owner's
	SIPTCP       net.Listener   // for SIP over TCP; nil: only connections that we open; closed at the end
	SIPTLS       net.Listener   // the same over TLS, with the certificate of TLSConfig
	TLSConfig    *tls.Config
	LinkListener net.Listener // where the core connects; closed at the end
	Trunks       []Trunk
	Phones       Phones
	Resolver     Resolver // of trunks' names; nil: the system's

	RTPPortMin, RTPPortMax int        // UDP ports for audio, two per leg
	BindIP                 netip.Addr // local address for audio
	ExternalIP             netip.Addr // the address that far sides reach; zero: BindIP

	BrowserConn net.PacketConn // UDP socket for the audio of browsers; nil: there are no browsers
	BrowserIP   netip.Addr     // the address that browsers, or the relay, reach it at; zero: ExternalIP

	RelayConn     net.PacketConn // UDP socket of the relay for browsers; nil: none
	RelayListener net.Listener   // TCP or TLS listener of the relay; nil: none
	RelaySecret   []byte         // of the relay's credentials; the core has it too

	Prompts    string         // folder of wav files; empty: built-in sounds only
	Speaker    prompt.Speaker // nil: only the sentences of the default flows can be spoken
	Recognizer speech.Engine  // understands what callers say; nil: only keys are collected

	Data   string // folder for recordings under way
	Bucket string // gocloud.dev/blob URL for recordings; empty: DATA/blobs

	Log    *slog.Logger
	Limits Limits
}

// Limits of the process. Zero fields have the value in brackets.
type Limits struct {
	Rooms        int           // rooms at a time [4000]
	KeptReports  int           // reports not acknowledged; beyond, new calls are refused [100000]
	ClaimWait    time.Duration // how long an arrived call waits for a room to claim it [10 s]
	RTPSilence   time.Duration // a leg that sends no RTP or RTCP this long is lost [30 s]
	KeepAlive    time.Duration // how often each far side of a trunk is asked for a sign of life [30 s]
	Failover     time.Duration // a far side that says nothing this long is passed over for the next [4 s]
	ShutdownWait time.Duration // for last uploads at the end [5 s]

	Connections     int           // of browsers, at a time [5000]
	UserConnections int           // of one agent's browsers; one more closes an idle one [4]
	BrowserGrace    time.Duration // how long a leg waits for its browser to connect, or to come back [20 s]
	LegWait         time.Duration // how long an offer waits for the room of its leg [2 s]
}

// limits of what is in one room; a core that sends more is broken. A call has
// up to 6 parties and 5 monitors at a time, and may list legs that are gone.
const (
	maxRoomLegs  = 64
	maxRoomPaths = 1024
	maxPlayItems = 64
)

// tooMuch names what is beyond the limits; empty if nothing is.
func tooMuch(want voice.Room) string {
	switch {
	case len(want.Legs) > maxRoomLegs:
		return "legs"
	case len(want.Mix) > maxRoomPaths:
		return "paths"
	case len(want.Plays) > maxRoomLegs:
		return "plays"
	case want.Record != nil && len(want.Record.Held) > maxRoomLegs:
		return "held legs"
	case slices.ContainsFunc(want.Plays, func(p voice.Play) bool { return len(p.Items) > maxPlayItems }):
		return "items of a play"
	case slices.ContainsFunc(want.Legs, func(l voice.Leg) bool { return len(l.Digits) > rtp.MaxKeys }):
		return "digits of a leg"
	}
	return ""
}

func (l Limits) withDefaults() Limits {
	l.Rooms = orDefault(l.Rooms, 4000)
	l.KeptReports = orDefault(l.KeptReports, 100_000)
	l.ClaimWait = orDefault(l.ClaimWait, 10*time.Second)
	l.RTPSilence = orDefault(l.RTPSilence, 30*time.Second)
	l.KeepAlive = orDefault(l.KeepAlive, keepAliveEvery)
	l.Failover = orDefault(l.Failover, 4*time.Second)
	l.ShutdownWait = orDefault(l.ShutdownWait, 5*time.Second)
	l.Connections = orDefault(l.Connections, 5000)
	l.UserConnections = orDefault(l.UserConnections, 4)
	l.BrowserGrace = orDefault(l.BrowserGrace, 20*time.Second)
	l.LegWait = orDefault(l.LegWait, 2*time.Second)
	return l
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// check fills in defaults and refuses what cannot work.
func (c *Config) check() error {
	switch {
	case c.SIPConn == nil:
		return errors.New("media: no SIP socket: set Config.SIPConn")
	case c.LinkListener == nil:
		return errors.New("media: no listener for the core: set Config.LinkListener")
	case c.BrowserConn == nil && (c.RelayConn != nil || c.RelayListener != nil):
		return errors.New("media: a relay for browsers, but no socket for their audio: set Config.BrowserConn")
	case c.Data == "":
		return errors.New("media: no data folder: set Config.Data")
	}
	if !c.ExternalIP.IsValid() {
		c.ExternalIP = c.BindIP
	}
	if c.ExternalIP.IsUnspecified() {
		return fmt.Errorf("media: far sides cannot send audio to %s: set the external IP address", c.ExternalIP)
	}
	if !c.BrowserIP.IsValid() {
		c.BrowserIP = c.ExternalIP
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	c.Limits = c.Limits.withDefaults()
	if err := c.Phones.check(); err != nil {
		return err
	}
	return checkTrunks(c.Trunks)
}
