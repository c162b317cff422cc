package media_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"tandem"
	"tandem/media"
	"tandem/media/sdp"
	"tandem/media/sip"
	"tandem/voice"
)

// certificate is for 127.0.0.1, with the pool that believes it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}, pool
}

func listenTCP(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// Two voice processes with an encrypted trunk between them: what the customer
// says at one end is heard at the other, and both are in the recording.
func TestCallCrossesAnEncryptedTrunk(t *testing.T) {
	server, believed := certificate(t)
	door := listenTCP(t)
	customer, desk := newPhone(t, 440), newPhone(t, 1000)
	far := newCenter(t, desk, func(cfg *media.Config) {
		cfg.SIPTLS, cfg.TLSConfig = door, server
		cfg.Trunks[0].Allowed = nil
		cfg.Trunks = append(cfg.Trunks, media.Trunk{
			Name: "between", Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
			Transport: sip.TLS, Secrecy: sdp.Secret,
		})
	})
	near := newCenter(t, nil, func(cfg *media.Config) {
		cfg.Trunks = append(cfg.Trunks, media.Trunk{
			Name: "between", Address: door.Addr().String(), Prefixes: []string{"+"},
			Transport: sip.TLS, TLS: &tls.Config{RootCAs: believed}, Secrecy: sdp.Secret,
		})
	})
	caller, across := near.arrive(customer), outbound("across", patience)
	room := roomOf(1, caller, across)
	room.Mix = []voice.Path{{Speaker: caller.ID, Listener: across.ID}, {Speaker: across.ID, Listener: caller.ID}}
	room.Record = &voice.Recording{ID: id("recording"), Customer: true, Agent: true}
	near.send(room)
	arrived := far.expect(voice.CallArrived, tandem.ID{})
	if arrived.Trunk != "between" || arrived.To != "+4930777" {
		t.Errorf("it arrived as %+v", arrived)
	}
	leg, agent := voice.Leg{ID: arrived.Leg, Role: voice.Customer, Wish: voice.WishAnswered}, outbound("agent", patience)
	there := roomOf(1, leg, agent)
	there.Mix = []voice.Path{{Speaker: leg.ID, Listener: agent.ID}, {Speaker: agent.ID, Listener: leg.ID}}
	far.send(there)
	near.expect(voice.LegAnswered, across.ID)
	eventually(t, "the customer hears the agent", func() bool { return customer.hears(1000) })
	eventually(t, "the agent hears the customer", func() bool { return desk.hears(440) })
	room.Rev, room.Ended = 2, true
	near.send(room)
	recorded := near.expect(voice.RecordingEnded, tandem.ID{})
	left, right := stereo(t, filepath.Join(near.data, "blobs", filepath.FromSlash(recorded.Location)))
	checkTones(t, "left", loudest(left, 440), 440, 1000)
	checkTones(t, "right", loudest(right, 1000), 1000, 440)
	far.expect(voice.LegEnded, leg.ID)
	if m := far.process.Metrics(); m.RTPForgedTotal != 0 {
		t.Errorf("%d packets were taken for forged", m.RTPForgedTotal)
	}
}

// nobody is an address from which no answer comes.
func nobody(t *testing.T) string { return addrOf(listenUDP(t)).String() }

func TestCallGoesToTheNextFarSideWhenOneIsSilentOrFull(t *testing.T) {
	full, desk := newPhone(t, 300), newPhone(t, 1000)
	full.behave(503, false)
	c := newCenter(t, nil, func(cfg *media.Config) {
		cfg.Limits.Failover = 100 * time.Millisecond
		first, second := &cfg.Trunks[0], cfg.Trunks[0]
		first.Address, first.Backups, first.Prefixes = nobody(t), []string{full.address}, []string{"+"}
		second.Name, second.Address, second.Backups, second.Prefixes = "second", desk.address, nil, []string{"+"}
		cfg.Trunks = append(cfg.Trunks, second)
	})
	leg := outbound("agent", patience)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	if m := c.process.Metrics(); m.CallsFailedOverTotal != 2 || m.CallsOutTotal != 1 || m.Legs != 1 {
		t.Errorf("%d times the next was tried, %d calls out, %d legs; want 2, 1, 1", m.CallsFailedOverTotal, m.CallsOutTotal, m.Legs)
	}
	c.send(roomOf(2, voice.Leg{ID: leg.ID, Role: leg.Role, Outbound: true, Wish: voice.WishGone}))
	c.expect(voice.LegEnded, leg.ID)
	eventually(t, "the phone is hung up", desk.is(hasEnded))
}

// Who is busy is busy at every far side.
func TestBusyIsNotTriedElsewhere(t *testing.T) {
	busy, other := newPhone(t, 300), newPhone(t, 1000)
	busy.behave(486, false)
	c := newCenter(t, busy, func(cfg *media.Config) { cfg.Trunks[0].Backups = []string{other.address} })
	leg := outbound("agent", patience)
	c.send(roomOf(1, leg))
	if end := c.expect(voice.LegEnded, leg.ID); end.Cause != voice.CauseBusy || other.rang {
		t.Errorf("it ended with %v, the other rang: %v", end.Cause, other.rang)
	}
}

func TestFarSidesAreWatchedAndTriedLastWhileTheyAreSilent(t *testing.T) {
	signalling := listenUDP(t)
	desk := newPhone(t, 1000)
	c := newCenter(t, nil, func(cfg *media.Config) {
		cfg.Limits.KeepAlive = 30 * time.Millisecond
		first := &cfg.Trunks[0]
		first.Address, first.Backups, first.Prefixes = addrOf(signalling).String(), []string{desk.address}, []string{"+"}
	})
	state := func(up, down int) func() bool {
		return func() bool {
			m := c.process.Metrics().Trunks[0]
			return m.Up == up && m.Down == down
		}
	}
	eventually(t, "the silent one is down", state(1, 1))
	leg := outbound("agent", patience)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	if n := c.process.Metrics().CallsFailedOverTotal; n != 0 {
		t.Errorf("the silent far side was tried %d times", n)
	}
	agent, err := sip.New(sip.Config{
		Conn: signalling, Contact: addrOf(signalling).String(), Handler: desk, Allowed: func(netip.Addr) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = agent.Serve(context.Background()) }()
	t.Cleanup(agent.Close)
	eventually(t, "it is up again", state(2, 0))
}

// Once a telephone has rung, another far side would ring the same one.
func TestCallThatRangIsNotTriedElsewhere(t *testing.T) {
	first, other := newPhone(t, 300), newPhone(t, 1000)
	first.behave(0, true)
	c := newCenter(t, first, func(cfg *media.Config) { cfg.Trunks[0].Backups = []string{other.address} })
	leg := outbound("agent", patience)
	c.send(roomOf(1, leg))
	c.expect(voice.LegRinging, leg.ID)
	first.mu.Lock()
	first.call.Reject(503, sip.Unreachable)
	first.mu.Unlock()
	if end := c.expect(voice.LegEnded, leg.ID); end.Cause != voice.CauseUnreachable || c.process.Metrics().CallsFailedOverTotal != 0 {
		t.Errorf("it ended with %v after %d further tries", end.Cause, c.process.Metrics().CallsFailedOverTotal)
	}
}
