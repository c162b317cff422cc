package sip

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"tandem/media/sdp"
)

// dialled starts an agent, a phone that it can call, and a call.
func dialled(t *testing.T, change func(*DialRequest), config func(*Config)) (*listener, *phone, *Call, *sipgo.Request) {
	t.Helper()
	heard := newListener(nil)
	ua, addr := agent(t, heard, config)
	p := newPhone(t, addr, "127.0.0.1")
	call := p.dialTo(ua, change)
	return heard, p, call, p.request("INVITE")
}

func TestCallIsPlacedWithTheNamesAndNumbersGiven(t *testing.T) {
	heard, p, call, invite := dialled(t, func(d *DialRequest) {
		d.Number, d.Display, d.Asserted = "*55#", "Front desk", "+15550100"
	}, nil)
	for _, row := range []struct{ name, got, want string }{
		{"call id", invite.CallID().Value(), "leg-7@tandem"},
		{"from tag", tagOf(invite.From().Params), "leg-7"},
		{"from", invite.From().Address.User, "+15550100"},
		{"display", invite.From().DisplayName, "Front desk"},
		{"number", invite.Recipient.User, "*55%23"},
		{"asserted", strings.Split(headerValue(invite, "p-asserted-identity"), "@")[0], "<sip:+15550100"},
		{"privacy", headerValue(invite, "privacy"), ""},
	} {
		if row.got != row.want {
			t.Errorf("%s is %q, want %q", row.name, row.got, row.want)
		}
	}
	p.send(answerTo(invite, 200, "far", p.host, offer()))
	ack := p.request("ACK")
	up := heard.expect(t, "Answered").what.(Media)
	if ack.CSeq().SeqNo != 1 || ack.Recipient.User != "far" || up.Stream.Remote != theirAudio {
		t.Errorf("answered with %+v, acknowledged with\n%s", up, ack)
	}
	p.send(answerTo(invite, 200, "far", p.host, offer()))
	p.request("ACK") // a repeated 200 gets its ACK again
	call.Hangup()
	call.Hangup()
	bye := p.request("BYE")
	p.send(answerTo(bye, 200, "", "", ""))
	heard.expectEnd(t, Hangup, false)
}

// RFC 3323 section 4.1.1.3.
func TestAnonymousCallHidesTheCaller(t *testing.T) {
	_, _, _, invite := dialled(t, func(d *DialRequest) { d.Anonymous, d.Display = true, "Front desk" }, nil)
	if from := invite.From(); from.Address.User != "anonymous" || from.Address.Host != "anonymous.invalid" ||
		headerValue(invite, "privacy") != "id" || strings.Contains(invite.String(), "+15550100") {
		t.Errorf("the caller shows in\n%s", invite)
	}
}

// A carrier may say "ringing" as often as it likes, and 180 may follow 183 (RFC 3960).
func TestTwelveProvisionalAnswersAreNoneTooMany(t *testing.T) {
	heard, p, _, invite := dialled(t, nil, nil)
	p.send(answerTo(invite, 100, "", "", ""))
	for range 12 {
		p.send(answerTo(invite, 183, "far", p.host, offer()))
		p.send(answerTo(invite, 180, "far", p.host, ""))
	}
	p.send(answerTo(invite, 200, "far", p.host, ""))
	if r := heard.expect(t, "Ringing").what.(Ringing); r.Status != 183 {
		t.Errorf("ringing with %d", r.Status)
	}
	early := heard.expect(t, "EarlyMedia").what.(Media)
	up := heard.expect(t, "Answered").what.(Media)
	if early.Stream.Remote != theirAudio || up.Stream != early.Stream || !up.At.After(early.At) {
		t.Errorf("early %+v, answered %+v", early, up)
	}
}

// RFC 3261 section 13.2.2.4.
func TestFirstAnswerOfAForkedCallWinsAndTheOthersAreSentAway(t *testing.T) {
	heard, p, _, invite := dialled(t, nil, nil)
	p.send(answerTo(invite, 200, "first", p.host, offer()))
	p.request("ACK")
	heard.expect(t, "Answered")
	p.send(answerTo(invite, 200, "second", p.host, offer()))
	if ack := p.request("ACK"); tagOf(ack.To().Params) != "second" {
		t.Errorf("the second answer's ACK is\n%s", ack)
	}
	bye := p.request("BYE")
	if tagOf(bye.To().Params) != "second" {
		t.Errorf("the BYE is\n%s", bye)
	}
	p.send(answerTo(bye, 200, "", "", ""))
	if len(heard.heard) != 0 {
		t.Errorf("%+v came", <-heard.heard)
	}
}

// RFC 3261 section 9.1: CANCEL waits for a provisional response; when it crosses a 200 the call is taken down with ACK
// and BYE.
func TestHangupThatCrossesTheAnswerTakesTheCallDown(t *testing.T) {
	heard, p, call, invite := dialled(t, nil, nil)
	call.Hangup()
	heard.expectEnd(t, Canceled, false)
	p.send(answerTo(invite, 180, "far", p.host, ""))
	cancel := p.request("CANCEL")
	if cancel.Via().Value() != invite.Via().Value() {
		t.Errorf("the CANCEL goes another way: %s", cancel.Via().Value())
	}
	p.send(answerTo(cancel, 200, "far", "", ""))
	p.send(answerTo(invite, 200, "far", p.host, offer()))
	p.request("ACK")
	bye := p.request("BYE")
	p.send(answerTo(bye, 200, "", "", ""))
	if len(heard.heard) != 0 {
		t.Errorf("%+v came", <-heard.heard)
	}
}

func TestCanceledCallIsOverWith487(t *testing.T) {
	heard, p, call, invite := dialled(t, nil, nil)
	p.send(answerTo(invite, 180, "far", p.host, ""))
	heard.expect(t, "Ringing")
	call.Hangup()
	cancel := p.request("CANCEL")
	p.send(answerTo(cancel, 200, "far", "", ""))
	p.send(answerTo(invite, 487, "far", "", ""))
	p.request("ACK")
	p.send(answerTo(invite, 487, "far", "", ""))
	p.request("ACK") // a repeated refusal gets its ACK again, at once
	heard.expectEnd(t, Canceled, false)
}

func TestRefusalsAreToldAsCauses(t *testing.T) {
	for _, row := range []struct {
		status int
		reason string
		rang   bool
		want   Cause
	}{
		{486, "", false, Busy}, {600, "", false, Busy}, {480, "", true, NoAnswer}, {408, "", true, NoAnswer},
		{408, "", false, Timeout}, {403, "", false, Rejected}, {603, "", false, Rejected}, {302, "", false, Rejected},
		{404, "", false, InvalidNumber}, {484, "", false, InvalidNumber}, {503, "", false, Unreachable},
		{488, "", false, NoMedia}, {401, "", false, Rejected}, {504, "", false, Timeout},
		{480, "Q.850;cause=17;text=\"busy\"", false, Busy}, {503, "SIP;cause=1, Q.850 ;cause=1", false, InvalidNumber},
		{500, "Q.850;cause=19", true, NoAnswer}, {480, "Q.850;cause=3", false, Unreachable},
		{486, "Q.850;cause=16", false, Busy},
	} {
		t.Run(fmt.Sprint(row.status, row.reason), func(t *testing.T) {
			heard, p, _, invite := dialled(t, nil, nil)
			if row.rang {
				p.send(answerTo(invite, 180, "far", p.host, ""))
				heard.expect(t, "Ringing")
			}
			reasons := []string{}
			if row.reason != "" {
				reasons = append(reasons, "Reason: "+row.reason)
			}
			p.send(answerTo(invite, row.status, "far", "", "", reasons...))
			p.request("ACK")
			if end := heard.expectEnd(t, row.want, true); end.Status != row.status {
				t.Errorf("end is %+v", end)
			}
		})
	}
}

func TestSilenceEndsACallAsTimeoutAndEndlessRingingAsNoAnswer(t *testing.T) {
	heard, _, _, _ := dialled(t, nil, nil)
	heard.expectEnd(t, Timeout, true)

	heard, p, _, invite := dialled(t, nil, func(c *Config) { c.Timers.C = 100 * time.Millisecond })
	p.send(answerTo(invite, 180, "far", p.host, ""))
	heard.expect(t, "Ringing")
	p.request("CANCEL")
	heard.expectEnd(t, NoAnswer, false)
}

// RFC 3261 section 22 and RFC 8760.
func TestChallengeIsAnsweredOnce(t *testing.T) {
	for _, row := range []struct {
		status          int
		algorithm, name string
	}{
		{401, "MD5", "authorization"}, {407, "SHA-256", "proxy-authorization"},
	} {
		t.Run(row.algorithm, func(t *testing.T) {
			heard, p, _, invite := dialled(t, func(d *DialRequest) { d.Username, d.Password = "trunk", "secret" }, nil)
			name := map[int]string{401: "WWW-Authenticate", 407: "Proxy-Authenticate"}[row.status]
			challenge := digest.Challenge{Realm: "r", Nonce: "n", Algorithm: row.algorithm, QOP: []string{"auth"}}
			unknown := strings.Replace(challenge.String(), row.algorithm, "ROT13", 1)
			p.send(answerTo(invite, row.status, "x", "", "", name+": "+unknown, name+": "+challenge.String()))
			p.request("ACK")
			again := p.request("INVITE")
			given, err := digest.ParseCredentials(headerValue(again, row.name))
			if err != nil {
				t.Fatalf("no credentials: %v\n%s", err, again)
			}
			want, err := digest.Digest(&challenge, digest.Options{
				Method: "INVITE", URI: again.Recipient.String(), Username: "trunk", Password: "secret",
				Cnonce: given.Cnonce, Count: given.Nc,
			})
			if err != nil || given.Response != want.Response || again.CSeq().SeqNo != 2 {
				t.Errorf("the credentials do not match: %v\n%s", err, again)
			}
			p.send(answerTo(again, row.status, "x", "", "", name+": "+challenge.String()))
			p.request("ACK")
			heard.expectEnd(t, Rejected, true)
		})
	}
}

func TestDiallingAgainUnderTheSameNamesIsTheSameCall(t *testing.T) {
	heard := newListener(nil)
	ua, addr := agent(t, heard, nil)
	p := newPhone(t, addr, "127.0.0.1")
	first := p.dialTo(ua, nil)
	if second := p.dialTo(ua, nil); second != first {
		t.Error("a second call was placed")
	}
	if third := p.dialTo(ua, func(d *DialRequest) { d.CallID, d.FromTag = "leg-8", "leg-8" }); third == first {
		t.Error("another leg has the same call")
	}
	if ua.Calls() != 2 {
		t.Errorf("%d calls, want 2", ua.Calls())
	}
}

func TestDialRefusesWhatCannotStandInAHeader(t *testing.T) {
	ua, _ := agent(t, newListener(nil), nil)
	good := DialRequest{CallID: "a@b", FromTag: "a", Number: "1", Trunk: "127.0.0.1:5060", Caller: "2", Local: ourAudio}
	for name, change := range map[string]func(*DialRequest){
		"number":  func(d *DialRequest) { d.Number = "1@elsewhere.example" },
		"caller":  func(d *DialRequest) { d.Caller = "2>\r\nX: y" },
		"call id": func(d *DialRequest) { d.CallID = "a b" },
		"tag":     func(d *DialRequest) { d.FromTag = "" },
		"display": func(d *DialRequest) { d.Display = "a\"b" },
		"trunk":   func(d *DialRequest) { d.Trunk = "127.0.0.1" },
		"audio":   func(d *DialRequest) { d.Local = netip.AddrPort{} },
	} {
		ask := good
		change(&ask)
		if _, err := ua.Dial(context.Background(), ask); err == nil {
			t.Errorf("%s was let through", name)
		}
	}
}

func TestAnswerWithoutUsableMediaIsTakenDown(t *testing.T) {
	heard, p, _, invite := dialled(t, nil, nil)
	p.send(answerTo(invite, 200, "far", p.host, strings.Replace(offer(), "8 0 96", "18", 1)))
	p.request("ACK")
	p.request("BYE")
	heard.expectEnd(t, NoMedia, false)
}

func TestHoldByTheCalledSide(t *testing.T) {
	heard, p, _, invite := dialled(t, nil, nil)
	p.send(answerTo(invite, 200, "far", p.host, offer()))
	p.request("ACK")
	heard.expect(t, "Answered")
	hold := p.compose(line{method: "INVITE", callID: "leg-7@tandem", fromTag: "far", toTag: "leg-7", body: offer("a=inactive\r\n")})
	p.send(hold)
	p.response(200)
	p.send(p.compose(line{method: "ACK", callID: "leg-7@tandem", fromTag: "far", toTag: "leg-7"}))
	if m := heard.expect(t, "MediaChanged").what.(Media); m.Stream.Direction != sdp.Inactive {
		t.Errorf("told %+v", m)
	}
	p.send(p.compose(line{method: "BYE", callID: "leg-7@tandem", fromTag: "far", toTag: "leg-7", seq: 2}))
	p.response(200)
	heard.expectEnd(t, Hangup, true)
}
