package media

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/media/sip"
)

const (
	lookUpEvery   = time.Minute
	lookUpTimeout = 3 * time.Second
	// maxFarSides bounds what name servers can make of one trunk.
	maxFarSides = 16
)

// Resolver looks names up; *net.Resolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// farSide is one address of a trunk.
type farSide struct {
	addr netip.AddrPort
	name string // as the certificate must say it
}

// splitAddress reads host:port, or a host alone, whose port is 0.
func splitAddress(address string) (host string, port uint16, err error) {
	if _, err := netip.ParseAddr(strings.Trim(address, "[]")); err == nil {
		return strings.Trim(address, "[]"), 0, nil
	}
	if !strings.Contains(address, ":") && address != "" {
		return address, 0, nil
	}
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("want host:port or a name: %w", err)
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil || number == 0 || host == "" {
		return "", 0, errors.New("want host:port or a name: host or port is missing or wrong")
	}
	return host, uint16(number), nil
}

// lookUp finds the far sides behind one address, the one to try first before
// the others (RFC 3263 section 4): a name without a port by its SRV records,
// else by its addresses.
func lookUp(ctx context.Context, names Resolver, address string, transport sip.Transport) ([]farSide, error) {
	host, port, err := splitAddress(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	if _, err := netip.ParseAddr(host); err != nil && port == 0 {
		if found := lookUpService(ctx, names, host, transport); len(found) > 0 {
			return found, nil
		}
	}
	return lookUpHost(ctx, names, host, host, cmp.Or(port, defaultPort(transport)))
}

// defaultPort is that of RFC 3261 section 19.1.2.
func defaultPort(transport sip.Transport) uint16 {
	if transport == sip.TLS {
		return 5061
	}
	return 5060
}

// lookUpService follows SRV records, which the resolver has put in order
// (RFC 2782). The certificate speaks of the name that was asked for
// (RFC 5922 section 4).
func lookUpService(ctx context.Context, names Resolver, host string, transport sip.Transport) []farSide {
	service, proto := "sip", "udp"
	switch transport {
	case sip.TCP:
		proto = "tcp"
	case sip.TLS:
		service, proto = "sips", "tcp"
	}
	_, records, err := names.LookupSRV(ctx, service, proto, host)
	if err != nil {
		return nil
	}
	var all []farSide
	for _, r := range records {
		found, err := lookUpHost(ctx, names, strings.TrimSuffix(r.Target, "."), host, r.Port)
		if err == nil {
			all = append(all, found...)
		}
	}
	return all[:min(len(all), maxFarSides)]
}

func lookUpHost(ctx context.Context, names Resolver, host, name string, port uint16) ([]farSide, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []farSide{{addr: netip.AddrPortFrom(addr.Unmap(), port), name: name}}, nil
	}
	found, err := names.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, netip.Addr.Compare)
	var all []farSide
	for _, addr := range found[:min(len(found), maxFarSides)] {
		all = append(all, farSide{addr: netip.AddrPortFrom(addr.Unmap(), port), name: name})
	}
	return all, nil
}

// CheckAddress tells what is wrong with a trunk's address: that it cannot be
// read, or that its name cannot be looked up. Transport is as in the
// configuration.
func CheckAddress(ctx context.Context, address, transport string) error {
	t, err := sip.ParseTransport(transport)
	if err != nil {
		return err
	}
	_, err = lookUp(ctx, net.DefaultResolver, address, t)
	return err
}
