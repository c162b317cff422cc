package media_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/media/rtp"
	"tandem/media/sip"
)

// patience is how long a test waits for what must come.
const patience = 15 * time.Second

// eventually fails the test when the condition does not come true.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// loudness is the amplitude of one frequency in samples at 8 kHz, by
// Goertzel's algorithm.
func loudness(samples []int16, hz float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	c := 2 * math.Cos(2*math.Pi*hz/rtp.SampleRateHz)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = float64(x)+c*s1-s2, s1
	}
	power := s1*s1 + s2*s2 - c*s1*s2
	return 2 * math.Sqrt(max(power, 0)) / float64(len(samples))
}

func sine(hz, amplitude float64, samples int) []int16 {
	out := make([]int16, samples)
	for i := range out {
		out[i] = int16(amplitude * math.Sin(2*math.Pi*hz*float64(i)/rtp.SampleRateHz))
	}
	return out
}

// phone is a telephone: a SIP user agent whose microphone hears one tone.
type phone struct {
	t       *testing.T
	agent   *sip.UserAgent
	audio   *net.UDPConn
	toneHz  float64
	address string // host:port of SIP

	mu      sync.Mutex
	refuse  int  // status for incoming calls; zero: they are answered
	idle    bool // incoming calls ring until the caller gives up
	call    *sip.Call
	remote  netip.AddrPort
	heard   []int16
	up      bool
	rang    bool
	end     *sip.End
	digit   byte // being pressed
	pressed int  // packets of it sent
	muted   bool
	keys    string // pressed by the far side
	keyTime uint32 // RTP timestamp of the last of them
}

func newPhone(t *testing.T, toneHz float64) *phone {
	t.Helper()
	signalling := listenUDP(t)
	p := &phone{t: t, audio: listenUDP(t), toneHz: toneHz, address: signalling.LocalAddr().String()}
	agent, err := sip.New(sip.Config{
		Conn: signalling, Contact: signalling.LocalAddr().String(), Handler: p,
		Allowed: func(netip.Addr) bool { return true }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.agent = agent
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = agent.Serve(ctx) })
	running.Go(func() { p.speak(ctx) })
	running.Go(p.listen)
	t.Cleanup(func() {
		cancel()
		p.audio.Close()
		running.Wait()
	})
	return p
}

func listenUDP(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func addrOf(c net.PacketConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }

// dial calls a number through the process at to.
func (p *phone) dial(to, callID, number, caller string) {
	p.t.Helper()
	p.mu.Lock() // what happens to the call is noted after this
	defer p.mu.Unlock()
	call, err := p.agent.Dial(context.Background(), sip.DialRequest{
		CallID: callID, FromTag: "tag-" + callID, Number: number, Trunk: to, Caller: caller, Local: addrOf(p.audio),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.call, p.end, p.up = call, nil, false
}

func (p *phone) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.call.Hangup()
}

// press holds a key for 100 ms.
func (p *phone) press(digit byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.digit, p.pressed = digit, 0
}

// behave says what becomes of incoming calls.
func (p *phone) behave(refuse int, idle bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse, p.idle = refuse, idle
}

// mute stops sending altogether.
func (p *phone) mute() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.muted = true
}

// forget empties what was heard, to look only at what comes next.
func (p *phone) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = nil
}

// hears reports whether half a second was heard since forget and a tone is in
// its end.
func (p *phone) hears(hz float64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	const enough = rtp.SampleRateHz / 2
	return len(p.heard) >= enough && loudness(p.heard[len(p.heard)-enough/2:], hz) > 1500
}

// pitches are all that sound in a test of several parties.
var pitches = []float64{300, 440, 700, 1000}

// hearsOnly reports whether, of the pitches, just those were heard lately.
func (p *phone) hearsOnly(want ...float64) func() bool {
	return func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		const enough = rtp.SampleRateHz / 2
		if len(p.heard) < enough {
			return false
		}
		for _, hz := range pitches {
			loud := loudness(p.heard[len(p.heard)-enough/2:], hz)
			if slices.Contains(want, hz) && loud < 1500 || !slices.Contains(want, hz) && loud > 500 {
				return false
			}
		}
		return true
	}
}

func (p *phone) is(what func(*phone) bool) func() bool {
	return func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return what(p)
	}
}

func hasEnded(p *phone) bool { return p.end != nil }

// Incoming implements sip.Handler: it rings and is answered, unless the phone
// is told otherwise.
func (p *phone) Incoming(c *sip.Call, _ sip.Invitation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.call, p.rang = c, true
	if p.refuse != 0 {
		c.Reject(p.refuse, sip.Rejected)
		return
	}
	c.Ring()
	if !p.idle {
		c.Answer(addrOf(p.audio))
	}
}

// Ringing implements sip.Handler.
func (p *phone) Ringing(*sip.Call, sip.Ringing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rang = true
}

// EarlyMedia implements sip.Handler.
func (p *phone) EarlyMedia(*sip.Call, sip.Media) {}

// Answered implements sip.Handler.
func (p *phone) Answered(_ *sip.Call, m sip.Media) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up, p.remote = true, m.Stream.Remote
}

// MediaChanged implements sip.Handler.
func (p *phone) MediaChanged(_ *sip.Call, m sip.Media) { p.Answered(nil, m) }

// Digit implements sip.Handler.
func (p *phone) Digit(*sip.Call, sip.Digit) {}

// Ended implements sip.Handler.
func (p *phone) Ended(_ *sip.Call, end sip.End) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.up, p.end = false, &end
}

// speak sends the tone, or the key that is pressed, every 20 ms.
func (p *phone) speak(ctx context.Context) {
	tone := sine(p.toneHz, 6000, rtp.SampleRateHz) // one second, over and over
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	packet := make([]byte, 12+rtp.FrameSamples)
	packet[0] = 0x80
	var seq uint16
	var stamp uint32
	binary.BigEndian.PutUint32(packet[8:], uint32(p.toneHz))
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		binary.BigEndian.PutUint16(packet[2:], seq)
		n := p.fill(packet, tone, stamp)
		if p.up && !p.muted {
			_, _ = p.audio.WriteToUDPAddrPort(packet[:n], p.remote)
		}
		p.mu.Unlock()
		seq++
		stamp += rtp.FrameSamples
	}
}

// fill makes the payload: telephone events have type 101 and end with three
// packets that say so (RFC 4733 section 2.5.1.4).
func (p *phone) fill(packet []byte, tone []int16, stamp uint32) int {
	binary.BigEndian.PutUint32(packet[4:], stamp)
	if p.digit == 0 {
		packet[1] = 0
		at := int(stamp) % len(tone)
		rtp.PCMU.Encode(packet[12:], tone[at:at+rtp.FrameSamples])
		return len(packet)
	}
	packet[1] = 101
	binary.BigEndian.PutUint32(packet[4:], stamp-uint32(p.pressed)*rtp.FrameSamples)
	packet[12], packet[13] = p.digit-'0', 10
	p.pressed++
	if p.pressed > 5 {
		packet[13] |= 0x80
	}
	if p.pressed == 8 {
		p.digit = 0
	}
	binary.BigEndian.PutUint16(packet[14:], uint16(p.pressed*rtp.FrameSamples))
	return 16
}

func (p *phone) listen() {
	buf := make([]byte, 1500)
	for {
		n, _, err := p.audio.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		p.mu.Lock()
		switch {
		case n == 12+rtp.FrameSamples && buf[1]&0x7f == 0:
			var f rtp.Frame
			rtp.PCMU.Decode(f[:], buf[12:n])
			p.heard = append(p.heard, f[:]...)
		case n == 16 && buf[1]&0x7f == 101:
			p.takeKey(binary.BigEndian.Uint32(buf[4:]), buf[12], buf[13]&0x80 != 0)
		}
		p.mu.Unlock()
	}
}

// takeKey counts each telephone event at its first end packet.
func (p *phone) takeKey(stamp uint32, event byte, end bool) {
	if end && (p.keys == "" || stamp != p.keyTime) {
		p.keys, p.keyTime = p.keys+string("0123456789*#"[event]), stamp
	}
}
