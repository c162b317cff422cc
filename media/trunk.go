package media

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"

	"tandem/media/sdp"
	"tandem/media/sip"
)

// Trunk is a line to a telephone network, or to one telephone.
type Trunk struct {
	Name          string
	Allowed       []netip.Prefix // sources that may send SIP
	Numbers       []string       // called numbers it may bring: E.164, or the beginning and "*"; empty: any
	Prefixes      []string       // numbers it can reach, by their beginning: "+" for all, "+49", ...
	Address       string         // far side of calls out: host:port, or a name whose SRV records say more; empty: none
	Backups       []string       // further far sides, tried in this order
	User, Secret  string         // for digest authentication of calls out and of the registration; empty: none
	CallerUser    string         // calls in must prove this user and its secret; empty: the source is proof enough
	CallerSecret  string
	DefaultRegion string // region of numbers without a country code, such as "DE"
	Trusted       bool   // exchanges P-Asserted-Identity (RFC 3325): who calls is believed
	StrictRTP     bool   // audio only from and to the address signalled: no NAT on the far side
	Register      bool   // keep User registered at Address, as lines without a fixed address want it

	Allowance Allowance     // how many calls, and where to
	Transport sip.Transport // of calls in and out
	TLS       *tls.Config   // for Transport TLS: who is believed, and what we show; ServerName is filled in
	Secrecy   sdp.Secrecy   // whether audio is encrypted; needs Transport TLS
}

// check finds what cannot work.
func (t *Trunk) check() error {
	addresses := t.addresses()
	switch {
	case len(addresses) == 0 && len(t.Prefixes) > 0:
		return fmt.Errorf("trunk %q: it has prefixes for calls out but no address", t.Name)
	case t.Address == "" && len(t.Backups) > 0:
		return fmt.Errorf("trunk %q: it has backups but no address", t.Name)
	case t.Register && (t.Address == "" || t.User == ""):
		return fmt.Errorf("trunk %q: to register it needs an address and a user", t.Name)
	case t.CallerUser != "" && t.CallerSecret == "":
		return fmt.Errorf("trunk %q: calls in must prove a user who has no password: set it", t.Name)
	case t.Transport == sip.TLS && t.TLS == nil && len(addresses) > 0:
		return fmt.Errorf("trunk %q: TLS needs to know which certificates are believed", t.Name)
	case t.Secrecy != sdp.Plain && t.Transport != sip.TLS:
		return fmt.Errorf("trunk %q: encrypted audio needs transport tls, or its keys can be read on the way", t.Name)
	}
	for _, address := range addresses {
		if _, _, err := splitAddress(address); err != nil {
			return fmt.Errorf("trunk %q: address %q: %w", t.Name, address, err)
		}
	}
	return t.checkAllowance()
}

// addresses are the far sides, the one to try first before the others.
func (t *Trunk) addresses() []string {
	if t.Address == "" {
		return nil
	}
	return append([]string{t.Address}, t.Backups...)
}

// secrecy is how secret a call that came over a transport is to be.
func (t *Trunk) secrecy(over sip.Transport) sdp.Secrecy {
	if over != sip.TLS {
		return sdp.Plain
	}
	return t.Secrecy
}

func checkTrunks(trunks []Trunk) error {
	names := map[string]bool{}
	for _, t := range trunks {
		if t.Name == "" || names[t.Name] {
			return fmt.Errorf("trunk %q: each trunk needs a name of its own", t.Name)
		}
		if err := t.check(); err != nil {
			return err
		}
		names[t.Name] = true
	}
	return nil
}

// trunkOf finds the trunk that a source belongs to: the one with the longest
// prefix.
func trunkOf(trunks []Trunk, source netip.Addr) *Trunk {
	var best *Trunk
	bits := -1
	for i := range trunks {
		for _, p := range trunks[i].Allowed {
			if p.Contains(source.Unmap()) && p.Bits() > bits {
				best, bits = &trunks[i], p.Bits()
			}
		}
	}
	return best
}

// routes are the trunks for a number: those with the longest matching prefix,
// in the order of the configuration, which is that in which they are tried.
func routes(trunks []Trunk, number string) []*Trunk {
	var best []*Trunk
	length := 0
	for i := range trunks {
		longest := 0
		for _, p := range trunks[i].Prefixes {
			if strings.HasPrefix(number, p) {
				longest = max(longest, len(p))
			}
		}
		switch {
		case longest == 0 || longest < length:
		case longest > length:
			best, length = []*Trunk{&trunks[i]}, longest
		default:
			best = append(best, &trunks[i])
		}
	}
	return best
}

// serves reports whether the trunk may bring calls for a number.
func (t *Trunk) serves(number string) bool {
	for _, n := range t.Numbers {
		if beginning, open := strings.CutSuffix(n, "*"); n == number || open && strings.HasPrefix(number, beginning) {
			return true
		}
	}
	return len(t.Numbers) == 0
}
