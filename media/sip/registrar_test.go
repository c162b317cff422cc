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
)

// users know two passwords.
func users(username string) (string, bool) {
	password, known := map[string]string{"agent1": "secret one", "agent2": "secret two"}[username]
	return password, known
}

func registering(c *Config) {
	c.Registrar = &RegistrarConfig{
		Realm: "tandem", Passwords: users, Contacts: 2,
		Allowed: func(a netip.Addr) bool { return a != netip.MustParseAddr("127.0.0.2") },
	}
	c.Allowed = func(netip.Addr) bool { return true }
}

func keptBy(ua *UserAgent, user, password string) *Registration {
	return &Registration{User: user, Expiry: 5 * time.Minute, Peer: Peer{
		Addr: netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", ua.portOf(UDP))), Username: user, Password: password,
	}}
}

// Both halves of RFC 3261 section 10: our registration at our registrar, kept, used for a call, and taken back.
func TestRegisteredPhoneIsCalledWhereItIs(t *testing.T) {
	for _, transport := range []Transport{UDP, TCP, TLS} {
		t.Run(transport.String(), func(t *testing.T) {
			certificate, believed := certified(t)
			near, far := newListener(nil), newListener(func(c *Call) { c.Ring(); c.Answer(ourAudio) })
			center, _ := agent(t, near, func(c *Config) { connected(t, certificate)(c); registering(c) })
			desk, _ := agent(t, far, nil)
			r := keptBy(center, "agent1", "secret one")
			var way DialRequest
			over(transport, center, believed)(&way)
			r.Addr, r.Transport, r.TLS = netip.MustParseAddrPort(way.Trunk), transport, way.TLS
			for range 2 { // the second is a refresh
				granted, err := desk.Register(context.Background(), r)
				if err != nil || granted < 299*time.Second || granted > 5*time.Minute {
					t.Fatalf("granted %v, %v", granted, err)
				}
			}
			phones := center.Phones("agent1")
			if len(phones) != 1 || phones[0].User != "agent1" {
				t.Fatalf("registered are %+v", phones)
			}
			call := dialOver(t, center, "to-the-desk", func(d *DialRequest) { d.Phone = &phones[0] })
			incoming := far.expect(t, "Incoming")
			if got := incoming.call.Info(); got.Caller.Called.User != "agent1" || got.Transport != transport {
				t.Errorf("the call came as %+v", got)
			}
			far.expect(t, "Answered")
			if h := near.expect(t, "Ringing"); h.what.(Ringing).Status != 180 {
				t.Errorf("ringing with %+v", h.what)
			}
			near.expect(t, "Answered")
			call.Hangup()
			far.expectEnd(t, Hangup, true)
			r.Expiry = 0
			if _, err := desk.Register(context.Background(), r); err != nil || len(center.Phones("agent1")) != 0 {
				t.Errorf("after taking it back: %v, %v", center.Phones("agent1"), err)
			}
		})
	}
}

// Who tries names learns nothing: a wrong password and an unknown user get one answer, word for word but for the names.
func TestRegistrarTellsNobodyWhichUsersThereAre(t *testing.T) {
	center, _ := agent(t, newListener(nil), registering)
	desk, _ := agent(t, newListener(nil), nil)
	var said []string
	for _, user := range []string{"agent1", "nobody"} {
		_, err := desk.Register(context.Background(), keptBy(center, user, "wrong"))
		said = append(said, fmt.Sprint(err))
	}
	if said[0] != said[1] || !strings.Contains(said[0], "403") {
		t.Errorf("they are told %q", said)
	}
	if n := center.Metrics().RefusedPasswords.Load(); n < 2 {
		t.Errorf("%d refusals counted", n)
	}
}

func TestUserIsLockedOutAfterTenWrongPasswordsForAWhile(t *testing.T) {
	center, _ := agent(t, newListener(nil), registering)
	desk, _ := agent(t, newListener(nil), nil)
	for range maxTries {
		_, _ = desk.Register(context.Background(), keptBy(center, "agent1", "wrong"))
	}
	if _, err := desk.Register(context.Background(), keptBy(center, "agent1", "secret one")); err == nil {
		t.Error("the right password is taken from a user who is locked out")
	}
	if _, err := desk.Register(context.Background(), keptBy(center, "agent2", "secret two")); err != nil {
		t.Errorf("another user is locked out too: %v", err)
	}
	guard := center.registrar.guard
	guard.mu.Lock()
	guard.now = func() time.Time { return time.Now().Add(lockoutLife) }
	guard.mu.Unlock()
	if _, err := desk.Register(context.Background(), keptBy(center, "agent1", "secret one")); err != nil {
		t.Errorf("after a while: %v", err)
	}
}

// credentials answers the challenge of a 401.
func credentials(t *testing.T, res *sipgo.Response, which int, method, user, password string, count int) string {
	t.Helper()
	challenge, err := digest.ParseChallenge(res.GetHeaders("www-authenticate")[which].Value())
	if err != nil {
		t.Fatal(err)
	}
	c, err := digest.Digest(challenge, digest.Options{
		Method: method, URI: "sip:tandem", Username: user, Password: password, Count: count,
	})
	if err != nil {
		t.Fatal(err)
	}
	return "Authorization: " + c.String()
}

// registration is one REGISTER of the phone, with a right password.
func (p *phone) registration(seq int, user string, headers ...string) *sipgo.Response {
	p.t.Helper()
	p.send(p.compose(line{method: "REGISTER", uri: "sip:tandem", seq: seq * 10, callID: p.host}))
	right := credentials(p.t, p.read().(*sipgo.Response), seq%2, "REGISTER", user, "secret "+map[string]string{"agent1": "one", "agent2": "two"}[user], 1)
	message := p.compose(line{method: "REGISTER", uri: "sip:tandem", seq: seq*10 + 1, callID: p.host, headers: append(headers, right)})
	message = strings.Replace(message, "To: <sip:+15550100@", "To: <sip:agent1@", 1)
	if len(headers) > 0 {
		message = strings.Replace(message, "Contact: <sip:phone@"+p.host+">\r\n", "", 1)
	}
	p.send(message)
	return p.read().(*sipgo.Response)
}

// RFC 3261 section 10.3, step by step; both algorithms take turns.
func TestRegistrarKeepsToItsSteps(t *testing.T) {
	center, addr := agent(t, newListener(nil), registering)
	p := newPhone(t, addr, "127.0.0.1")
	for i, row := range []struct {
		name    string
		user    string
		headers []string
		status  int
		phones  int
	}{
		{"a contact", "agent1", nil, 200, 1},
		{"only a question", "agent1", []string{"X-None: 1"}, 200, 1},
		{"another's address", "agent2", nil, 403, 1},
		{"too short", "agent1", []string{"Contact: <sip:a@127.0.0.1:9>;expires=5"}, 423, 1},
		{"a second", "agent1", []string{"Contact: <sip:b@127.0.0.1:9>", "Expires: 120"}, 200, 2},
		{"a third pushes one out", "agent1", []string{"Contact: <sip:c@127.0.0.1:9>;expires=99999"}, 200, 2},
		{"a star with a time", "agent1", []string{"Contact: *", "Expires: 60"}, 400, 2},
		{"nonsense", "agent1", []string{"Contact: <nonsense"}, 400, 2},
		{"an extension", "agent1", []string{"Require: outbound"}, 420, 2},
		{"none any more", "agent1", []string{"Contact: *", "Expires: 0"}, 200, 0},
	} {
		res := p.registration(i+1, row.user, row.headers...)
		phones := center.Phones("agent1")
		if res.StatusCode != row.status || len(phones) != row.phones {
			t.Errorf("%s: %d with %d phones, want %d with %d\n%s", row.name, res.StatusCode, len(phones), row.status, row.phones, res)
		}
		for _, phone := range phones {
			if time.Until(phone.Expires) > maxRegistration {
				t.Errorf("%s: it lasts until %v", row.name, phone.Expires)
			}
		}
	}
}

func TestCredentialsAreGoodForOneRequest(t *testing.T) {
	_, addr := agent(t, newListener(nil), registering)
	p := newPhone(t, addr, "127.0.0.1")
	p.send(p.compose(line{method: "REGISTER", uri: "sip:tandem"}))
	right := credentials(t, p.read().(*sipgo.Response), 0, "REGISTER", "agent1", "secret one", 1)
	status := func(seq int) int {
		message := p.compose(line{method: "REGISTER", uri: "sip:tandem", seq: seq, headers: []string{right}})
		p.send(strings.Replace(message, "To: <sip:+15550100@", "To: <sip:agent1@", 1))
		res := p.read().(*sipgo.Response)
		if again := headerValue(res, "www-authenticate"); res.StatusCode == 401 && !strings.Contains(again, "stale=true") {
			t.Errorf("a right password is asked for again with %s", again)
		}
		return res.StatusCode
	}
	if first, second := status(2), status(3); first != 200 || second != 401 {
		t.Errorf("first %d, then %d", first, second)
	}
}

func TestPhonesOutsideTheirNetworksCannotRegister(t *testing.T) {
	_, addr := agent(t, newListener(nil), registering)
	p := newPhone(t, addr, "127.0.0.2")
	p.send(p.compose(line{method: "REGISTER", uri: "sip:tandem"}))
	if res := p.read().(*sipgo.Response); res.StatusCode != 405 {
		t.Errorf("it gets %d", res.StatusCode)
	}
}

func TestCallerProvesHisPasswordWhereTheTrunkAsksForIt(t *testing.T) {
	heard := newListener(answerAtOnce)
	callee, addr := agent(t, heard, func(c *Config) {
		c.Callers = func(a netip.Addr) Passwords {
			if a == netip.MustParseAddr("127.0.0.1") {
				return users
			}
			return nil
		}
	})
	calls := newListener(nil)
	caller, _ := agent(t, calls, nil)
	for password, answered := range map[string]bool{"secret one": true, "wrong": false, "": false} {
		dialOver(t, caller, "with-"+strings.ReplaceAll(password, " ", "-"), func(d *DialRequest) {
			d.Trunk, d.Password = addr.String(), password
			if password != "" {
				d.Username = "agent1"
			}
		})
		if !answered {
			calls.expectEnd(t, Rejected, true)
			continue
		}
		heard.expect(t, "Incoming")
		calls.expect(t, "Answered").call.Hangup()
		calls.expectEnd(t, Hangup, false)
		heard.expect(t, "Answered")
		heard.expectEnd(t, Hangup, true)
	}
	if len(heard.heard) != 0 || callee.Metrics().RefusedPasswords.Load() != 1 {
		t.Errorf("%d more came, %d refused", len(heard.heard), callee.Metrics().RefusedPasswords.Load())
	}
}
