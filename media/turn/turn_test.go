package turn

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pion/logging"
	pion "github.com/pion/turn/v4"

	"tandem"
	"tandem/voice"
)

const patience = 10 * time.Second

var (
	secret = []byte("a secret of this test")
	user   = tandem.NameID("test", "user")
)

// outside is the address that browsers know; nothing in this host has it.
var outside = netip.MustParseAddr("192.0.2.1")

func listenUDP(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func portOf(c net.PacketConn) uint16 { return uint16(c.LocalAddr().(*net.UDPAddr).Port) }

// relayTest is a relay to one socket, which stands for that of package webrtc.
type relayTest struct {
	t      *testing.T
	server *Server
	peer   *net.UDPConn
	known  *net.UDPAddr // the peer as browsers know it
	udp    string
	tcp    string
}

func newRelay(t *testing.T, change func(*Config)) *relayTest {
	t.Helper()
	r := &relayTest{t: t, peer: listenUDP(t)}
	conn := listenUDP(t)
	stream, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate(t)}})
	if err != nil {
		t.Fatal(err)
	}
	known := netip.AddrPortFrom(outside, portOf(r.peer))
	r.known, r.udp, r.tcp = net.UDPAddrFromAddrPort(known), conn.LocalAddr().String(), stream.Addr().String()
	cfg := Config{Conn: conn, Listener: stream, Secret: secret, Peer: known, PeerLocal: r.peer.LocalAddr().(*net.UDPAddr).AddrPort()}
	if change != nil {
		change(&cfg)
	}
	if r.server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.server.Close)
	return r
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func valid() voice.Ephemeral {
	return voice.NewEphemeral(secret, nil, user, tandem.At(time.Now().Add(time.Hour)))
}

// client is a browser's TURN client over UDP.
func (r *relayTest) client(e voice.Ephemeral) *pion.Client {
	r.t.Helper()
	return r.over(listenUDP(r.t), r.udp, e)
}

func (r *relayTest) over(conn net.PacketConn, address string, e voice.Ephemeral) *pion.Client {
	r.t.Helper()
	c, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: address, TURNServerAddr: address, Conn: conn, Username: e.Username, Password: e.Credential, Realm: realm,
		LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := c.Listen(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return c
}

func (r *relayTest) allocate(c *pion.Client) net.PacketConn {
	r.t.Helper()
	conn, err := c.Allocate()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	return conn
}

// expect reads one packet.
func (r *relayTest) expect(c net.PacketConn, want string) net.Addr {
	r.t.Helper()
	buf := make([]byte, 100)
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	n, from, err := c.ReadFrom(buf)
	if err != nil || string(buf[:n]) != want {
		r.t.Fatalf("got %q, %v; want %q", buf[:n], err, want)
	}
	return from
}

func (r *relayTest) echoes(browser net.PacketConn) {
	r.t.Helper()
	if _, err := browser.WriteTo([]byte("from the browser"), r.known); err != nil {
		r.t.Fatal(err)
	}
	from := r.expect(r.peer, "from the browser")
	if _, err := r.peer.WriteTo([]byte("to the browser"), from); err != nil {
		r.t.Fatal(err)
	}
	if got := r.expect(browser, "to the browser"); got.String() != r.known.String() {
		r.t.Errorf("the answer came from %v, want %v", got, r.known)
	}
}

func (r *relayTest) eventually(what string, condition func(Metrics) bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !condition(r.server.Metrics()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("it never came true that %s: %+v", what, r.server.Metrics())
		}
	}
}

func TestRelayCarriesBothWaysOverUDPAndTLS(t *testing.T) {
	r := newRelay(t, nil)
	r.echoes(r.allocate(r.client(valid())))
	stream, err := tls.Dial("tcp", r.tcp, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	over := r.allocate(r.over(pion.NewSTUNConn(stream), r.tcp, valid()))
	r.echoes(over)
	if got := r.server.Metrics(); got.Allocations != 2 || got.Streams != 1 || got.PacketsInTotal != 2 || got.PacketsOutTotal != 2 || got.UnauthorizedTotal != 0 {
		t.Errorf("the relay counted %+v", got)
	}
	stream.Close()
	r.eventually("the allocation ends with its connection", func(m Metrics) bool { return m.Allocations == 1 && m.Streams == 0 })
}

func TestRelayLeadsNowhereElse(t *testing.T) {
	r := newRelay(t, nil)
	browser := r.allocate(r.client(valid()))
	elsewhere := listenUDP(t)
	if _, err := browser.WriteTo([]byte("x"), elsewhere.LocalAddr()); err == nil {
		t.Error("a permission was given for another address")
	}
	r.eventually("the refusal is counted", func(m Metrics) bool { return m.ForeignTotal > 0 })
	before := r.server.Metrics().ForeignTotal
	otherPort := &net.UDPAddr{IP: r.known.IP, Port: int(portOf(elsewhere))}
	if _, err := browser.WriteTo([]byte("x"), otherPort); err != nil {
		t.Fatal(err)
	}
	r.eventually("the packet for another port is dropped", func(m Metrics) bool { return m.ForeignTotal > before })
	if got := r.server.Metrics().PacketsInTotal; got != 0 {
		t.Errorf("%d packets were relayed", got)
	}
	relayed := browser.LocalAddr().(*net.UDPAddr)
	if !relayed.IP.Equal(net.IP(outside.AsSlice())) {
		t.Errorf("the relayed address is %v, want one at %v", relayed, outside)
	}
	for range 10 { // a stranger who knows the port inside sends into it
		_, _ = elsewhere.WriteTo([]byte("injected"), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: relayed.Port})
	}
	r.echoes(browser)
}

func TestRelayRefusesWrongAndExpiredCredentials(t *testing.T) {
	r := newRelay(t, nil)
	expired := voice.NewEphemeral(secret, nil, user, tandem.At(time.Now().Add(-2*time.Second)))
	wrong, longer := valid(), valid()
	wrong.Credential = voice.RelayPassword([]byte("another secret of a test"), wrong.Username)
	longer.Username = voice.NewEphemeral(nil, nil, user, tandem.At(time.Now().Add(9*time.Hour))).Username
	for name, e := range map[string]voice.Ephemeral{
		"expired": expired, "wrong": wrong, "made longer": longer, "none": {Username: "x", Credential: "x"},
	} {
		if conn, err := r.client(e).Allocate(); err == nil {
			conn.Close()
			t.Errorf("a credential that is %s was taken", name)
		}
	}
	if got := r.server.Metrics(); got.Allocations != 0 || got.UnauthorizedTotal < 4 {
		t.Errorf("the relay counted %+v", got)
	}
}

func TestAllocationOutlivesItsCredential(t *testing.T) {
	var passed atomic.Int64 // milliseconds
	began := tandem.At(time.Now())
	r := newRelay(t, func(c *Config) { c.now = func() tandem.Time { return began.Add(passed.Load()) } })
	e := voice.NewEphemeral(secret, nil, user, began.Add(60_000))
	browser := r.allocate(r.client(e))
	passed.Store(61_000)
	r.echoes(browser) // which asks for a permission first
	if conn, err := r.client(e).Allocate(); err == nil {
		conn.Close()
		t.Error("an ended credential began something new")
	}
}

func TestRelayLimitsUsersAndTotal(t *testing.T) {
	r := newRelay(t, func(c *Config) { c.UserAllocations, c.Allocations = 2, 3 })
	first := r.allocate(r.client(valid()))
	r.allocate(r.client(valid()))
	if _, err := r.client(valid()).Allocate(); err == nil {
		t.Error("a user got more than two allocations")
	}
	other := voice.NewEphemeral(secret, nil, tandem.NameID("test", "other"), tandem.At(time.Now().Add(time.Hour)))
	r.allocate(r.client(other))
	if _, err := r.client(other).Allocate(); err == nil {
		t.Error("there are more than three allocations")
	}
	if got := r.server.Metrics().RefusedTotal; got < 2 {
		t.Errorf("%d refusals were counted, want 2", got)
	}
	first.Close()
	r.eventually("what was given back is free", func(m Metrics) bool { return m.Allocations == 2 })
	r.echoes(r.allocate(r.client(valid())))
}

// The length makes the frame 65536 bytes, which two bytes cannot hold.
func TestStreamThatSendsNoFramesIsClosed(t *testing.T) {
	r := newRelay(t, nil)
	conn, err := tls.Dial("tcp", r.tcp, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(append([]byte{0, 1, 0xff, 0xec, 0x21, 0x12, 0xa4, 0x42}, make([]byte, 12)...)); err != nil {
		t.Fatal(err)
	}
	r.eventually("the connection is closed", func(m Metrics) bool { return m.Streams == 0 })
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x00\x21\x12\xa4\x42123456789012"))
	f.Add([]byte("\x40\x00\x00\x05abcde\x00\x00\x00\x40\x01\x00\x00"))
	f.Add([]byte("\x00\x01\xff\xec"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		whole, bytewise := &frames{from: bufio.NewReader(bytes.NewReader(sent))}, &frames{from: bufio.NewReader(iotest.OneByteReader(bytes.NewReader(sent)))}
		got, err := io.ReadAll(whole)
		if !bytes.HasPrefix(sent, got) {
			t.Errorf("%q was read from %q", got, sent)
		}
		if again, e := io.ReadAll(bytewise); !bytes.Equal(again, got) || (e == nil) != (err == nil) {
			t.Errorf("byte by byte, %q was read, %v; at once %q, %v", again, e, got, err)
		}
		if err == nil && len(got) != len(sent) {
			t.Errorf("%d of %d bytes were read, without an error", len(got), len(sent))
		}
	})
}

func TestRelayTakesOnlySoManyStreams(t *testing.T) {
	r := newRelay(t, func(c *Config) { c.Streams = 1 })
	for range 2 {
		conn, err := net.Dial("tcp", r.tcp)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	r.eventually("one is refused", func(m Metrics) bool { return m.Streams == 1 && m.RefusedTotal == 1 })
	r.server.Close()
	r.eventually("the other ends with the relay", func(m Metrics) bool { return m.Streams == 0 })
}
