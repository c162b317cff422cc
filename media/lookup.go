package media

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"
)

const (
	lookUpEvery   = time.Minute
	lookUpTimeout = 3 * time.Second
)

// keepLookingUp follows trunks whose names move to other addresses, so that
// placing a call never waits for a name server.
func (p *Process) keepLookingUp(ctx context.Context) {
	ticker := time.NewTicker(lookUpEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.lookUpTrunks(ctx)
		}
	}
}

// lookUpTrunks keeps the last address that was found.
func (p *Process) lookUpTrunks(ctx context.Context) {
	for _, t := range p.config.Trunks {
		if t.Address == "" {
			continue
		}
		addr, err := lookUp(ctx, t.Address)
		if err != nil {
			p.config.Log.Warn("the address of a trunk cannot be looked up", "trunk", t.Name, "error", err)
			continue
		}
		p.mu.Lock()
		p.addresses[t.Name] = addr
		p.mu.Unlock()
	}
}

func lookUp(ctx context.Context, hostPort string) (netip.AddrPort, error) {
	if addr, err := netip.ParseAddrPort(hostPort); err == nil {
		return addr, nil
	}
	host, portText, err := net.SplitHostPort(hostPort)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return netip.AddrPort{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(found[0].Unmap(), uint16(port)), nil
}
