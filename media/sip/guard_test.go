package sip

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to be that %s", what)
		}
	}
}

func TestUnknownSourceIsDroppedBeforeParsing(t *testing.T) {
	heard := newListener(answerAtOnce)
	ua, addr := agent(t, heard, nil)
	stranger := newPhone(t, addr, "127.0.0.2")
	stranger.send("garbage that no parser takes")
	stranger.send(stranger.compose(line{method: "INVITE", body: offer()}))
	stranger.send(stranger.compose(line{method: "OPTIONS"}))
	m := ua.Metrics()
	eventually(t, "three were dropped", func() bool { return m.DroppedSource.Load() == 3 })
	if m.DroppedMalformed.Load() != 0 || ua.Calls() != 0 || len(heard.heard) != 0 {
		t.Errorf("a stranger's message was looked into: %d malformed, %d calls", m.DroppedMalformed.Load(), ua.Calls())
	}
	known := newPhone(t, addr, "127.0.0.1")
	known.send("garbage that no parser takes")
	eventually(t, "one was malformed", func() bool { return m.DroppedMalformed.Load() == 1 })
	known.send(strings.Repeat("x", maxDatagramBytes+1))
	eventually(t, "one was too big", func() bool { return m.DroppedSize.Load() == 1 })
	if stranger.readFor(50*time.Millisecond) != nil {
		t.Error("a stranger got an answer")
	}
}

func TestNewCallsAreSentAwayWhileTheCoreIsAwayAndRunningOnesGoOn(t *testing.T) {
	heard := newListener(answerAtOnce)
	var away atomic.Bool
	_, addr := agent(t, heard, func(c *Config) { c.Accepting = func() bool { return !away.Load() } })
	p := newPhone(t, addr, "127.0.0.1")
	tag := p.call(line{})
	away.Store(true)
	p.send(p.compose(line{method: "INVITE", callID: "call-2", body: offer()}))
	if res := p.response(503); headerValue(res, "retry-after") != "5" {
		t.Errorf("the refusal is\n%s", res)
	}
	p.send(p.compose(line{method: "BYE", toTag: tag, seq: 2}))
	p.response(200)
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	heard.expectEnd(t, Hangup, true)
}

func TestFloodsAreRefusedWithRetryAfter(t *testing.T) {
	for _, row := range []struct {
		name   string
		limits Limits
		count  func(*Metrics) int64
	}{
		{"from one source", Limits{InvitesPerSec: 1000, SourcePerSec: 2}, func(m *Metrics) int64 { return m.RefusedRate.Load() }},
		{"from all", Limits{InvitesPerSec: 2, SourcePerSec: 1000}, func(m *Metrics) int64 { return m.RefusedRate.Load() }},
		{"at a time", Limits{Calls: 2}, func(m *Metrics) int64 { return m.RefusedFull.Load() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			heard := newListener(func(c *Call) { c.Ring() })
			ua, addr := agent(t, heard, func(c *Config) { c.Limits = row.limits })
			p := newPhone(t, addr, "127.0.0.1")
			for i := range 3 {
				p.send(p.compose(line{method: "INVITE", callID: fmt.Sprint("call-", i), body: offer()}))
			}
			if res := p.response(503); headerValue(res, "retry-after") == "" {
				t.Errorf("the refusal is\n%s", res)
			}
			if row.count(ua.Metrics()) != 1 || ua.Calls() != 2 {
				t.Errorf("%d refused, %d calls; want 1 and 2", row.count(ua.Metrics()), ua.Calls())
			}
		})
	}
}

// A thousand calls between two agents come and go and leave nothing behind.
func TestThousandCallsLeaveNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	const calls = 1000
	callee, caller := newListener(func(c *Call) { c.Ring(); c.Answer(theirAudio) }), newListener(nil)
	// A loaded machine answers late; with short timers the test would be about retransmission.
	unhurried := func(c *Config) { c.Timers.T1, c.Timers.T2 = 100*time.Millisecond, 400*time.Millisecond }
	called, calledAddr := agent(t, callee, unhurried)
	calling, _ := agent(t, caller, unhurried)
	inFlight := make(chan struct{}, 50)
	go func() {
		for i := range calls {
			inFlight <- struct{}{}
			id := fmt.Sprint("leg-", i)
			_, err := calling.Dial(context.Background(), DialRequest{
				CallID: id, FromTag: id, Number: "1", Trunk: calledAddr.String(), Caller: "2", Local: ourAudio,
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	ended := map[*Call]bool{}
	for len(ended) < calls {
		select {
		case h := <-caller.heard:
			switch h.name {
			case "Answered":
				h.call.Hangup()
			case "Ended":
				if end := h.what.(End); end.Cause != Hangup || ended[h.call] {
					t.Fatalf("a call ended so: %+v", end)
				}
				ended[h.call] = true
				<-inFlight
			}
		case <-time.After(patience):
			t.Fatalf("%d calls ended, then nothing", len(ended))
		}
	}
	for _, ua := range []*UserAgent{called, calling} {
		eventually(t, "nothing is left", func() bool {
			ua.mu.Lock()
			defer ua.mu.Unlock()
			return ua.live+len(ua.dialogs)+len(ua.servers)+len(ua.clients)+len(ua.merges) == 0
		})
	}
	const serving = 4 // two readers, and room for two goroutines of the testing package
	eventually(t, "the goroutines ended", func() bool { return runtime.NumGoroutine() <= before+serving })
	if sent := calling.Metrics().CallsEnded.Load(); sent != calls || called.Metrics().CallsEnded.Load() != calls {
		t.Errorf("%d and %d calls ended", sent, called.Metrics().CallsEnded.Load())
	}
}

func TestCloseSaysGoodbyeToEveryCallAndLeavesTheSocketOpen(t *testing.T) {
	before := runtime.NumGoroutine()
	heard := newListener(nil)
	ua, addr := agent(t, heard, nil)
	p, ringing, far := newPhone(t, addr, "127.0.0.1"), newPhone(t, addr, "127.0.0.1"), newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	heard.expect(t, "Incoming").call.Answer(ourAudio)
	p.send(p.compose(line{method: "ACK", toTag: tagOf(p.response(200).To().Params)}))
	heard.expect(t, "Answered")
	ringing.send(ringing.compose(line{method: "INVITE", callID: "ringing", body: offer()}))
	heard.expect(t, "Incoming")
	far.dialTo(ua, nil)
	far.send(answerTo(far.request("INVITE"), 180, "far", far.host, ""))
	heard.expect(t, "Ringing")
	ua.Close()
	p.request("BYE")
	ringing.response(480)
	far.request("CANCEL")
	for range 3 {
		if end := heard.expect(t, "Ended").what.(End); end.Cause != Shutdown {
			t.Errorf("a call ended so: %+v", end)
		}
	}
	if _, err := ua.conn.WriteTo([]byte("x"), addr); err != nil {
		t.Errorf("the socket was closed: %v", err)
	}
	if _, err := ua.Dial(context.Background(), DialRequest{
		CallID: "late", FromTag: "late", Number: "1", Trunk: p.host, Caller: "2", Local: ourAudio,
	}); err != ErrClosed {
		t.Errorf("dialling after Close gives %v", err)
	}
	eventually(t, "the goroutines ended", func() bool { return runtime.NumGoroutine() <= before })
}

func TestMailboxIsBoundedAndTakesEachWishOnce(t *testing.T) {
	m := newMailbox()
	for i := range maxMessages + 1 {
		if took := m.message(func() {}); took != (i < maxMessages) {
			t.Fatalf("message %d: taken is %v", i, took)
		}
	}
	for range 100 {
		m.wish(wishHangup, func() {})
	}
	m.notice(func() {})
	if n := len(m.take()); n != maxMessages+2 {
		t.Errorf("%d things in the mailbox", n)
	}
	if !m.close() || m.message(func() {}) {
		t.Error("a closed mailbox takes messages")
	}
}

// Whatever one datagram holds, the agent lives on and every call it makes of it ends.
func FuzzDatagram(f *testing.F) {
	for _, dir := range []string{"valid", "invalid"} {
		for _, message := range tortureMessages(f, dir) {
			f.Add(message.data)
		}
	}
	heard := newListener(func(c *Call) { c.Answer(ourAudio) })
	from := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}
	f.Fuzz(func(t *testing.T, data []byte) {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		ua, err := New(Config{
			Conn: conn, Contact: "127.0.0.1:5060", Handler: heard, Timers: quick,
			Allowed: func(netip.Addr) bool { return true }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		ua.datagram(data, from, time.Now())
		ua.datagram(data, from, time.Now())
		ua.Close()
		if ua.Calls() != 0 {
			t.Errorf("%d calls after Close", ua.Calls())
		}
		for len(heard.heard) > 0 {
			<-heard.heard
		}
	})
}

// RFC 3581 section 4 and RFC 3261 section 18.2.2.
func TestRepliesGoBackWhereTheRequestCameFrom(t *testing.T) {
	source := netip.MustParseAddrPort("192.0.2.1:40000")
	for _, row := range []struct{ via, to, mark string }{
		{"SIP/2.0/UDP 10.0.0.1:5062;rport;branch=z9hG4bKa", "192.0.2.1:40000", ";received=192.0.2.1"},
		{"SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKa", "192.0.2.1:5062", ";received=192.0.2.1"},
		{"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa", "192.0.2.1:5060", ""},
	} {
		text := "OPTIONS sip:a@b SIP/2.0\r\nVia: " + row.via + "\r\n\r\n"
		msg, err := sipgo.NewParser().ParseSIP([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		req := msg.(*sipgo.Request)
		if to := replyAddress(req, hop{addr: source}); to.addr.String() != row.to {
			t.Errorf("%s: to %s, want %s", row.via, to.addr, row.to)
		}
		marked := strings.Contains(newResponse(req, hop{addr: source}, 200, "t").Via().Value(), ";received=192.0.2.1")
		if marked != (row.mark != "") {
			t.Errorf("%s: marked is %v", row.via, marked)
		}
	}
}
