package rtp

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
)

// Ports hands out pairs of UDP ports: an even one for RTP and the next one for
// RTCP (RFC 3550 section 11). Ports are drawn at random, so that a stranger
// cannot guess them.
type Ports struct {
	bind     netip.Addr
	low, num int // lowest even port, number of pairs
}

// NewPorts uses the ports from low to high, both included, at one local
// address; the unspecified address binds all.
func NewPorts(bind netip.Addr, low, high int) (*Ports, error) {
	low += low % 2
	pairs := (high - low + 1) / 2
	if low < 1024 || high > 65535 || pairs < 1 {
		return nil, fmt.Errorf("RTP ports %d to %d: want at least one even port and the next, between 1024 and 65535", low, high)
	}
	if !bind.IsValid() {
		return nil, fmt.Errorf("RTP bind address is missing: give an IP address, 0.0.0.0 for all")
	}
	return &Ports{bind: bind, low: low, num: pairs}, nil
}

// open binds a free pair.
func (p *Ports) open() (rtpConn, rtcpConn *net.UDPConn, err error) {
	first := rand.IntN(p.num)
	for i := range p.num {
		port := p.low + 2*((first+i)%p.num)
		rtpConn, err = p.listen(port)
		if err != nil {
			continue
		}
		rtcpConn, err = p.listen(port + 1)
		if err == nil {
			return rtpConn, rtcpConn, nil
		}
		rtpConn.Close()
	}
	return nil, nil, fmt.Errorf("no free pair of RTP ports between %d and %d at %s: widen the range: %w", p.low, p.low+2*p.num-1, p.bind, err)
}

func (p *Ports) listen(port int) (*net.UDPConn, error) {
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.bind, uint16(port))))
}
