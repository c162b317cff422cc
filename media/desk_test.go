package media_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"tandem"
	"tandem/media"
	"tandem/media/sip"
	"tandem/voice"
)

// withDesks lets phones on loopback register.
func withDesks(cfg *media.Config) {
	cfg.Trunks = nil
	cfg.Phones = media.Phones{
		Realm: "tandem", Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Passwords: func(user string) (string, bool) { return "secret", user == "agent1" },
	}
}

// register makes the phone that of agent1.
func (p *phone) register(c *center) {
	p.t.Helper()
	_, err := p.agent.Register(context.Background(), &sip.Registration{User: "agent1", Expiry: time.Minute, Peer: sip.Peer{
		Addr: netip.MustParseAddrPort(c.sipAddr), Username: "agent1", Password: "secret",
	}})
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestLiftingARegisteredDeskPhoneAccepts(t *testing.T) {
	first, second := newPhone(t, 440), newPhone(t, 1000)
	c := newCenter(t, nil, withDesks)
	leg := outbound("agent", patience)
	leg.Target = "sip:agent1"
	c.send(roomOf(1, leg))
	if end := c.expect(voice.LegEnded, leg.ID); end.Cause != voice.CauseUnreachable {
		t.Errorf("with no phone it ends with %v", end.Cause)
	}
	first.register(c)
	second.register(c)
	first.agent.Close() // it is registered, and gone
	leg.ID = id("agent again")
	other := outbound("other", patience)
	other.Target = "sip:agent2"
	c.send(roomOf(2, leg, other))
	c.expect(voice.LegRinging, leg.ID)
	c.expect(voice.LegAnswered, leg.ID)
	if end := c.expect(voice.LegEnded, other.ID); end.Cause != voice.CauseUnreachable {
		t.Errorf("a user without a phone: it ends with %v", end.Cause)
	}
}

// A registered phone is called; it may place no calls.
func TestDeskPhonePlacesNoCalls(t *testing.T) {
	desk := newPhone(t, 1000)
	c := newCenter(t, nil, withDesks)
	desk.register(c)
	desk.dial(c.sipAddr, "call-1", "+4930123456", "agent1")
	eventually(t, "the call is refused", desk.is(hasEnded))
	if desk.end.Status != 403 {
		t.Errorf("it is refused with %d", desk.end.Status)
	}
}

func TestTrunkRegistersAndTakesItBackAtTheEnd(t *testing.T) {
	conn := listenUDP(t)
	carrier, err := sip.New(sip.Config{
		Conn: conn, Contact: addrOf(conn).String(), Handler: newPhone(t, 300),
		Allowed: func(netip.Addr) bool { return true },
		Registrar: &sip.RegistrarConfig{
			Realm: "carrier", Allowed: func(netip.Addr) bool { return true },
			Passwords: func(user string) (string, bool) { return "line secret", user == "line1" },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = carrier.Serve(context.Background()) }()
	t.Cleanup(carrier.Close)
	c := newCenter(t, nil, func(cfg *media.Config) {
		cfg.Trunks[0] = media.Trunk{
			Name: "line", Address: addrOf(conn).String(), User: "line1", Secret: "line secret", Register: true, DefaultRegion: "DE",
		}
	})
	eventually(t, "the trunk is registered", func() bool { return c.process.Metrics().Trunks[0].Registered })
	phones := carrier.Phones("line1")
	if len(phones) != 1 {
		t.Fatalf("the carrier knows %+v", phones)
	}
	// Calls come in from where the trunk is registered, although no source is allowed by name.
	_, err = carrier.Dial(context.Background(), sip.DialRequest{
		CallID: "in", FromTag: "in", Number: "030123456", Phone: &phones[0], Caller: "+4989654321", Local: addrOf(listenUDP(t)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if arrived := c.expect(voice.CallArrived, tandem.ID{}); arrived.Trunk != "line" {
		t.Errorf("it came as %+v", arrived)
	}
	c.stop()
	if left := carrier.Phones("line1"); len(left) != 0 {
		t.Errorf("after the end the carrier knows %+v", left)
	}
}
