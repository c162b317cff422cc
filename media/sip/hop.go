package sip

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
)

// Transport is what carries messages (RFC 3261 section 18).
type Transport uint8

// The transports.
const (
	UDP Transport = iota
	TCP
	TLS
)

var transportNames = [...]string{"UDP", "TCP", "TLS"}

// String is the name as it stands in Via.
func (t Transport) String() string { return transportNames[t] }

// param is the name as it stands in an address.
func (t Transport) param() string { return strings.ToLower(t.String()) }

// ParseTransport reads "udp", "tcp" or "tls"; empty is UDP.
func ParseTransport(text string) (Transport, error) {
	for i, name := range transportNames {
		if strings.EqualFold(text, name) {
			return Transport(i), nil
		}
	}
	if text == "" {
		return UDP, nil
	}
	return UDP, fmt.Errorf("transport %q is none of udp, tcp, tls", text)
}

// hop is a far side and the way there. Two hops that are equal share a connection.
type hop struct {
	addr      netip.AddrPort
	transport Transport
	tls       *tls.Config // of a TLS connection that we open; nil for one that the far side opens
}

// opens reports whether a connection to the hop can be opened from here.
func (h hop) opens() bool { return h.transport == TCP || h.transport == TLS && h.tls != nil }
