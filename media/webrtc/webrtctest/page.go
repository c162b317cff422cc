// Package webrtctest is an agent's page for tests: a browser's side of a
// connection, made in Go, that speaks a tone and knows what it hears.
package webrtctest

import (
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	pionrtp "github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"tandem/media/rtp"
)

const (
	patience   = 20 * time.Second
	amplitude  = 6000
	eventType  = "audio/telephone-event"
	eventPT    = 126 // what Chromium calls telephone events at 8 kHz
	listenedTo = rtp.SampleRateHz / 4
)

// Page is one page. Its methods may be called from anywhere.
type Page struct {
	t      testing.TB
	conn   *pion.PeerConnection
	sender *pion.RTPSender
	writer atomic.Pointer[pion.TrackLocalContext]
	done   chan struct{}
	ended  sync.Once

	mu      sync.Mutex
	toneHz  float64
	muted   bool
	key     byte // to be pressed: its event
	pressed int  // packets of it sent; the last three end it
	heard   []int16
	keys    int // packets of telephone events heard
	reports []rtcp.Packet
	seq     uint16
	stamp   uint32
}

// New makes a page whose microphone hears a tone. Servers are STUN and TURN
// servers; with any, the page connects over a relay only, as softphone
// libraries do.
func New(t testing.TB, toneHz float64, servers ...pion.ICEServer) *Page {
	t.Helper()
	config := pion.Configuration{ICEServers: servers}
	if len(servers) > 0 {
		config.ICETransportPolicy = pion.ICETransportPolicyRelay
	}
	conn, err := api(t).NewPeerConnection(config)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{t: t, conn: conn, toneHz: toneHz, done: make(chan struct{})}
	if p.sender, err = conn.AddTrack(p); err != nil {
		t.Fatal(err)
	}
	conn.OnTrack(p.listen)
	t.Cleanup(p.Close)
	go p.speak()
	return p
}

// api offers what Chromium does, as far as it matters.
func api(t testing.TB) *pion.API {
	t.Helper()
	var m pion.MediaEngine
	for _, codec := range []pion.RTPCodecParameters{
		{RTPCodecCapability: pion.RTPCodecCapability{MimeType: pion.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=20;useinbandfec=1"}, PayloadType: 111},
		{RTPCodecCapability: pion.RTPCodecCapability{MimeType: pion.MimeTypePCMU, ClockRate: 8000}, PayloadType: 0},
		{RTPCodecCapability: pion.RTPCodecCapability{MimeType: pion.MimeTypePCMA, ClockRate: 8000}, PayloadType: 8},
		{RTPCodecCapability: pion.RTPCodecCapability{MimeType: eventType, ClockRate: 8000}, PayloadType: eventPT},
	} {
		if err := m.RegisterCodec(codec, pion.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	var s pion.SettingEngine
	s.LoggerFactory = &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	return pion.NewAPI(pion.WithMediaEngine(&m), pion.WithSettingEngine(s), pion.WithInterceptorRegistry(&interceptor.Registry{}))
}

// Offer makes an offer; with restart, one of new addresses.
func (p *Page) Offer(restart bool) string {
	p.t.Helper()
	offer, err := p.conn.CreateOffer(&pion.OfferOptions{ICERestart: restart})
	if err != nil {
		p.t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(p.conn)
	if err := p.conn.SetLocalDescription(offer); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-gathered:
	case <-time.After(patience):
		p.t.Fatal("the page finds no addresses")
	}
	return p.conn.LocalDescription().SDP
}

// Accept takes the answer.
func (p *Page) Accept(sdp string) {
	p.t.Helper()
	if err := p.conn.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: sdp}); err != nil {
		p.t.Fatal(err)
	}
}

// Connected reports whether the connection is up.
func (p *Page) Connected() bool {
	return p.conn.ConnectionState() == pion.PeerConnectionStateConnected
}

// Gone reports whether the far side has closed the connection.
func (p *Page) Gone() bool { return p.conn.ConnectionState() == pion.PeerConnectionStateClosed }

// Route is the addresses that are used, as "relay host": this side's kind, and
// the other's.
func (p *Page) Route() string {
	pair, err := p.sender.Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return ""
	}
	return pair.Local.Typ.String() + " " + pair.Remote.Typ.String()
}

// Close closes the page, as its tab.
func (p *Page) Close() {
	p.ended.Do(func() {
		close(p.done)
		p.conn.Close()
	})
}

// Crash ends the page without a word.
func (p *Page) Crash() {
	p.ended.Do(func() {
		close(p.done)
		_ = p.sender.Transport().ICETransport().Stop()
	})
}

// Mute says whether the page sends nothing at all; it sends no RTCP anyway.
func (p *Page) Mute(muted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.muted = muted
}

// Press holds a key 0 to 9 for 100 ms.
func (p *Page) Press(key byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key, p.pressed = key-'0'+1, 0
}

// Keys is how many packets of telephone events were heard.
func (p *Page) Keys() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys
}

// Reports are the RTCP packets that came.
func (p *Page) Reports() []rtcp.Packet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]rtcp.Packet(nil), p.reports...)
}

// Forget empties what was heard, to look only at what comes next.
func (p *Page) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard = nil
}

// Heard is how many samples were heard since Forget.
func (p *Page) Heard() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.heard)
}

// Loudness is the amplitude of a tone in the last quarter of a second; zero
// while less than half a second was heard since Forget.
func (p *Page) Loudness(hz float64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.heard) < 2*listenedTo {
		return 0
	}
	var re, im float64
	for i, s := range p.heard[len(p.heard)-listenedTo:] {
		turn := 2 * math.Pi * hz * float64(i) / rtp.SampleRateHz
		re, im = re+float64(s)*math.Cos(turn), im+float64(s)*math.Sin(turn)
	}
	return 2 * math.Hypot(re, im) / listenedTo
}

func (p *Page) listen(t *pion.TrackRemote, r *pion.RTPReceiver) {
	go func() {
		for {
			packets, _, err := r.ReadRTCP()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.reports = append(p.reports, packets...)
			p.mu.Unlock()
		}
	}()
	for {
		packet, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		p.hear(packet)
	}
}

func (p *Page) hear(packet *pionrtp.Packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if packet.PayloadType != uint8(rtp.PCMU) {
		p.keys++
		return
	}
	var f rtp.Frame
	rtp.PCMU.Decode(f[:], packet.Payload)
	p.heard = append(p.heard, f[:]...)
}

// speak sends the tone, or the key that is pressed, every 20 ms.
func (p *Page) speak() {
	ticker := time.NewTicker(rtp.FrameMillis * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-ticker.C:
		}
		if writer := p.writer.Load(); writer != nil {
			p.say(*writer)
		}
	}
}

func (p *Page) say(to pion.TrackLocalContext) {
	p.mu.Lock()
	h, payload := p.frame()
	muted := p.muted
	p.mu.Unlock()
	h.SSRC = uint32(to.SSRC())
	if !muted {
		_, _ = to.WriteStream().WriteRTP(&h, payload)
	}
}

// frame is the next 20 ms.
func (p *Page) frame() (pionrtp.Header, []byte) {
	h := pionrtp.Header{Version: 2, SequenceNumber: p.seq, Timestamp: p.stamp}
	p.seq++
	p.stamp += rtp.FrameSamples
	if p.key != 0 {
		return p.event(h)
	}
	samples := make([]int16, rtp.FrameSamples)
	for i := range samples {
		samples[i] = int16(amplitude * math.Sin(2*math.Pi*p.toneHz*float64(int(h.Timestamp)+i)/rtp.SampleRateHz))
	}
	payload := make([]byte, rtp.FrameSamples)
	rtp.PCMU.Encode(payload, samples)
	return h, payload
}

// event is a packet of a telephone event (RFC 4733 section 2.5.1).
func (p *Page) event(h pionrtp.Header) (pionrtp.Header, []byte) {
	const packets, ends = 8, 3
	h.PayloadType = eventPT
	h.Timestamp -= uint32(p.pressed) * rtp.FrameSamples
	payload := []byte{p.key - 1, 10, 3, 32}
	p.pressed++
	if p.pressed > packets-ends {
		payload[1] |= 0x80
	}
	if p.pressed == packets {
		p.key = 0
	}
	return h, payload
}

// Bind implements webrtc.TrackLocal.
func (p *Page) Bind(c pion.TrackLocalContext) (pion.RTPCodecParameters, error) {
	p.writer.Store(&c)
	for _, codec := range c.CodecParameters() {
		if codec.MimeType == pion.MimeTypePCMU {
			return codec, nil
		}
	}
	return pion.RTPCodecParameters{}, pion.ErrUnsupportedCodec
}

// Unbind implements webrtc.TrackLocal.
func (p *Page) Unbind(pion.TrackLocalContext) error {
	p.writer.Store(nil)
	return nil
}

// ID implements webrtc.TrackLocal.
func (p *Page) ID() string { return "microphone" }

// RID implements webrtc.TrackLocal.
func (p *Page) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (p *Page) StreamID() string { return "page" }

// Kind implements webrtc.TrackLocal.
func (p *Page) Kind() pion.RTPCodecType { return pion.RTPCodecTypeAudio }
