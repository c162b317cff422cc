package media_test

import (
	"context"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"tandem"
	"tandem/media"
	"tandem/media/webrtc/webrtctest"
	"tandem/voice"
)

// softphone is a call in which a customer talks with an agent's browser.
type softphone struct {
	*center
	t           *testing.T
	customer    *phone
	room        voice.Room
	customerLeg tandem.ID
	agentLeg    tandem.ID
	userID      tandem.ID
	asked       int
}

func withBrowsers(t *testing.T, more func(*media.Config)) func(*media.Config) {
	return func(c *media.Config) {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		c.BrowserConn = conn
		if more != nil {
			more(c)
		}
	}
}

// newSoftphone lets a customer call, who is offered to an agent's browser. The
// mix is wrong on purpose: it lets the two hear each other from the beginning.
func newSoftphone(t *testing.T, more func(*media.Config)) *softphone {
	t.Helper()
	s := &softphone{
		center: newCenter(t, nil, withBrowsers(t, more)), t: t, customer: newPhone(t, 440),
		agentLeg: tandem.NameID("test", "agent leg"), userID: tandem.NameID("test", "user"),
	}
	s.customer.dial(s.sipAddr, "call-1", "030123456", "+4989654321")
	s.customerLeg = s.expect(voice.CallArrived, tandem.ID{}).Leg
	s.room = voice.Room{
		ID: tandem.NameID("test", "room"), Epoch: 1,
		Legs: []voice.Leg{
			{ID: s.customerLeg, Role: voice.Customer, Wish: voice.WishAnswered},
			s.agent(s.agentLeg, voice.WishRinging),
		},
		Mix:    []voice.Path{{Speaker: s.customerLeg, Listener: s.agentLeg}, {Speaker: s.agentLeg, Listener: s.customerLeg}},
		Record: &voice.Recording{ID: tandem.NameID("test", "recording"), Customer: true, Agent: true},
	}
	s.change(func(*voice.Room) {})
	s.expect(voice.LegAnswered, s.customerLeg)
	return s
}

// agent is the leg of the agent's browser.
func (s *softphone) agent(leg tandem.ID, wish voice.LegWish) voice.Leg {
	return voice.Leg{ID: leg, Role: voice.Agent, Outbound: true, Soft: true, UserID: s.userID, Wish: wish}
}

// change sends the room anew.
func (s *softphone) change(how func(*voice.Room)) {
	s.room.Rev++
	s.room.Legs = append([]voice.Leg(nil), s.room.Legs...)
	how(&s.room)
	s.send(s.room)
}

func (s *softphone) accept() {
	s.change(func(r *voice.Room) { r.Legs[1].Wish = voice.WishAnswered })
}

// ask sends a signal of the agent's browser.
func (s *softphone) ask(signal voice.Signal) voice.SignalAnswer {
	s.t.Helper()
	s.asked++
	signal.ID = tandem.NameID("signal", string(rune('a'+s.asked)))
	if signal.UserID.IsZero() {
		signal.UserID = s.userID
	}
	began := time.Now()
	answer, err := s.client.Signal(context.Background(), signal)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("signal %d was answered after %v", signal.Kind, time.Since(began))
	return answer
}

// open opens a page for a leg.
func (s *softphone) open(toneHz float64, leg tandem.ID, keep bool) (*webrtctest.Page, string) {
	s.t.Helper()
	page := webrtctest.New(s.t, toneHz)
	answer := s.ask(voice.Signal{Kind: voice.SignalOffer, Leg: leg, SDP: page.Offer(false), Keep: keep})
	if answer.Code != voice.SignalDone || len(answer.Candidates) == 0 || answer.Peer == "" {
		s.t.Fatalf("the offer was answered with %+v", answer)
	}
	page.Accept(answer.SDP)
	eventually(s.t, "the page is connected", page.Connected)
	return page, answer.Peer
}

// hears holds what a page hears.
func hears(p *webrtctest.Page, hz float64) func() bool {
	return func() bool { return p.Loudness(hz) > 1500 }
}

// talking waits until the customer and a page hear each other, and nobody else.
func (s *softphone) talking(page *webrtctest.Page, toneHz float64) {
	s.t.Helper()
	s.customer.forget()
	page.Forget()
	eventually(s.t, "the customer hears the agent's page", s.customer.hearsOnly(toneHz))
	eventually(s.t, "the agent's page hears the customer", hears(page, 440))
}

// ends returns how often a leg was reported in a way.
func (s *softphone) count(kind voice.ReportKind, leg tandem.ID) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.reports {
		if r.Kind == kind && r.Leg == leg {
			n++
		}
	}
	return n
}

func TestBrowserIsHeardOnlyAfterItsAgentAccepts(t *testing.T) {
	s := newSoftphone(t, nil)
	page, _ := s.open(1000, s.agentLeg, false)
	s.expect(voice.LegRinging, s.agentLeg)
	s.expect(voice.LegAnswered, s.agentLeg)
	s.customer.forget()
	page.Forget()
	eventually(t, "media flows to the page while it rings", func() bool { return page.Heard() > 8000 })
	eventually(t, "the customer hears nobody", s.customer.hearsOnly())
	if got := page.Loudness(440); got > 300 {
		t.Errorf("the page hears the customer at %.0f before its agent has accepted", got)
	}
	s.accept()
	s.talking(page, 1000)

	s.change(func(r *voice.Room) {
		r.Mix, r.Record = nil, &voice.Recording{ID: r.Record.ID, Customer: true, Agent: true, Held: []tandem.ID{s.customerLeg}}
	})
	s.customer.forget()
	page.Forget()
	eventually(t, "a customer on hold hears nobody", s.customer.hearsOnly())
	eventually(t, "the page hears nobody on hold", func() bool { return page.Heard() > 8000 && page.Loudness(440) < 300 })
	s.change(func(r *voice.Room) {
		r.Mix, r.Record = []voice.Path{{Speaker: s.customerLeg, Listener: s.agentLeg}}, &voice.Recording{ID: r.Record.ID, Customer: true, Agent: true}
	})
	s.customer.forget()
	eventually(t, "a muted agent hears the customer", hears(page, 440))
	eventually(t, "a muted agent is not heard", s.customer.hearsOnly())
	s.change(func(r *voice.Room) { r.Ended = true })
	s.expect(voice.LegEnded, s.agentLeg)
	eventually(t, "the page's connection is closed", func() bool { return s.process.Metrics().Browsers == 0 })
	s.checkRecording()
}

// checkRecording holds that the agent's channel is silent as long as they had
// not accepted, and has their tone later.
func (s *softphone) checkRecording() {
	t := s.t
	t.Helper()
	recorded := s.expect(voice.RecordingEnded, tandem.ID{})
	left, right := stereo(t, filepath.Join(s.data, "blobs", filepath.FromSlash(recorded.Location)))
	checkTones(t, "left", loudest(left, 440), 440, 1000)
	checkTones(t, "right", loudest(right, 1000), 1000, 440)
	const ringing = 8000 / 2
	if got := loudness(right[:ringing], 1000); got > 300 {
		t.Errorf("the agent was recorded at %.0f while it rang", got)
	}
}

func TestReloadedPageTakesTheCallOver(t *testing.T) {
	s := newSoftphone(t, nil)
	page, _ := s.open(1000, s.agentLeg, false)
	s.accept()
	s.talking(page, 1000)
	began := time.Now()
	reloaded, _ := s.open(700, s.agentLeg, false)
	eventually(t, "the old connection is closed", page.Gone)
	s.talking(reloaded, 700)
	t.Logf("taken over and heard after %v", time.Since(began))
	if got := s.process.Metrics().Browsers; got != 1 {
		t.Errorf("%d connections are left, want 1", got)
	}
	page.Close()
	reloaded.Close() // and now the tab is closed first, and opened again
	third, _ := s.open(300, s.agentLeg, false)
	s.talking(third, 300)
	if s.count(voice.LegEnded, s.agentLeg) != 0 || s.count(voice.LegAnswered, s.agentLeg) != 1 {
		t.Error("the leg did not outlive its pages")
	}
}

func TestBrowserThatIsLostEndsItsLegAfterTheGrace(t *testing.T) {
	s := newSoftphone(t, func(c *media.Config) { c.Limits.BrowserGrace = time.Second })
	page, _ := s.open(1000, s.agentLeg, false)
	s.accept()
	s.talking(page, 1000)
	page.Crash()
	if got := s.expect(voice.LegEnded, s.agentLeg); got.Cause != voice.CauseLost {
		t.Errorf("the leg ended with %v, want lost", got.Cause)
	}
	s.customer.forget()
	eventually(t, "the customer is still there", s.customer.hearsOnly())
}

func TestBrowserThatSendsNothingIsLost(t *testing.T) {
	s := newSoftphone(t, func(c *media.Config) { c.Limits.RTPSilence = time.Second })
	page, _ := s.open(1000, s.agentLeg, false)
	s.accept()
	s.talking(page, 1000)
	page.Mute(true)
	if got := s.expect(voice.LegEnded, s.agentLeg); got.Cause != voice.CauseLost {
		t.Errorf("the leg ended with %v, want lost", got.Cause)
	}
}

func TestBrowserThatNeverComesEndsItsLeg(t *testing.T) {
	s := newSoftphone(t, func(c *media.Config) { c.Limits.BrowserGrace = 50 * time.Millisecond })
	s.accept()
	if got := s.expect(voice.LegEnded, s.agentLeg); got.Cause != voice.CauseUnreachable {
		t.Errorf("the accepted leg ended with %v, want unreachable", got.Cause)
	}
	late := tandem.NameID("test", "late leg")
	s.change(func(r *voice.Room) {
		leg := s.agent(late, voice.WishRinging)
		leg.Deadline = tandem.At(time.Now().Add(50 * time.Millisecond))
		r.Legs = append(r.Legs, leg)
	})
	if got := s.expect(voice.LegEnded, late); got.Cause != voice.CauseNoAnswer {
		t.Errorf("the ringing leg ended with %v, want no answer", got.Cause)
	}
}

func TestKeptConnectionServesTheNextCall(t *testing.T) {
	s := newSoftphone(t, nil)
	page, peer := s.open(1000, s.agentLeg, true)
	s.accept()
	s.talking(page, 1000)
	s.change(func(r *voice.Room) { r.Legs[1].Wish = voice.WishGone })
	s.expect(voice.LegEnded, s.agentLeg)
	if got := s.ask(voice.Signal{Kind: voice.SignalDisconnect, Leg: s.agentLeg, Peer: peer}); got.Code != voice.SignalDone {
		t.Errorf("to disconnect after the end was answered with %+v", got)
	}
	second := tandem.NameID("test", "second leg")
	s.change(func(r *voice.Room) {
		r.Legs[1] = s.agent(second, voice.WishAnswered)
		r.Mix = []voice.Path{{Speaker: s.customerLeg, Listener: second}, {Speaker: second, Listener: s.customerLeg}}
	})
	if got := s.ask(voice.Signal{Kind: voice.SignalConnect, Leg: second, Peer: peer}); got.Code != voice.SignalDone {
		t.Fatalf("the next call was answered with %+v", got)
	}
	s.expect(voice.LegAnswered, second)
	s.talking(page, 1000)
	restart := s.ask(voice.Signal{Kind: voice.SignalRestart, Peer: peer, SDP: page.Offer(true)})
	if restart.Code != voice.SignalDone {
		t.Fatalf("the restart was answered with %+v", restart)
	}
	page.Accept(restart.SDP)
	s.talking(page, 1000)
	if got := s.ask(voice.Signal{Kind: voice.SignalBye, Peer: peer}); got.Code != voice.SignalDone {
		t.Errorf("the end was answered with %+v", got)
	}
	eventually(t, "the page's connection is closed", page.Gone)
}

// The address that browsers are told is one that nobody has: only the relay
// leads to it, as behind a NAT.
func TestPageThatIsForcedToRelayTalks(t *testing.T) {
	secret := []byte("a secret of this test")
	udp := listenUDP(t)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newSoftphone(t, func(c *media.Config) {
		c.BrowserIP = netip.MustParseAddr("192.0.2.1")
		c.RelayConn, c.RelayListener, c.RelaySecret = udp, tcp, secret
	})
	s.accept()
	for _, url := range []string{"turn:" + udp.LocalAddr().String(), "turn:" + tcp.Addr().String() + "?transport=tcp"} {
		e := voice.NewEphemeral(secret, []string{url}, s.userID, tandem.At(time.Now().Add(time.Hour)))
		page := webrtctest.New(t, 1000, webrtc.ICEServer{URLs: e.URLs, Username: e.Username, Credential: e.Credential})
		answer := s.ask(voice.Signal{Kind: voice.SignalOffer, Leg: s.agentLeg, SDP: page.Offer(false)})
		if answer.Code != voice.SignalDone {
			t.Fatalf("the offer was answered with %+v", answer)
		}
		page.Accept(answer.SDP)
		eventually(t, "the page is connected", page.Connected)
		if got := page.Route(); got != "relay host" {
			t.Errorf("the page's route is %q, want over the relay", got)
		}
		eventually(t, "the customer hears the agent's page", s.customer.hearsOnly(1000))
	}
	if got := s.process.Metrics().Relay; got.PacketsInTotal == 0 || got.PacketsOutTotal == 0 {
		t.Errorf("the relay counted %+v", got)
	}
}

func TestSignalsOfOthersFindNothing(t *testing.T) {
	s := newSoftphone(t, func(c *media.Config) { c.Limits.LegWait = 10 * time.Millisecond })
	page, peer := s.open(1000, s.agentLeg, false)
	sdp := page.Offer(true)
	stranger, other := tandem.NameID("test", "stranger"), tandem.NameID("test", "other leg")
	s.change(func(r *voice.Room) { r.Legs = append(r.Legs, s.agent(other, voice.WishRinging)) })
	for name, c := range map[string]struct {
		signal voice.Signal
		want   voice.SignalCode
	}{
		"the leg of another agent":        {voice.Signal{Kind: voice.SignalOffer, UserID: stranger, Leg: s.agentLeg, SDP: sdp}, voice.SignalNotFound},
		"a leg that is a telephone":       {voice.Signal{Kind: voice.SignalOffer, Leg: s.customerLeg, SDP: sdp}, voice.SignalNotFound},
		"a leg that there is not":         {voice.Signal{Kind: voice.SignalOffer, Leg: stranger, SDP: sdp}, voice.SignalNotFound},
		"an offer that is none":           {voice.Signal{Kind: voice.SignalOffer, Leg: s.agentLeg, SDP: "v=0"}, voice.SignalInvalid},
		"an offer without a common codec": {voice.Signal{Kind: voice.SignalOffer, Leg: s.agentLeg, SDP: strings.ReplaceAll(sdp, " 0 ", " ")}, voice.SignalInvalid},
		"the restart of another's":        {voice.Signal{Kind: voice.SignalRestart, UserID: stranger, Peer: peer, SDP: sdp}, voice.SignalNotFound},
		"the connection of another":       {voice.Signal{Kind: voice.SignalConnect, UserID: stranger, Leg: s.agentLeg, Peer: peer}, voice.SignalNotFound},
		"a connection that is in use":     {voice.Signal{Kind: voice.SignalConnect, Leg: other, Peer: peer}, voice.SignalBusy},
		"another's disconnection":         {voice.Signal{Kind: voice.SignalDisconnect, UserID: stranger, Leg: s.agentLeg, Peer: peer}, voice.SignalNotFound},
		"another's end":                   {voice.Signal{Kind: voice.SignalBye, UserID: stranger, Peer: peer}, voice.SignalNotFound},
		"what is no signal":               {voice.Signal{}, voice.SignalInvalid},
	} {
		if got := s.ask(c.signal); got.Code != c.want {
			t.Errorf("%s: the code is %d, want %d", name, got.Code, c.want)
		}
	}
}

func TestConnectionsOfAnAgentAreBounded(t *testing.T) {
	s := newSoftphone(t, func(c *media.Config) { c.Limits.UserConnections, c.Limits.Connections = 2, 3 })
	for range 4 {
		page := webrtctest.New(t, 1000) // which never connects
		if got := s.ask(voice.Signal{Kind: voice.SignalOffer, Leg: s.agentLeg, SDP: page.Offer(false)}); got.Code != voice.SignalDone {
			t.Fatalf("an offer was answered with %+v", got)
		}
		if got := s.process.Metrics().Browsers; got > 2 {
			t.Errorf("the agent has %d connections, want at most 2", got)
		}
	}
	page, _ := s.open(1000, s.agentLeg, false)
	s.accept()
	s.talking(page, 1000)
}
