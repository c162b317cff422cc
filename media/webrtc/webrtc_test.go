package webrtc

import (
	"context"
	"errors"
	"math"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"tandem/media/rtp"
	"tandem/media/webrtc/webrtctest"
)

const patience = 20 * time.Second

func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}

// told keeps what a gateway tells of its peers.
type told struct {
	mu     sync.Mutex
	events []string
}

func (e *told) add(what string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, what)
}

func (e *told) PeerUp(*Peer)   { e.add("up") }
func (e *told) PeerDown(*Peer) { e.add("down") }
func (e *told) PeerOver(*Peer) { e.add("over") }

func (e *told) is(want string) func() bool {
	return func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return strings.Join(e.events, " ") == want
	}
}

func newGateway(t testing.TB) (*Gateway, *told) {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	events := &told{}
	g, err := New(Config{Conn: conn, External: netip.MustParseAddr("127.0.0.1"), Events: events})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g, events
}

// connect brings a page and a gateway together.
func connect(t testing.TB, g *Gateway) (*webrtctest.Page, *Peer) {
	t.Helper()
	p := webrtctest.New(t, 440)
	peer, answer, err := g.Answer(context.Background(), p.Offer(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(peer.Close)
	p.Accept(answer.SDP)
	eventually(t, "the page is connected", p.Connected)
	return p, peer
}

// talk is a leg over a peer that speaks a tone every 20 ms, until the test
// ends.
func talk(t testing.TB, peer *Peer, hz float64) *speaker {
	t.Helper()
	s := &speaker{leg: rtp.Carried(0)}
	peer.Attach(s.leg)
	s.leg.Carry(peer, peer.Session())
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		s.run(hz, stop)
	}()
	t.Cleanup(func() {
		close(stop)
		<-ended
		s.leg.Close()
	})
	return s
}

type speaker struct {
	leg   *rtp.Leg
	mu    sync.Mutex
	heard []int16
}

func (s *speaker) run(hz float64, stop <-chan struct{}) {
	ticker := time.NewTicker(rtp.FrameMillis * time.Millisecond)
	defer ticker.Stop()
	for from := 0; ; from += rtp.FrameSamples {
		select {
		case <-stop:
			return
		case <-ticker.C:
		}
		s.leg.Send(tone(hz, from))
		var f rtp.Frame
		s.leg.Receive(&f)
		s.mu.Lock()
		s.heard = append(s.heard, f[:]...)
		s.mu.Unlock()
	}
}

func (s *speaker) hears(hz float64) func() bool {
	return func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		const enough = rtp.SampleRateHz / 4
		return len(s.heard) > 2*enough && loudness(s.heard[len(s.heard)-enough:], hz) > 3000
	}
}

func loudness(samples []int16, hz float64) float64 {
	var re, im float64
	for i, s := range samples {
		turn := 2 * math.Pi * hz * float64(i) / rtp.SampleRateHz
		re, im = re+float64(s)*math.Cos(turn), im+float64(s)*math.Sin(turn)
	}
	return 2 * math.Hypot(re, im) / float64(max(len(samples), 1))
}

func tone(hz float64, from int) *rtp.Frame {
	var f rtp.Frame
	for i := range f {
		f[i] = int16(6000 * math.Sin(2*math.Pi*hz*float64(from+i)/rtp.SampleRateHz))
	}
	return &f
}

func TestAudioFlowsBothWays(t *testing.T) {
	g, events := newGateway(t)
	p, peer := connect(t, g)
	eventually(t, "the gateway tells that the peer is up", events.is("up"))
	s := talk(t, peer, 1000)
	eventually(t, "the leg hears the page's tone", s.hears(440))
	eventually(t, "the page hears the leg's tone", func() bool { return p.Loudness(1000) > 3000 })
	if got := s.leg.Stats(); got.PacketsIn == 0 || got.Foreign != 0 {
		t.Errorf("the leg counted %+v", got)
	}
}

func TestKeysOfThePageArriveOnce(t *testing.T) {
	g, _ := newGateway(t)
	p, peer := connect(t, g)
	s := talk(t, peer, 1000)
	eventually(t, "the leg hears the page's tone", s.hears(440))
	p.Press('5')
	select {
	case d := <-s.leg.Digits():
		if d.Key != '5' {
			t.Errorf("the key %c arrived, want 5", d.Key)
		}
	case <-time.After(patience):
		t.Fatal("the key did not arrive")
	}
	s.leg.SendKeys("7")
	eventually(t, "the page gets the key", func() bool { return p.Keys() >= 3 })
	select {
	case d := <-s.leg.Digits():
		t.Errorf("another key arrived: %c", d.Key)
	default:
	}
}

func TestLegSendsReportsOverThePeer(t *testing.T) {
	g, _ := newGateway(t)
	p, peer := connect(t, g)
	s := talk(t, peer, 1000)
	eventually(t, "both hear", func() bool { return s.hears(440)() && p.Heard() > 0 })
	s.leg.Close() // sends the last report
	eventually(t, "a report about both streams arrives", func() bool {
		for _, packet := range p.Reports() {
			if sr, ok := packet.(*rtcp.SenderReport); ok && sr.SSRC == peer.SSRC() && sr.PacketCount > 0 && len(sr.Reports) == 1 {
				return true
			}
		}
		return false
	})
}

func TestRestartKeepsTheConnection(t *testing.T) {
	g, events := newGateway(t)
	p, peer := connect(t, g)
	s := talk(t, peer, 1000)
	eventually(t, "the leg hears the page's tone", s.hears(440))
	answer, err := peer.Restart(context.Background(), p.Offer(true))
	if err != nil {
		t.Fatal(err)
	}
	p.Accept(answer.SDP)
	p.Forget()
	eventually(t, "the page hears again", func() bool { return p.Loudness(1000) > 3000 })
	events.mu.Lock()
	defer events.mu.Unlock()
	if slices.Contains(events.events, "over") {
		t.Errorf("the peer was over in between: %v", events.events)
	}
}

func TestPageThatClosesIsOver(t *testing.T) {
	g, events := newGateway(t)
	p, _ := connect(t, g)
	eventually(t, "the peer is up", events.is("up"))
	p.Close()
	eventually(t, "the peer is over", func() bool { return events.is("up over")() || events.is("up down over")() })
}

func TestClosedGatewayLeavesNothingRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("calls", func(t *testing.T) {
		g, events := newGateway(t)
		for range 3 {
			connect(t, g)
		}
		eventually(t, "all peers are up", events.is("up up up"))
		peer, _, err := g.Answer(context.Background(), webrtctest.New(t, 440).Offer(false))
		if err != nil {
			t.Fatal(err)
		}
		peer.Close() // which never came up
	})
	eventually(t, "the goroutines ended", func() bool { return runtime.NumGoroutine() <= before })
}

func TestOffersThatAreNoCallsAreRefused(t *testing.T) {
	g, _ := newGateway(t)
	for name, offer := range map[string]string{
		"nothing":          "",
		"no media":         "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n",
		"video":            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\n",
		"no PCMU":          "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
		"no fingerprint":   "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=ice-ufrag:a\r\na=ice-pwd:b\r\n",
		"two streams":      strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", 2),
		"longer than long": strings.Repeat("a=x\r\n", maxOfferBytes),
	} {
		if _, _, err := g.Answer(context.Background(), offer); !errors.Is(err, ErrOffer) {
			t.Errorf("%s: the error is %v, want ErrOffer", name, err)
		}
	}
}

func FuzzReadOffer(f *testing.F) {
	f.Add("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0 126\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n")
	f.Add("m=audio 9 x 0\na=candidate:\n\n")
	f.Add("m=\r\n")
	f.Fuzz(func(t *testing.T, offer string) {
		kept, err := readOffer(offer)
		if err != nil {
			return
		}
		for line := range strings.Lines(kept) {
			if strings.HasPrefix(line, "a=candidate:") {
				t.Errorf("an address of the offer was kept: %q", line)
			}
		}
		if again, err := readOffer(kept); err != nil || again != kept {
			t.Errorf("what was kept is not kept again: %q, %v", again, err)
		}
	})
}
