package sip

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// quick are the timers of RFC 3261, twenty-five times faster.
var quick = Timers{T1: 20 * time.Millisecond, T2: 160 * time.Millisecond, T4: 200 * time.Millisecond}

var (
	ourAudio   = netip.MustParseAddrPort("127.0.0.1:20000")
	theirAudio = netip.MustParseAddrPort("127.0.0.1:30000")
)

// happening is one call of a Handler method.
type happening struct {
	name string
	call *Call
	what any
}

// listener is a Handler that lets tests wait for what happened and answers calls as a test wishes.
type listener struct {
	incoming func(*Call)
	heard    chan happening
}

func newListener(incoming func(*Call)) *listener {
	return &listener{incoming: incoming, heard: make(chan happening, 20_000)}
}

func (l *listener) tell(name string, call *Call, what any) { l.heard <- happening{name, call, what} }

func (l *listener) Incoming(c *Call, i Invitation) {
	l.tell("Incoming", c, i)
	if l.incoming != nil {
		l.incoming(c)
	}
}
func (l *listener) Ringing(c *Call, r Ringing)    { l.tell("Ringing", c, r) }
func (l *listener) EarlyMedia(c *Call, m Media)   { l.tell("EarlyMedia", c, m) }
func (l *listener) Answered(c *Call, m Media)     { l.tell("Answered", c, m) }
func (l *listener) MediaChanged(c *Call, m Media) { l.tell("MediaChanged", c, m) }
func (l *listener) Digit(c *Call, d Digit)        { l.tell("Digit", c, d) }
func (l *listener) Ended(c *Call, e End)          { l.tell("Ended", c, e) }

// expect waits for the next happening and wants it to have that name.
func (l *listener) expect(t *testing.T, name string) happening {
	t.Helper()
	select {
	case h := <-l.heard:
		if h.name != name {
			t.Fatalf("%s %+v came, want %s", h.name, h.what, name)
		}
		return h
	case <-time.After(patience):
		t.Fatalf("no %s came", name)
	}
	return happening{}
}

func (l *listener) expectEnd(t *testing.T, cause Cause, byRemote bool) End {
	t.Helper()
	end := l.expect(t, "Ended").what.(End)
	if end.Cause != cause || end.ByRemote != byRemote || end.At.IsZero() {
		t.Fatalf("the call ended so: %+v; want cause %q, by remote %v", end, cause, byRemote)
	}
	return end
}

// agent starts a user agent on loopback; it is closed, and must close, at the end of the test.
func agent(t testing.TB, handler Handler, change func(*Config)) (*UserAgent, *net.UDPAddr) {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	addr := conn.LocalAddr().(*net.UDPAddr)
	config := Config{
		Conn: conn, Contact: addr.String(), Handler: handler, Timers: quick,
		Allowed: func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.1") },
		Log:     slog.New(slog.NewTextHandler(io.Discard, nil)),
		Limits:  Limits{InvitesPerSec: 1e6, SourcePerSec: 1e6},
	}
	if change != nil {
		change(&config)
	}
	ua, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		if err := ua.Serve(context.Background()); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	t.Cleanup(func() {
		ua.Close()
		served.Wait()
		_ = conn.Close()
	})
	return ua, addr
}

// phone is the other end of a conversation, written out word by word.
type phone struct {
	t    *testing.T
	conn *net.UDPConn
	to   *net.UDPAddr
	host string
}

func newPhone(t *testing.T, to *net.UDPAddr, ip string) *phone {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &phone{t: t, conn: conn, to: to, host: conn.LocalAddr().String()}
}

func (p *phone) send(message string) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDP([]byte(message), p.to); err != nil {
		p.t.Fatal(err)
	}
}

// read gives the next message, or fails.
func (p *phone) read() sipgo.Message {
	p.t.Helper()
	msg := p.readFor(patience)
	if msg == nil {
		p.t.Fatal("no message came")
	}
	return msg
}

// readFor gives the next message, or nil when none comes for that long.
func (p *phone) readFor(wait time.Duration) sipgo.Message {
	p.t.Helper()
	buffer := make([]byte, 65536)
	_ = p.conn.SetReadDeadline(time.Now().Add(wait))
	n, from, err := p.conn.ReadFromUDP(buffer)
	if err != nil {
		return nil
	}
	p.to = from
	msg, err := sipgo.NewParser().ParseSIP(bytes.Clone(buffer[:n]))
	if err != nil {
		p.t.Fatalf("what came does not parse: %v\n%s", err, buffer[:n])
	}
	return msg
}

// response waits for a response with that status; others of 100 and repeated ones of 200 are passed over.
func (p *phone) response(status int) *sipgo.Response {
	p.t.Helper()
	for {
		msg := p.read()
		res, ok := msg.(*sipgo.Response)
		if !ok {
			p.t.Fatalf("a request came, want %d:\n%s", status, msg)
		}
		if res.StatusCode == status {
			return res
		}
		if res.StatusCode != 100 && res.StatusCode != 180 && res.StatusCode != 200 {
			p.t.Fatalf("%d came, want %d", res.StatusCode, status)
		}
	}
}

// request waits for a request with that method and passes over repetitions of INVITE.
func (p *phone) request(method string) *sipgo.Request {
	p.t.Helper()
	for {
		msg := p.read()
		req, ok := msg.(*sipgo.Request)
		if !ok {
			p.t.Fatalf("a response came, want %s:\n%s", method, msg)
		}
		if string(req.Method) == method {
			return req
		}
		if !req.IsInvite() {
			p.t.Fatalf("%s came, want %s", req.Method, method)
		}
	}
}

// line is a request of the phone's calls. Headers and body follow what a test gives.
type line struct {
	method, uri, callID, fromTag, toTag, branch string
	seq                                         int
	headers                                     []string
	body, bodyType                              string
}

func (p *phone) compose(l line) string {
	orDefault(&l.uri, "sip:+15550100@127.0.0.1")
	orDefault(&l.callID, "call-1")
	orDefault(&l.fromTag, "caller")
	orDefault(&l.seq, 1)
	orDefault(&l.branch, fmt.Sprintf("z9hG4bK%s%d%s%s", l.method, l.seq, l.callID, l.toTag))
	orDefault(&l.bodyType, "application/sdp")
	to := "To: <sip:+15550100@127.0.0.1>"
	if l.toTag != "" {
		to += ";tag=" + l.toTag
	}
	text := []string{
		l.method + " " + l.uri + " SIP/2.0",
		"Via: SIP/2.0/UDP " + p.host + ";rport;branch=" + l.branch,
		"From: \"Someone\" <sip:+15550199@127.0.0.1>;tag=" + l.fromTag, to,
		"Call-ID: " + l.callID,
		fmt.Sprintf("CSeq: %d %s", l.seq, l.method),
		"Max-Forwards: 70",
		"Contact: <sip:phone@" + p.host + ">",
	}
	text = append(text, l.headers...)
	if l.body != "" {
		text = append(text, "Content-Type: "+l.bodyType)
	}
	text = append(text, fmt.Sprintf("Content-Length: %d", len(l.body)), "", l.body)
	return strings.Join(text, "\r\n")
}

func offer(extra ...string) string {
	return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8 0 96\r\n" +
		"a=rtpmap:96 telephone-event/8000\r\n" + strings.Join(extra, "")
}

// call places a call to the agent, has it answered, and gives the agent's tag.
func (p *phone) call(l line) (toTag string) {
	p.t.Helper()
	l.method = "INVITE"
	orDefault(&l.body, offer())
	p.send(p.compose(l))
	ok := p.response(200)
	tag := tagOf(ok.To().Params)
	p.send(p.compose(line{method: "ACK", callID: l.callID, toTag: tag, seq: l.seq}))
	return tag
}

// answer answers a request that came.
func answerTo(req *sipgo.Request, status int, tag, contact, body string, headers ...string) string {
	res := sipgo.NewResponse(status, "Whatever")
	sipgo.CopyHeaders("Via", req, res)
	for _, name := range []string{"From", "To", "Call-ID", "CSeq"} {
		sipgo.CopyHeaders(name, req, res)
	}
	if to := res.To(); tag != "" && tagOf(to.Params) == "" {
		to.Params.Add("tag", tag)
	}
	if contact != "" {
		res.AppendHeader(sipgo.NewHeader("Contact", "<sip:far@"+contact+">"))
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		res.AppendHeader(sipgo.NewHeader(name, value))
	}
	if body != "" {
		res.AppendHeader(sipgo.NewHeader("Content-Type", "application/sdp"))
	}
	res.SetBody([]byte(body))
	return res.String()
}

// dialTo places a call from the agent to the phone.
func (p *phone) dialTo(ua *UserAgent, change func(*DialRequest)) *Call {
	p.t.Helper()
	ask := DialRequest{
		CallID: "leg-7@tandem", FromTag: "leg-7", Number: "+15550123", Trunk: p.host, Caller: "+15550100", Local: ourAudio,
	}
	if change != nil {
		change(&ask)
	}
	call, err := ua.Dial(context.Background(), ask)
	if err != nil {
		p.t.Fatal(err)
	}
	return call
}
