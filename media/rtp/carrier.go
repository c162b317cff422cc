package rtp

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/pion/rtcp"
)

// Carrier takes a leg's packets to the far side where they do not go over
// ports of the leg's own, as in DTLS-SRTP (RFC 5764). Its methods must not
// block, and keep nothing of the packets.
type Carrier interface {
	// SSRC is what the leg's stream is called on this way.
	SSRC() uint32
	// Sent is the last packet of that stream: what follows must follow it, or the
	// far side takes it for a repetition (RFC 3711 section 3.3.1). Nothing was
	// sent yet where it is not ok.
	Sent() (seq uint16, stamp uint32, ok bool)
	// WriteRTP sends one RTP packet. Errors are the same as loss.
	WriteRTP(packet []byte)
	// WriteRTCP sends one compound RTCP packet.
	WriteRTCP(rtcp.CompoundPacket)
}

// Carried makes a leg without ports, which waits for its first [Carrier]. A
// zero inactivity is DefaultInactivity.
func Carried(inactivity time.Duration) *Leg {
	l := newLeg(inactivity)
	l.running.Add(1)
	go l.report()
	return l
}

// Carry sends over a carrier from now on, and expects to hear. Nil sends
// nothing, expects nothing and counts nothing as lost. The stream goes on where it was.
func (l *Leg) Carry(c Carrier, s Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.carrier, l.marked = c, true
	l.jitter.started, l.events, l.reception = false, eventReceiver{}, reception{}
	l.lastHeard.Store(time.Now().UnixMilli())
	if c == nil {
		l.session = Session{}
		return
	}
	l.session, l.ssrc = s, c.SSRC()
	if seq, stamp, ok := c.Sent(); ok {
		l.seq, l.stamp = seq+1, stamp+FrameSamples
	}
}

// CarriedRTP takes an RTP packet that came over the carrier; one from a
// carrier that was replaced is dropped.
func (l *Leg) CarriedRTP(from Carrier, packet []byte, now time.Time) {
	l.receive(packet, now, func(uint32, uint16) bool { return l.carrier == from })
}

// CarriedRTCP takes a compound RTCP packet that came over the carrier.
func (l *Leg) CarriedRTCP(from Carrier, raw []byte, now time.Time) {
	l.receiveReport(raw, now, func() bool { return l.carrier == from })
}

func newLeg(inactivity time.Duration) *Leg {
	if inactivity == 0 {
		inactivity = DefaultInactivity
	}
	l := &Leg{
		inactivity: inactivity,
		digits:     make(chan Digit, digitsWaiting), lost: make(chan struct{}), closing: make(chan struct{}),
		ssrc: rand.Uint32(), seq: uint16(rand.Uint32()), stamp: rand.Uint32(), marked: true,
	}
	l.lastHeard.Store(time.Now().UnixMilli())
	return l
}

// reachable reports whether there is a way to the far side.
func (l *Leg) reachable() bool { return l.carrier != nil || l.latch.remote.IsValid() }

// transmit sends a packet that packetize made.
func (l *Leg) transmit(packet []byte, c Carrier, to netip.AddrPort) {
	switch {
	case c != nil:
		c.WriteRTP(packet)
	case to.IsValid():
		_, _ = l.rtpConn.WriteToUDPAddrPort(packet, to)
	}
}
