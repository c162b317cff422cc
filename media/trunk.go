package media

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// Trunk is a line to a telephone network, or to one telephone.
type Trunk struct {
	Name          string
	Allowed       []netip.Prefix // sources that may send SIP
	Numbers       []string       // called numbers it may bring: E.164, or the beginning and "*"; empty: any
	Prefixes      []string       // numbers it can reach, by their beginning: "+" for all, "+49", ...
	Address       string         // host:port of the far side, for calls out; empty: none
	User, Secret  string         // for digest authentication of calls out; empty: none
	DefaultRegion string         // region of numbers without a country code, such as "DE"
	Trusted       bool           // exchanges P-Asserted-Identity (RFC 3325): who calls is believed
	StrictRTP     bool           // audio only from and to the address signalled: no NAT on the far side
}

func checkTrunks(trunks []Trunk) error {
	names := map[string]bool{}
	for _, t := range trunks {
		switch {
		case t.Name == "" || names[t.Name]:
			return fmt.Errorf("trunk %q: each trunk needs a name of its own", t.Name)
		case t.Address == "" && len(t.Prefixes) > 0:
			return fmt.Errorf("trunk %q: it has prefixes for calls out but no address", t.Name)
		}
		if _, _, err := net.SplitHostPort(t.Address); t.Address != "" && err != nil {
			return fmt.Errorf("trunk %q: address %q: want host:port: %w", t.Name, t.Address, err)
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

// route chooses the trunk for a number: the one with the longest matching
// prefix, the first of equals; nil if there is none.
func route(trunks []Trunk, number string) *Trunk {
	var best *Trunk
	length := 0
	for i := range trunks {
		for _, p := range trunks[i].Prefixes {
			if len(p) > length && strings.HasPrefix(number, p) {
				best, length = &trunks[i], len(p)
			}
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
