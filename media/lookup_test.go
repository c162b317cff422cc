package media

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"tandem/media/sip"
)

// zone is a name server with one domain.
type zone struct{}

func (zone) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	switch "_" + service + "._" + proto + "." + name {
	case "_sip._udp.carrier.example":
		return "", []*net.SRV{{Target: "one.carrier.example.", Port: 5070}, {Target: "gone.carrier.example.", Port: 1}, {Target: "two.carrier.example.", Port: 5080}}, nil
	case "_sips._tcp.carrier.example":
		return "", []*net.SRV{{Target: "two.carrier.example.", Port: 5061}}, nil
	}
	return "", nil, errors.New("no such service")
}

func (zone) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case "one.carrier.example":
		return []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.9"), netip.MustParseAddr("192.0.2.1")}, nil
	case "two.carrier.example", "carrier.example":
		return []netip.Addr{netip.MustParseAddr("2001:db8::2")}, nil
	}
	return nil, errors.New("no such host")
}

// RFC 3263 section 4.
func TestNamesLeadToFarSidesInOrder(t *testing.T) {
	for _, row := range []struct {
		address   string
		transport sip.Transport
		want      string // addresses and names
	}{
		{"192.0.2.5:5090", sip.UDP, "192.0.2.5:5090=192.0.2.5"},
		{"192.0.2.5", sip.TLS, "192.0.2.5:5061=192.0.2.5"},
		{"2001:db8::1", sip.TCP, "[2001:db8::1]:5060=2001:db8::1"},
		{"carrier.example", sip.UDP, "192.0.2.1:5070=carrier.example 192.0.2.9:5070=carrier.example [2001:db8::2]:5080=carrier.example"},
		{"carrier.example", sip.TLS, "[2001:db8::2]:5061=carrier.example"},
		{"carrier.example", sip.TCP, "[2001:db8::2]:5060=carrier.example"},
		{"carrier.example:5099", sip.UDP, "[2001:db8::2]:5099=carrier.example"},
		{"two.carrier.example", sip.TLS, "[2001:db8::2]:5061=two.carrier.example"},
		{"other.example", sip.UDP, ""},
	} {
		found, err := lookUp(context.Background(), zone{}, row.address, row.transport)
		var text []string
		for _, side := range found {
			text = append(text, side.addr.String()+"="+side.name)
		}
		if got := strings.Join(text, " "); got != row.want || (err != nil) != (row.want == "") {
			t.Errorf("%s over %v leads to %q, %v; want %q", row.address, row.transport, got, err, row.want)
		}
	}
}

func TestFarSideThatStaysKeepsWhatIsKnownOfIt(t *testing.T) {
	a, b := farSide{addr: netip.MustParseAddrPort("192.0.2.1:1")}, farSide{addr: netip.MustParseAddrPort("192.0.2.2:1")}
	old := []*peer{{farSide: a, failures: 7}}
	now := renewed(old, &Trunk{}, []farSide{b, a, b})
	if len(now) != 2 || now[0].addr != b.addr || now[1] != old[0] {
		t.Errorf("got %+v", now)
	}
}
