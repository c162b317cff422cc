package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"tandem/media/sdp"
)

func answerAtOnce(c *Call) { c.Answer(ourAudio) }

func TestCallIsAnnouncedAnsweredAndHungUpWithThePacketsTimes(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring(); c.Answer(ourAudio) })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	before := time.Now()
	tag := p.call(line{headers: []string{
		"P-Asserted-Identity: \"Some, One\" <sip:+15550177@x.example>, <tel:+15550178>",
		"Diversion: <sip:+15550166@x.example>;reason=no-answer", "Privacy: id",
	}})
	incoming := heard.expect(t, "Incoming")
	invitation := incoming.what.(Invitation)
	if invitation.At.Before(before) || invitation.Offer == nil || invitation.Offer.Remote != theirAudio {
		t.Errorf("invitation %+v", invitation)
	}
	who := incoming.call.Info().Caller
	if who.From.User != "+15550199" || who.From.Display != "Someone" || who.Called.User != "+15550100" || !who.Anonymous ||
		len(who.Asserted) != 2 || who.Asserted[0].User != "+15550177" || who.Asserted[1].User != "+15550178" ||
		len(who.Diverted) != 1 || who.Diverted[0].User != "+15550166" {
		t.Errorf("caller is %+v", who)
	}
	up := heard.expect(t, "Answered").what.(Media)
	want := sdp.Stream{Remote: theirAudio, Codec: sdp.PCMA, Events: 96}
	if up.Stream != want || up.At.Before(invitation.At) {
		t.Errorf("answered with %+v", up)
	}
	p.send(p.compose(line{method: "BYE", toTag: tag, seq: 2, headers: []string{"Reason: Q.850;cause=16"}}))
	p.response(200)
	if end := heard.expectEnd(t, Hangup, true); end.Q850 != 16 || !end.At.After(up.At) {
		t.Errorf("end is %+v", end)
	}
}

// RFC 3261 section 13.3.1.4.
func TestAnswerIsRepeatedUntilTheACKAndGivenUpWithABye(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	start := p.response(200)
	var gaps []time.Duration
	last := time.Now()
	for {
		msg := p.read()
		if req, ok := msg.(*sipgo.Request); ok {
			if req.Method != sipgo.BYE {
				t.Fatalf("%s came, want BYE", req.Method)
			}
			p.send(answerTo(req, 200, "", "", ""))
			break
		}
		gaps = append(gaps, time.Since(last))
		last = time.Now()
		if msg.String() != start.String() {
			t.Fatal("the repeated answer differs from the first")
		}
	}
	// T1, 2 T1, 4 T1, then every 8 T1 = T2 until 64 T1.
	if len(gaps) < 8 || len(gaps) > 11 {
		t.Errorf("%d repetitions: %v", len(gaps), gaps)
	}
	for i, least := range []time.Duration{20, 40, 80, 160, 160} {
		if gap := gaps[i]; gap < least*time.Millisecond*8/10 {
			t.Errorf("repetition %d came after %v, before %v ms", i+1, gap, least)
		}
	}
	heard.expect(t, "Incoming")
	heard.expectEnd(t, Timeout, true)
}

func TestRepeatedInviteGetsTheSameAnswerAndIsNoSecondCall(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring() })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	first := p.response(180)
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	if second := p.response(180); second.String() != first.String() {
		t.Error("the repeated INVITE got another answer")
	}
	call := heard.expect(t, "Incoming").call
	call.Reject(486, Busy)
	p.response(486)
	p.send(p.compose(line{method: "ACK", branch: "z9hG4bKINVITE1call-1", toTag: tagOf(first.To().Params)}))
	heard.expectEnd(t, Busy, false)
}

// A refusal is repeated until its ACK (RFC 3261 section 17.2.1), and stops then.
func TestRefusalIsRepeatedUntilItsACK(t *testing.T) {
	heard := newListener(func(c *Call) { c.Reject(603, Rejected) })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	first := p.response(603)
	p.response(603)
	p.send(p.compose(line{method: "ACK", branch: "z9hG4bKINVITE1call-1", toTag: tagOf(first.To().Params)}))
	for deadline := time.Now().Add(patience); p.readFor(400*time.Millisecond) != nil; {
		if time.Now().After(deadline) {
			t.Fatal("the refusal is repeated after its ACK")
		}
	}
}

// RFC 3261 section 9.2.
func TestCancelEndsAnUnansweredCallWith487(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring() })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	p.response(180)
	heard.expect(t, "Incoming").call.Ring()
	p.send(p.compose(line{method: "CANCEL", branch: "z9hG4bKINVITE1call-1"}))
	got := map[int]bool{}
	for len(got) < 2 {
		got[p.read().(*sipgo.Response).StatusCode] = true
	}
	if !got[200] || !got[487] {
		t.Errorf("statuses are %v, want 200 and 487", got)
	}
	heard.expectEnd(t, Canceled, true)
	p.send(p.compose(line{method: "CANCEL", callID: "nobody", branch: "z9hG4bKnothing"}))
	for p.read().(*sipgo.Response).StatusCode != 481 {
	}
}

func TestOfferlessInviteGetsOurOfferAndBringsItsAnswerInTheACK(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE"}))
	ok := p.response(200)
	if !strings.Contains(string(ok.Body()), "m=audio 20000 RTP/AVP 0 8 101") {
		t.Errorf("the 200 has no offer:\n%s", ok.Body())
	}
	p.send(p.compose(line{method: "ACK", toTag: tagOf(ok.To().Params), body: offer()}))
	if i := heard.expect(t, "Incoming").what.(Invitation); i.Offer != nil {
		t.Errorf("an offer came from nowhere: %+v", i.Offer)
	}
	if up := heard.expect(t, "Answered").what.(Media); up.Stream.Remote != theirAudio {
		t.Errorf("answered with %+v", up)
	}
}

// RFC 3264 sections 8 and 8.4, RFC 3261 section 14.2.
func TestHoldAndResumeByTheFarSide(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	tag := p.call(line{})
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	origins := map[string]bool{}
	for i, row := range []struct {
		method, body string
		want         sdp.Direction
		changed      bool
	}{
		{"INVITE", offer("a=sendonly\r\n"), sdp.RecvOnly, true},
		{"INVITE", offer("a=sendonly\r\n"), sdp.RecvOnly, false},
		{"INVITE", offer("a=inactive\r\n"), sdp.Inactive, true},
		{"UPDATE", offer(), sdp.SendRecv, true},
		{"INVITE", strings.ReplaceAll(offer(), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0"), sdp.RecvOnly, true},
		{"INVITE", offer(), sdp.SendRecv, true},
	} {
		p.send(p.compose(line{method: row.method, toTag: tag, seq: 2 + i, body: row.body}))
		ok := p.response(200)
		for int(ok.CSeq().SeqNo) != 2+i {
			ok = p.response(200)
		}
		if row.method == "INVITE" {
			p.send(p.compose(line{method: "ACK", toTag: tag, seq: 2 + i}))
		}
		body := string(ok.Body())
		if !strings.Contains(body, "a="+row.want.String()+"\r\n") {
			t.Errorf("row %d: want %v in\n%s", i, row.want, body)
		}
		origin := strings.Split(body, "\r\n")[1]
		if origins[origin] == row.changed {
			t.Errorf("row %d: changed is %v, but the origin is %q", i, row.changed, origin)
		}
		origins[origin] = true
		if row.changed {
			if m := heard.expect(t, "MediaChanged").what.(Media); m.Stream.Direction != row.want {
				t.Errorf("row %d: told %+v", i, m.Stream)
			}
		}
	}
}

// The requests of a dialog that are refused, and how (RFC 3261 sections 8.2 and 12.2.2).
func TestRequestsWithinACallGetTheRightStatus(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	tag := p.call(line{seq: 10})
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	for i, row := range []struct {
		name   string
		l      line
		status int
		header string
	}{
		{"options", line{method: "OPTIONS"}, 200, "Allow"},
		{"lower CSeq", line{method: "OPTIONS", seq: 3}, 500, ""},
		{"refer", line{method: "REFER", headers: []string{"Refer-To: <sip:x@127.0.0.1>"}}, 603, ""},
		{"unknown method", line{method: "DANCE"}, 405, "Allow"},
		{"wrong from tag", line{method: "OPTIONS", fromTag: "other"}, 481, ""},
		{"wrong to tag", line{method: "BYE", toTag: "other"}, 481, ""},
		{"unusable offer", line{method: "INVITE", body: "v=0\r\nm=audio 1 RTP/AVP 18\r\n"}, 488, ""},
		{"not a description", line{method: "INVITE", body: "hello"}, 488, ""},
		{"other type", line{method: "INVITE", body: "hello", bodyType: "text/plain"}, 415, "Accept"},
		{"extension", line{method: "INVITE", headers: []string{"Require: path, timer"}}, 420, "Unsupported"},
		{"empty info", line{method: "INFO"}, 200, ""},
		{"other info", line{method: "INFO", body: "x", bodyType: "text/plain"}, 415, "Accept"},
		{"short session", line{method: "UPDATE", headers: []string{"Supported: timer", "Session-Expires: 20"}}, 422, "Min-SE"},
		{"update without offer", line{method: "UPDATE"}, 200, "Contact"},
		{"other scheme", line{method: "INVITE", uri: "http://x"}, 416, ""},
	} {
		orDefault(&row.l.toTag, tag)
		orDefault(&row.l.seq, 11+i)
		p.send(p.compose(row.l))
		if res := p.response(row.status); row.header != "" && len(res.GetHeaders(row.header)) == 0 {
			t.Errorf("%s: no %s in\n%s", row.name, row.header, res)
		}
		if row.l.method == "INVITE" {
			p.send(p.compose(line{method: "ACK", branch: fmt.Sprintf("z9hG4bKINVITE%dcall-1%s", row.l.seq, row.l.toTag), toTag: tag, seq: row.l.seq}))
		}
	}
	p.send(p.compose(line{method: "BYE", toTag: tag, seq: 100}))
	p.response(200)
	heard.expectEnd(t, Hangup, true)
}

// Requests outside of any call that are refused, and how (RFC 3261 section 8.2).
func TestRequestsOutsideACallGetTheRightStatus(t *testing.T) {
	heard := newListener(answerAtOnce)
	ua, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	good := p.compose(line{method: "INVITE", callID: "x", body: offer()})
	for _, row := range []struct {
		name, message string
		status        int
	}{
		{"options", p.compose(line{method: "OPTIONS"}), 200},
		{"refer", p.compose(line{method: "REFER"}), 403},
		{"bye", p.compose(line{method: "BYE"}), 481},
		{"register", p.compose(line{method: "REGISTER"}), 405},
		{"prack", p.compose(line{method: "PRACK", toTag: "x"}), 405},
		{"version", strings.Replace(good, "SIP/2.0\r\n", "SIP/3.0\r\n", 1), 505},
		{"scheme", p.compose(line{method: "INVITE", uri: "mailto:x@y"}), 416},
		{"extension", p.compose(line{method: "INVITE", headers: []string{"Require: precondition"}}), 420},
		{"type", p.compose(line{method: "INVITE", body: "x", bodyType: "application/isup"}), 415},
		{"unreadable for them", p.compose(line{method: "INVITE", headers: []string{"Accept: text/html"}}), 406},
		{"description", p.compose(line{method: "INVITE", body: "v=0\r\nm=video 1 RTP/AVP 31\r\n"}), 488},
		{"contact", strings.Replace(good, "Contact", "X-Contact", 1), 400},
		{"two call ids", strings.Replace(good, "Call-ID", "Call-ID: y\r\nCall-ID", 1), 400},
		{"method", strings.Replace(good, "1 INVITE", "1 OPTIONS", 1), 400},
		{"negative length", strings.Replace(good, "Content-Length: ", "Content-Length: -", 1), 400},
		{"length", strings.Replace(good, "Content-Length: ", "Content-Length: 9", 1), 400},
		{"short session", p.compose(line{method: "INVITE", callID: "z", headers: []string{"Supported: timer", "Session-Expires: 5"}}), 422},
	} {
		p.send(row.message)
		for {
			res := p.read().(*sipgo.Response)
			if res.StatusCode == 100 {
				continue
			}
			if res.StatusCode != row.status {
				t.Errorf("%s: %d, want %d", row.name, res.StatusCode, row.status)
			}
			if !res.IsSuccess() && res.CSeq().MethodName == sipgo.INVITE {
				via, _ := res.Via().Params.Get("branch")
				p.send(p.compose(line{method: "ACK", callID: res.CallID().Value(), branch: via, toTag: tagOf(res.To().Params)}))
			}
			break
		}
	}
	if n := ua.Calls(); n != 0 {
		t.Errorf("%d calls were left", n)
	}
	if len(heard.heard) != 0 {
		t.Errorf("the handler was told of %+v", <-heard.heard)
	}
}

// RFC 3261 section 8.2.2.2.
func TestMergedInviteIsRefusedWith482(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring() })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	p.response(180)
	p.send(p.compose(line{method: "INVITE", body: offer(), branch: "z9hG4bKotherway"}))
	p.response(482)
}

// Digits sent back to back arrive in their order, each once.
func TestDigitsKeepTheirOrder(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	tag := p.call(line{})
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	const keys = "0123456789*#ABCD0123456789"
	for i, key := range keys {
		info := p.compose(line{method: "INFO", toTag: tag, seq: 2 + i, bodyType: "application/dtmf-relay",
			body: fmt.Sprintf("Signal= %c\r\nDuration= 160\r\n", key)})
		p.send(info)
		p.send(info)
	}
	for i, key := range keys {
		if d := heard.expect(t, "Digit").what.(Digit); d.Key != byte(key) {
			t.Fatalf("digit %d is %c, want %c", i, d.Key, key)
		}
	}
}

// RFC 3261 section 15: a callee does not send BYE before the ACK.
func TestHangupAfterTheAnswerWaitsForTheACK(t *testing.T) {
	heard := newListener(func(c *Call) { c.Answer(ourAudio); c.Hangup() })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	ok := p.response(200)
	heard.expect(t, "Incoming")
	heard.expectEnd(t, Hangup, false)
	p.response(200) // still repeated
	p.send(p.compose(line{method: "ACK", toTag: tagOf(ok.To().Params)}))
	for {
		if req, ok := p.read().(*sipgo.Request); ok {
			if req.Method != sipgo.BYE || req.Recipient.Host != "127.0.0.1" || req.Recipient.User != "phone" {
				t.Fatalf("%s came, want a BYE to the Contact", req.StartLine())
			}
			return
		}
	}
}

// RFC 3261 section 12.2.1.1: requests go by the route set to the remote target, which a re-INVITE may move.
func TestRequestsFollowTheRouteSetAndTheNewestTarget(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p, proxy := newPhone(t, addr, "127.0.0.1"), newPhone(t, addr, "127.0.0.1")
	routes := []string{"Record-Route: <sip:" + proxy.host + ";lr>", "Record-Route: <sip:second.example;lr>"}
	tag := p.call(line{headers: routes})
	call := heard.expect(t, "Incoming").call
	heard.expect(t, "Answered")
	moved := p.compose(line{method: "INVITE", toTag: tag, seq: 2, body: offer()})
	p.send(strings.Replace(moved, "sip:phone@", "sip:moved@", 1))
	p.response(200)
	p.send(p.compose(line{method: "ACK", toTag: tag, seq: 2}))
	call.Hangup()
	bye := proxy.request("BYE")
	hops := bye.GetHeaders("Route")
	if bye.Recipient.User != "moved" || len(hops) != 2 || hops[1].Value() != "<sip:second.example;lr>" {
		t.Errorf("the BYE is\n%s", bye)
	}
	heard.expectEnd(t, Hangup, false)
}

func TestUnansweredCallIsRefusedInTheEnd(t *testing.T) {
	heard := newListener(nil)
	_, addr := agent(t, heard, func(c *Config) { c.Timers.Unanswered = 50 * time.Millisecond })
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	p.response(480)
	heard.expect(t, "Incoming")
	heard.expectEnd(t, NoAnswer, false)
}

func TestContactAddressOutsideTheAllowedOnesIsNotCalled(t *testing.T) {
	c := &Call{ua: &UserAgent{allowed: func(a netip.Addr) bool { return a.IsLoopback() }}, peer: hop{addr: theirAudio}}
	for _, row := range []struct{ host, want string }{
		{"127.0.0.9", "127.0.0.9:5060"}, {"192.0.2.1", theirAudio.String()}, {"pbx.example", theirAudio.String()},
	} {
		if got := c.nextHop(sipgo.Uri{Host: row.host}, nil).addr.String(); got != row.want {
			t.Errorf("%s leads to %s, want %s", row.host, got, row.want)
		}
	}
}
