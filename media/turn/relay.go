package turn

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
)

// relays makes the relayed addresses.
type relays struct{ server *Server }

// errUDPOnly refuses RFC 6062: the one peer speaks UDP.
var errUDPOnly = errors.New("only UDP is relayed")

var errFull = errors.New("there are as many relayed addresses as are allowed")

// Validate implements turn.RelayAddressGenerator.
func (relays) Validate() error { return nil }

// AllocateConn implements turn.RelayAddressGenerator.
func (relays) AllocateConn(string, int) (net.Conn, net.Addr, error) { return nil, nil, errUDPOnly }

// AllocatePacketConn implements turn.RelayAddressGenerator. A port that is
// asked for is not given: it is of no use here.
func (r relays) AllocatePacketConn(string, int) (net.PacketConn, net.Addr, error) {
	s := r.server
	if s.relays.Add(1) > int64(s.config.Allocations) {
		s.relays.Add(-1)
		s.refused.Add(1)
		return nil, nil, errFull
	}
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(s.config.PeerLocal))
	if err != nil {
		s.relays.Add(-1)
		return nil, nil, err
	}
	port := conn.LocalAddr().(*net.UDPAddr).Port
	relayed := netip.AddrPortFrom(s.config.Peer.Addr(), uint16(port))
	return &relay{UDPConn: conn, server: s, peer: net.UDPAddrFromAddrPort(s.config.Peer)}, net.UDPAddrFromAddrPort(relayed), nil
}

// relay is one relayed address: a socket that only the peer's socket can reach.
type relay struct {
	*net.UDPConn
	server *Server
	peer   *net.UDPAddr
}

// ReadFrom implements net.PacketConn.
func (r *relay) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := r.Read(b)
	for errors.Is(err, syscall.ECONNREFUSED) { // the peer's socket is away for a moment
		n, err = r.Read(b)
	}
	if err == nil {
		r.server.outward.Add(1)
	}
	return n, r.peer, err
}

// WriteTo implements net.PacketConn. What is not for the peer is dropped.
func (r *relay) WriteTo(b []byte, to net.Addr) (int, error) {
	if addr, ok := to.(*net.UDPAddr); !ok || addr.Port != r.peer.Port || !addr.IP.Equal(r.peer.IP) {
		r.server.foreign.Add(1)
		return len(b), nil
	}
	r.server.in.Add(1)
	_, _ = r.Write(b) // an error is the same as loss
	return len(b), nil
}

// Close implements net.PacketConn.
func (r *relay) Close() error {
	err := r.UDPConn.Close()
	if err == nil {
		r.server.relays.Add(-1)
	}
	return err
}
