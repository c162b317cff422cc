package rtp

import (
	"net/netip"

	"tandem"
)

const (
	latchWindowMillis = 2000 // from the first packet after a session description
	latchPackets      = 4    // packets in sequence that prove another source
)

// latch decides which source is listened to, and so where audio is sent.
//
// The far side may sit behind a NAT and send from an address that it did not
// signal (symmetric RTP, RFC 4961), but following every packet would let
// anyone redirect or inject audio ("RTP bleed", AST-2017-005). So: the
// signalled address wins when packets come from it; another source must send
// four packets in sequence with one SSRC inside the first two seconds; after
// that nothing moves until a new session description.
type latch struct {
	strict  bool // never move
	remote  netip.AddrPort
	settled bool
	opened  tandem.Time // when the window opened; zero before the first packet

	candidate netip.AddrPort
	ssrc      uint32
	seq       uint16
	run       int
}

// signal sets the address of a new session description and opens the window
// again. The same address as before changes nothing.
func (l *latch) signal(addr, before netip.AddrPort) {
	if addr == before && l.remote.IsValid() {
		return
	}
	*l = latch{strict: l.strict, remote: addr}
}

// accept reports whether a packet of this source may be used.
func (l *latch) accept(source netip.AddrPort, ssrc uint32, seq uint16, now tandem.Time) bool {
	if l.opened.IsZero() {
		l.opened = now
	}
	if source == l.remote {
		l.settled = true
		return true
	}
	if l.settled || l.strict || !l.remote.IsValid() || now.Sub(l.opened) > latchWindowMillis {
		return false
	}
	if source == l.candidate && ssrc == l.ssrc && seq == l.seq+1 {
		l.run++
	} else {
		l.candidate, l.ssrc, l.run = source, ssrc, 1
	}
	l.seq = seq
	if l.run < latchPackets {
		return false
	}
	l.remote, l.settled = source, true
	return true
}
