package sip

import (
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// Messages that cross on the wire: the cases in which peers are known to leave calls behind.

func TestByesThatCrossEndTheCallOnceAndAreBothAnswered(t *testing.T) {
	heard := newListener(answerAtOnce)
	ua, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	tag := p.call(line{})
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered").call.Hangup()
	ours := p.request("BYE")
	p.send(p.compose(line{method: "BYE", toTag: tag, seq: 2}))
	for p.repeatedByeOr(200) != 200 {
	}
	p.send(answerTo(ours, 200, "", "", ""))
	heard.expectEnd(t, Hangup, false)
	eventually(t, "the call is forgotten", func() bool {
		ua.mu.Lock()
		defer ua.mu.Unlock()
		return len(ua.dialogs) == 0
	})
	p.send(p.compose(line{method: "OPTIONS", toTag: tag, seq: 3}))
	p.response(481)
}

// repeatedByeOr reads one message and gives the status of a response, 0 for a repeated request.
func (p *phone) repeatedByeOr(want int) int {
	p.t.Helper()
	res, ok := p.read().(*sipgo.Response)
	if ok && res.StatusCode != want {
		p.t.Fatalf("%d came, want %d", res.StatusCode, want)
	}
	if !ok {
		return 0
	}
	return res.StatusCode
}

// RFC 3261 section 15.1.2.
func TestByeBeforeTheAnswerCancelsTheCall(t *testing.T) {
	heard := newListener(func(c *Call) { c.Ring() })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	tag := tagOf(p.response(180).To().Params)
	heard.expect(t, "Incoming")
	// An offer while the first is unanswered has to wait (RFC 3261 section 14.2, RFC 3311 section 5.2).
	p.send(p.compose(line{method: "UPDATE", toTag: tag, seq: 2, body: offer()}))
	if res := p.response(500); headerValue(res, "retry-after") == "" {
		t.Errorf("the refusal is\n%s", res)
	}
	p.send(p.compose(line{method: "BYE", toTag: tag, seq: 3}))
	p.response(487)
	heard.expectEnd(t, Canceled, true)
}

func TestCancelAfterTheAnswerChangesNothing(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	tag := tagOf(p.response(200).To().Params)
	p.send(p.compose(line{method: "CANCEL", branch: "z9hG4bKINVITE1call-1"}))
	for p.read().(*sipgo.Response).CSeq().MethodName != sipgo.CANCEL {
	}
	p.send(p.compose(line{method: "ACK", toTag: tag}))
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
}

func TestCancelThatCrossesOurRefusalIsAnswered(t *testing.T) {
	heard := newListener(func(c *Call) { c.Reject(486, Busy) })
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	p.response(486)
	heard.expect(t, "Incoming")
	heard.expectEnd(t, Busy, false)
	p.send(p.compose(line{method: "CANCEL", branch: "z9hG4bKINVITE1call-1"}))
	for p.read().(*sipgo.Response).CSeq().MethodName != sipgo.CANCEL {
	}
}

func TestReinviteWhoseACKForTheFirstAnswerWasLostConfirmsTheCall(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer()}))
	tag := tagOf(p.response(200).To().Params)
	p.send(p.compose(line{method: "INVITE", toTag: tag, seq: 2, body: offer("a=sendonly\r\n")}))
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	heard.expect(t, "MediaChanged")
	for p.response(200).CSeq().SeqNo != 2 {
	}
	p.send(p.compose(line{method: "ACK", toTag: tag, seq: 2}))
}

// RFC 3261 section 14.1: after a collision of two INVITEs we come back 2.1 to 4 seconds later. The refresh goes out
// after half of the 9 seconds, so that the second try always comes before the session ends.
func TestRefreshIsTriedAgainAfterACollision(t *testing.T) {
	heard, p, _, invite := dialled(t, nil, nil)
	p.send(answerTo(invite, 200, "far", p.host, offer(), "Session-Expires: 9;refresher=uac"))
	p.request("ACK")
	heard.expect(t, "Answered")
	first := p.request("INVITE")
	p.send(answerTo(first, 491, "", "", ""))
	refused := time.Now()
	p.request("ACK")
	again := p.request("INVITE")
	for again.CSeq().SeqNo == first.CSeq().SeqNo {
		again = p.request("INVITE")
	}
	if waited := time.Since(refused); waited < 2*time.Second {
		t.Errorf("the refresh came back after %v, want at least 2.1 s", waited)
	}
}

// A far side that rings, takes our CANCEL and never says more does not keep the call alive here.
func TestFarSideThatForgetsACancelIsForgotten(t *testing.T) {
	heard := newListener(nil)
	ua, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	call := p.dialTo(ua, nil)
	p.send(answerTo(p.request("INVITE"), 180, "far", p.host, ""))
	heard.expect(t, "Ringing")
	call.Hangup()
	p.send(answerTo(p.request("CANCEL"), 200, "far", "", ""))
	heard.expectEnd(t, Canceled, false)
	eventually(t, "the call is forgotten", func() bool {
		ua.mu.Lock()
		defer ua.mu.Unlock()
		return len(ua.dialogs)+len(ua.clients) == 0
	})
}

// RFC 3261 section 12.2.1.1, its last example.
func TestStrictRouterGetsTheTargetAtTheEndOfTheRoute(t *testing.T) {
	target, strict, loose := sipgo.Uri{Host: "target"}, sipgo.Uri{Host: "strict"}, sipgo.Uri{Host: "loose"}
	loose.UriParams.Add("lr", "")
	if to, routes := strictRouting(target, []sipgo.Uri{strict, loose}); to.Host != "strict" ||
		len(routes) != 2 || routes[0].Host != "loose" || routes[1].Host != "target" {
		t.Errorf("strict: %v by %v", to, routes)
	}
	if to, routes := strictRouting(target, []sipgo.Uri{loose, strict}); to.Host != "target" || len(routes) != 2 {
		t.Errorf("loose: %v by %v", to, routes)
	}
}

func TestConfigIsCheckedWithAWordOfHelp(t *testing.T) {
	for _, config := range []Config{{}, {Contact: "127.0.0.1:5060"}} {
		if _, err := New(config); err == nil {
			t.Errorf("%+v was taken", config)
		}
	}
}
