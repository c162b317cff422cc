package sip

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// certified makes a certificate for 127.0.0.1 and "sip.example", and the pool that believes it.
func certified(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"sip.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
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
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}, pool
}

// connected gives an agent listeners for TCP and TLS.
func connected(t testing.TB, certificate tls.Certificate) func(*Config) {
	return func(c *Config) {
		for _, listener := range []*net.Listener{&c.TCP, &c.TLS} {
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			*listener = l
		}
		c.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
}

// over is a call's way.
func over(transport Transport, to *UserAgent, believed *x509.CertPool) func(*DialRequest) {
	return func(d *DialRequest) {
		d.Trunk = fmt.Sprintf("127.0.0.1:%d", to.portOf(transport))
		d.Transport = transport
		if transport == TLS {
			d.TLS = &tls.Config{RootCAs: believed, ServerName: "sip.example"}
		}
	}
}

func dialOver(t *testing.T, from *UserAgent, id string, change func(*DialRequest)) *Call {
	t.Helper()
	ask := DialRequest{CallID: id, FromTag: "leg", Number: "+15550123", Caller: "+15550100", Local: theirAudio}
	change(&ask)
	call, err := from.Dial(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

func TestCallsTravelOverOneConnectionBothWays(t *testing.T) {
	for _, transport := range []Transport{TCP, TLS} {
		t.Run(transport.String(), func(t *testing.T) {
			certificate, believed := certified(t)
			near, far := newListener(nil), newListener(answerAtOnce)
			caller, _ := agent(t, near, nil)
			callee, _ := agent(t, far, connected(t, certificate))
			way := over(transport, callee, believed)
			var shared DialRequest
			way(&shared)
			for i := range 2 {
				dialOver(t, caller, fmt.Sprintf("call-%d", i), func(d *DialRequest) {
					d.Trunk, d.Transport, d.TLS = shared.Trunk, shared.Transport, shared.TLS
				})
				near.expect(t, "Answered")
				if h := far.expect(t, "Incoming"); h.call.Info().Transport != transport {
					t.Errorf("it came over %v", h.call.Info().Transport)
				}
				// The called side hangs up over the connection that the caller opened: it could open none.
				far.expect(t, "Answered").call.Hangup()
				near.expectEnd(t, Hangup, true)
				far.expectEnd(t, Hangup, false)
			}
			if n, again := callee.Metrics().Connections.Load(), caller.Metrics().Retransmitted.Load(); n != 1 || again != 0 {
				t.Errorf("%d connections and %d repetitions, want 1 and 0", n, again)
			}
		})
	}
}

// A broken connection ends no call: the next request opens another.
func TestCallOutlivesItsConnection(t *testing.T) {
	certificate, believed := certified(t)
	near, far := newListener(nil), newListener(answerAtOnce)
	caller, _ := agent(t, near, nil)
	callee, _ := agent(t, far, connected(t, certificate))
	call := dialOver(t, caller, "call", over(TLS, callee, believed))
	near.expect(t, "Answered")
	far.expect(t, "Incoming")
	far.expect(t, "Answered")
	callee.streams.mu.Lock()
	for _, s := range callee.streams.open {
		s.leave()
	}
	callee.streams.mu.Unlock()
	within(t, "the connection is gone", func() bool { return caller.Metrics().Connections.Load() == 0 })
	call.Hangup()
	far.expectEnd(t, Hangup, true)
}

func within(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain: %s", what)
		}
	}
}

func TestCallToAClosedDoorFailsAtOnce(t *testing.T) {
	certificate, believed := certified(t)
	_, stranger := certified(t)
	near := newListener(nil)
	caller, _ := agent(t, near, func(c *Config) { c.Timers = Timers{} }) // the true timers: 32 s until silence counts
	callee, _ := agent(t, newListener(nil), connected(t, certificate))
	closed, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, change := range map[string]func(*DialRequest){
		"nobody listens":   func(d *DialRequest) { d.Trunk, d.Transport = closed.Addr().String(), TCP },
		"a strange issuer": over(TLS, callee, stranger),
		"another name": func(d *DialRequest) {
			over(TLS, callee, believed)(d)
			d.TLS.ServerName = "other.example"
		},
	} {
		began := time.Now()
		dialOver(t, caller, strings.ReplaceAll(name, " ", "-"), change)
		near.expectEnd(t, Timeout, true)
		if took := time.Since(began); took > patience {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

// RFC 3263 section 4.3: another far side can only be tried when the silence of the first ends in time.
func TestFarSideThatSaysNothingIsGivenUpAfterThePatience(t *testing.T) {
	heard := newListener(nil)
	ua, addr := agent(t, heard, func(c *Config) { c.Timers = Timers{} })
	p := newPhone(t, addr, "127.0.0.1")
	p.dialTo(ua, func(d *DialRequest) { d.Patience = 50 * time.Millisecond })
	heard.expectEnd(t, Timeout, false)
	invite := p.request("INVITE")
	p.send(answerTo(invite, 180, "far", p.host, "")) // it wakes up too late
	p.request("CANCEL")
}

func TestStrangersAndTooManyConnectionsAreClosedUnread(t *testing.T) {
	certificate, _ := certified(t)
	ua, _ := agent(t, newListener(nil), func(c *Config) {
		connected(t, certificate)(c)
		c.Limits.SourceConnections = 2
		c.Allowed = func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") }
	})
	to := fmt.Sprintf("127.0.0.1:%d", ua.portOf(TCP))
	for i, source := range []string{"127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.9"} {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(source)}}
		conn, err := dialer.Dial("tcp4", to)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		wait := patience
		if i < 2 {
			within(t, "the connection counts", func() bool { return ua.Metrics().Connections.Load() == int64(i+1) })
			wait = 20 * time.Millisecond
		}
		_ = conn.SetReadDeadline(time.Now().Add(wait))
		_, err = conn.Read(make([]byte, 1))
		timeout, silent := err.(net.Error)
		if open := silent && timeout.Timeout(); open != (i < 2) {
			t.Errorf("connection %d from %s: open %v", i, source, open)
		}
	}
	if m := ua.Metrics(); m.RefusedConnections.Load() != 1 || m.DroppedSource.Load() != 1 {
		t.Errorf("refused %d, dropped %d", m.RefusedConnections.Load(), m.DroppedSource.Load())
	}
}

func TestMessageThatDoesNotEndInTimeClosesItsConnection(t *testing.T) {
	certificate, _ := certified(t)
	ua, _ := agent(t, newListener(nil), func(c *Config) {
		connected(t, certificate)(c)
		c.Timers.Connect = 50 * time.Millisecond
	})
	conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", ua.portOf(TCP)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("OPTIONS sip:x SIP/2.0\r\nVia: ")); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if _, err := conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("the connection stays open: %v", err)
	}
}

// RFC 3261 section 18.3, RFC 5626 section 3.5.1.
func TestStreamIsCutIntoMessages(t *testing.T) {
	p := &phone{t: t, host: "127.0.0.1:9"}
	one, two := p.compose(line{method: "OPTIONS", body: "some body"}), p.compose(line{method: "BYE"})
	noLength := strings.Replace(two, "Content-Length: 0\r\n", "", 1)
	for _, row := range []struct {
		name, sent string
		want       []string // "ping", a message, or "!" for an end
	}{
		{"two at once", one + two, []string{one, two, "!"}},
		{"compact form", strings.Replace(one, "Content-Length", "l", 1), []string{strings.Replace(one, "Content-Length", "l", 1), "!"}},
		{"line ends before", "\r\n" + one, []string{one, "!"}},
		{"signs of life", "\r\n\r\n" + one + "\r\n\r\n\r\n\r\n", []string{"ping", one, "ping", "ping", "!"}},
		{"no length", noLength + one, []string{"!"}},
		{"two lengths", strings.Replace(one, "Content-Length: 9", "Content-Length: 9\r\nl: 8", 1), []string{"!"}},
		{"wrong length", strings.Replace(one, "Content-Length: 9", "Content-Length: -9", 1), []string{"!"}},
		{"long head", "OPTIONS sip:x SIP/2.0\r\nX: " + strings.Repeat("x", 20_000), []string{"!"}},
		{"long body", strings.Replace(one, "Content-Length: 9", "Content-Length: 99999", 1), []string{"!"}},
		{"cut short", one[:len(one)-3], []string{"!"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, step := range []int{1, 7, 1 << 20} {
				if got := cutUp(row.sent, step); fmt.Sprint(got) != fmt.Sprint(row.want) {
					t.Errorf("in steps of %d: got %q, want %q", step, got, row.want)
				}
			}
		})
	}
}

// cutUp sends text in pieces and gives what is read of it.
func cutUp(text string, step int) []string {
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		for at := 0; at < len(text); at += step {
			if _, err := far.Write([]byte(text[at:min(len(text), at+step)])); err != nil {
				return
			}
		}
	}()
	defer near.Close()
	frames := newFrameReader(near, patience, patience)
	var got []string
	for {
		message, ping, err := frames.next()
		switch {
		case err != nil:
			return append(got, "!")
		case ping:
			got = append(got, "ping")
		default:
			got = append(got, string(message))
		}
	}
}

// However a stream is cut into pieces, the same messages come out, none over the limit.
func FuzzStreamIsCutTheSameWhateverThePieces(f *testing.F) {
	p := &phone{host: "127.0.0.1:9"}
	f.Add([]byte(p.compose(line{method: "OPTIONS", body: "some body"})+"\r\n\r\n\r\n"), 3)
	f.Add([]byte("\n\nX\nl:3\n\nabcX\n\n"), 1)
	f.Fuzz(func(t *testing.T, data []byte, step int) {
		step = 1 + max(step, -step, 0)%97
		whole, pieces := cutUp(string(data), len(data)+1), cutUp(string(data), step)
		if fmt.Sprint(whole) != fmt.Sprint(pieces) {
			t.Fatalf("whole %q, in pieces of %d %q", whole, step, pieces)
		}
		for _, message := range whole {
			if len(message) > maxDatagramBytes || message != "ping" && message != "!" && message != "" &&
				!bytes.Contains([]byte(message), []byte("\n\n")) && !strings.Contains(message, "\r\n\r\n") {
				t.Fatalf("a message is %q", message)
			}
		}
	})
}
