package sip

import (
	"strings"
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

func shortSessions(c *Config) { c.Timers.MinSession = time.Second }

// RFC 4028 sections 9 and 10.
func TestSessionThatIsNotRefreshedEnds(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, shortSessions)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer(), headers: []string{"Supported: timer", "Session-Expires: 3"}}))
	ok := p.response(200)
	if headerValue(ok, "session-expires") != "3;refresher=uac" || headerValue(ok, "require") != "timer" {
		t.Fatalf("the 200 is\n%s", ok)
	}
	tag := tagOf(ok.To().Params)
	p.send(p.compose(line{method: "ACK", toTag: tag}))
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	start := time.Now()
	for i := range 3 {
		<-time.After(1200 * time.Millisecond) // the rhythm of a caller that refreshes; without it the call ends after 2 s
		p.send(p.compose(line{method: "UPDATE", toTag: tag, seq: 2 + i, headers: []string{"Supported: timer", "x: 3;refresher=uac"}}))
		for p.response(200).CSeq().SeqNo != uint32(2+i) { // a repeated answer to the INVITE
		}
	}
	p.request("BYE")
	heard.expectEnd(t, Lost, true)
	if lived := time.Since(start); lived < 5*time.Second {
		t.Errorf("the call lived %v, its refreshes did not count", lived)
	}
}

func TestWeRefreshWhenThatIsOurs(t *testing.T) {
	heard, p, _, invite := dialled(t, nil, shortSessions)
	p.send(answerTo(invite, 200, "far", p.host, offer(), "Session-Expires: 1;refresher=uac"))
	p.request("ACK")
	heard.expect(t, "Answered")
	for range 2 {
		again := p.request("INVITE")
		if string(again.Body()) != string(invite.Body()) || headerValue(again, "session-expires") != "1;refresher=uac" {
			t.Errorf("the refresh is\n%s", again)
		}
		p.send(answerTo(again, 200, "", p.host, offer(), "Session-Expires: 1;refresher=uac"))
		p.request("ACK")
	}
	// While our INVITE is out, theirs is told to come back (RFC 3261 section 14.2).
	ours := p.request("INVITE")
	p.send(p.compose(line{method: "INVITE", callID: "leg-7@tandem", fromTag: "far", toTag: "leg-7", body: offer()}))
	p.response(491)
	p.send(answerTo(ours, 481, "", "", ""))
	p.send(p.compose(line{method: "ACK", callID: "leg-7@tandem", fromTag: "far", toTag: "leg-7", branch: "z9hG4bKINVITE1leg-7@tandemleg-7"}))
	got := map[sipgo.RequestMethod]bool{}
	for !got[sipgo.ACK] || !got[sipgo.BYE] {
		got[p.read().(*sipgo.Request).Method] = true
	}
	heard.expectEnd(t, Lost, true)
}

func TestFarSideWithoutSessionTimerIsAskedWhetherItLives(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, func(c *Config) { c.Timers.Liveness = 50 * time.Millisecond })
	p := newPhone(t, addr, "127.0.0.1")
	p.call(line{})
	for range 2 {
		p.send(answerTo(p.request("OPTIONS"), 200, "", "", ""))
	}
	p.send(answerTo(p.request("OPTIONS"), 481, "", "", ""))
	p.request("BYE")
	heard.expect(t, "Incoming")
	heard.expect(t, "Answered")
	heard.expectEnd(t, Lost, true)
}

func TestCallerWithoutTimerLeavesARequestedRefreshToUs(t *testing.T) {
	heard := newListener(answerAtOnce)
	_, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "INVITE", body: offer(), headers: []string{"Session-Expires: 600"}}))
	ok := p.response(200)
	if !strings.HasSuffix(headerValue(ok, "session-expires"), "refresher=uas") || headerValue(ok, "require") != "" {
		t.Errorf("the 200 is\n%s", ok)
	}
}
