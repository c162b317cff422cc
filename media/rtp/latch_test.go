package rtp

import (
	"net/netip"
	"testing"

	"tandem"
)

type arrival struct {
	from string
	ssrc uint32
	seq  uint16
	at   tandem.Time
	want bool
}

// The rules that keep a stranger from taking the audio over (RTP bleed,
// AST-2017-005 and AST-2017-008).
func TestLatchFollowsOnlyProvenSources(t *testing.T) {
	const signalled, nat, evil = "192.0.2.1:4000", "198.51.100.7:5000", "203.0.113.9:6000"
	for name, c := range map[string]struct {
		strict   bool
		arrivals []arrival
		remote   string
	}{
		"the signalled address is heard at once": {false, []arrival{{signalled, 1, 1, 1, true}}, signalled},
		"four in sequence move to a NAT's address": {false, []arrival{
			{nat, 1, 1, 1, false}, {nat, 1, 2, 21, false}, {nat, 1, 3, 41, false}, {nat, 1, 4, 61, true}, {nat, 1, 5, 81, true},
		}, nat},
		"a gap starts the count again": {false, []arrival{
			{nat, 1, 1, 1, false}, {nat, 1, 2, 21, false}, {nat, 1, 4, 41, false}, {nat, 1, 5, 61, false}, {nat, 1, 6, 81, false},
		}, signalled},
		"another SSRC starts the count again": {false, []arrival{
			{nat, 1, 1, 1, false}, {nat, 1, 2, 2, false}, {nat, 1, 3, 3, false}, {nat, 2, 4, 4, false},
		}, signalled},
		"nobody moves it after the signalled address was heard": {false, []arrival{
			{signalled, 1, 1, 1, true}, {evil, 9, 1, 2, false}, {evil, 9, 2, 3, false}, {evil, 9, 3, 4, false}, {evil, 9, 4, 5, false},
		}, signalled},
		"nobody moves it twice": {false, []arrival{
			{nat, 1, 1, 1, false}, {nat, 1, 2, 2, false}, {nat, 1, 3, 3, false}, {nat, 1, 4, 4, true},
			{evil, 9, 1, 5, false}, {evil, 9, 2, 6, false}, {evil, 9, 3, 7, false}, {evil, 9, 4, 8, false}, {signalled, 1, 9, 9, false},
		}, nat},
		"nobody moves it after two seconds": {false, []arrival{
			{nat, 1, 1, 1, false}, {nat, 1, 2, 2, false}, {nat, 1, 3, 3, false}, {nat, 1, 4, 2002, false},
		}, signalled},
		"strict never moves": {true, []arrival{
			{nat, 1, 1, 1, false}, {nat, 1, 2, 2, false}, {nat, 1, 3, 3, false}, {nat, 1, 4, 4, false},
		}, signalled},
	} {
		t.Run(name, func(t *testing.T) {
			l := latch{strict: c.strict}
			l.signal(netip.MustParseAddrPort(signalled), netip.AddrPort{})
			for i, a := range c.arrivals {
				if got := l.accept(netip.MustParseAddrPort(a.from), a.ssrc, a.seq, a.at); got != a.want {
					t.Errorf("packet %d: heard is %v, want %v", i, got, a.want)
				}
			}
			if l.remote.String() != c.remote {
				t.Errorf("audio goes to %v, want %v", l.remote, c.remote)
			}
		})
	}
}

func TestSameAddressAgainDoesNotOpenTheLatch(t *testing.T) {
	addr := netip.MustParseAddrPort("192.0.2.1:4000")
	var l latch
	l.signal(addr, netip.AddrPort{})
	l.accept(addr, 1, 1, 1)
	l.signal(addr, addr)
	if !l.settled {
		t.Error("a session refresh opened the latch")
	}
}
