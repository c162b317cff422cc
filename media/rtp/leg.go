package rtp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	pionrtp "github.com/pion/rtp"

	"tandem"
)

const (
	headerBytes    = 12
	maxPacketBytes = 1500
	digitsWaiting  = 32 // digits nobody took yet; more are dropped
	comfortNoise   = 13 // payload type (RFC 3389)
)

// DefaultInactivity is how long a leg may send neither RTP nor RTCP before it
// counts as lost.
const DefaultInactivity = 30 * time.Second

// Config is what a [Leg] needs before it knows the far side.
type Config struct {
	Ports      *Ports
	Strict     bool          // send only to, and hear only, the signalled address
	Inactivity time.Duration // zero: DefaultInactivity
}

// Session is what a session description agreed on for the leg.
type Session struct {
	Remote  netip.AddrPort // signalled RTP address
	Codec   Codec          // what this side sends; both codecs are understood
	EventPT uint8          // payload type of telephone events; 0: none
	Send    bool           // the far side wants to hear (RFC 3264 section 8.4)
	Receive bool           // the far side will speak
	Keys    Keys           // of encrypted audio
}

// Stats counts what a leg has seen. Durations are in milliseconds.
type Stats struct {
	PacketsIn, PacketsOut uint64
	Lost, Late            uint64 // packets that never came, or came after their turn
	Foreign               uint64 // packets from a source that is not listened to
	Forged                uint64 // encrypted packets that are not the far side's, or came before
	DigitsDropped         uint64
	JitterMillis          int
	RoundTripMillis       int // from the far side's receiver reports; 0: unknown
}

// Leg sends and receives the audio of one call. Its output is one continuous
// stream of sequence numbers and timestamps, whatever happens to the session.
type Leg struct {
	rtpConn, rtcpConn *net.UDPConn // nil: everything goes over the carrier
	inactivity        time.Duration
	digits            chan Digit
	lost              chan struct{}
	closing           chan struct{}
	closeOnce         sync.Once
	running           sync.WaitGroup
	lastHeard         atomic.Int64 // Unix milliseconds of the last RTP or RTCP packet

	mu         sync.Mutex // guards everything below
	session    Session
	signalled  netip.AddrPort
	latch      latch
	carrier    Carrier
	jitter     jitterBuffer
	events     eventReceiver
	reception  reception
	stats      Stats
	ssrc       uint32
	seq        uint16
	stamp      uint32
	marked     bool // the next packet starts a talk spurt
	keys       keySender
	eventStamp uint32 // of the key being sent
	octets     uint32
	out        [headerBytes + FrameSamples]byte
	secure     secure
}

// Open binds a pair of ports and starts to listen. [Leg.Close] ends it.
func Open(cfg Config) (*Leg, error) {
	rtpConn, rtcpConn, err := cfg.Ports.open()
	if err != nil {
		return nil, err
	}
	l := newLeg(cfg.Inactivity)
	l.rtpConn, l.rtcpConn = rtpConn, rtcpConn
	l.latch.strict = cfg.Strict
	l.running.Add(3)
	go l.readRTP()
	go l.readRTCP()
	go l.report()
	return l, nil
}

// Port is the local RTP port; RTCP uses the next one.
func (l *Leg) Port() int { return l.rtpConn.LocalAddr().(*net.UDPAddr).Port }

// Start applies a session description: the first one, or a change.
func (l *Leg) Start(s Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latch.signal(s.Remote, l.signalled)
	l.secure.set(s.Keys)
	l.session, l.signalled = s, s.Remote
	l.lastHeard.Store(time.Now().UnixMilli())
}

// Digits gives the keys that the far side presses.
func (l *Leg) Digits() <-chan Digit { return l.digits }

// Press takes a key that came another way, as a SIP INFO request.
func (l *Leg) Press(d Digit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deliver(d)
}

// Lost is closed when nothing was heard for the inactivity time although the
// far side should speak.
func (l *Leg) Lost() <-chan struct{} { return l.lost }

// Closed is closed when Close was called.
func (l *Leg) Closed() <-chan struct{} { return l.closing }

// Close stops the leg and frees its ports.
func (l *Leg) Close() {
	l.closeOnce.Do(func() {
		close(l.closing)
		l.sendReport(true)
		if l.rtpConn != nil {
			l.rtpConn.Close()
			l.rtcpConn.Close()
		}
	})
	l.running.Wait()
}

// Stats returns the counts so far.
func (l *Leg) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Lost, s.Late = l.jitter.lost, l.jitter.late
	s.JitterMillis = int(l.reception.jitter) / (16 * SampleRateHz / 1000)
	return s
}

// Receive fills dst with the next 20 ms that the far side spoke, silence if
// there is none. It is to be called every 20 ms.
func (l *Leg) Receive(dst *Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deliver(l.events.expire(tandem.At(time.Now())))
	l.jitter.get(dst)
}

// Send transmits 20 ms of audio. Errors of the network are the same as loss.
func (l *Leg) Send(f *Frame) {
	l.mu.Lock()
	packet, to := l.packetize(f)
	carrier := l.carrier
	l.mu.Unlock()
	if packet != nil {
		l.transmit(packet, carrier, to)
	}
}

// Skip moves the timestamp over frames that were not sent because the sender
// was late.
func (l *Leg) Skip(frames int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stamp += uint32(frames) * FrameSamples
	l.marked = true
}

// packetize makes the packet in l.out, which only the one sender uses: audio,
// or the key being pressed.
func (l *Leg) packetize(f *Frame) ([]byte, netip.AddrPort) {
	if !l.session.Send || !l.reachable() {
		l.stamp += FrameSamples
		l.marked = true
		return nil, netip.AddrPort{}
	}
	var packet []byte
	key, frame := l.keys.next()
	switch {
	case key == 0:
		packet = l.audioPacket(f)
	case l.session.EventPT == 0:
		packet = l.audioPacket(keyTone(key, frame))
	default:
		packet = l.eventPacket(key, frame)
	}
	l.seq++
	l.stamp += FrameSamples
	l.stats.PacketsOut++
	l.octets += uint32(len(packet) - headerBytes)
	if packet = l.secure.seal(packet); packet == nil {
		return nil, netip.AddrPort{}
	}
	return packet, l.latch.remote
}

func (l *Leg) audioPacket(f *Frame) []byte {
	l.header(uint8(l.session.Codec), l.stamp, l.marked)
	l.marked = false
	l.session.Codec.Encode(l.out[headerBytes:], f[:])
	return l.out[:]
}

// header fills in the fixed header (RFC 3550 section 5.1).
func (l *Leg) header(payloadType uint8, stamp uint32, marker bool) {
	l.out[0], l.out[1] = 0x80, payloadType
	if marker {
		l.out[1] |= 0x80
	}
	binary.BigEndian.PutUint16(l.out[2:], l.seq)
	binary.BigEndian.PutUint32(l.out[4:], stamp)
	binary.BigEndian.PutUint32(l.out[8:], l.ssrc)
}

func (l *Leg) readRTP() {
	defer l.running.Done()
	buf := make([]byte, maxPacketBytes)
	for {
		n, source, err := l.rtpConn.ReadFromUDPAddrPort(buf)
		if l.closed() {
			return
		}
		if err == nil {
			l.received(buf[:n], netip.AddrPortFrom(source.Addr().Unmap(), source.Port()), time.Now())
		}
	}
}

func (l *Leg) closed() bool {
	select {
	case <-l.closing:
		return true
	default:
		return false
	}
}

// received takes one packet off the network.
func (l *Leg) received(packet []byte, source netip.AddrPort, now time.Time) {
	l.receive(packet, now, func(ssrc uint32, seq uint16) bool { return l.latch.accept(source, ssrc, seq, tandem.At(now)) })
}

// receive takes one packet whose way here is accepted.
func (l *Leg) receive(packet []byte, now time.Time, accepted func(ssrc uint32, seq uint16) bool) {
	var h pionrtp.Header
	size, err := h.Unmarshal(packet)
	if err != nil || h.Version != 2 {
		return
	}
	at := tandem.At(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	packet, genuine := l.secure.open(packet, &h)
	if !genuine {
		l.stats.Forged++
		return
	}
	payload := packet[size:]
	if h.Padding && len(payload) > 0 {
		payload = payload[:max(0, len(payload)-int(payload[len(payload)-1]))]
	}
	if !accepted(h.SSRC, h.SequenceNumber) {
		l.stats.Foreign++
		return
	}
	l.lastHeard.Store(int64(at))
	l.stats.PacketsIn++
	l.reception.packet(h.SSRC, h.SequenceNumber, h.Timestamp, now)
	switch {
	case h.PayloadType == uint8(PCMU) || h.PayloadType == uint8(PCMA):
		l.jitter.put(h.SequenceNumber, Codec(h.PayloadType), payload)
	case l.session.EventPT != 0 && h.PayloadType == l.session.EventPT:
		l.jitter.put(h.SequenceNumber, PCMU, nil)
		older, this := l.events.packet(h.Timestamp, payload, at)
		l.deliver(older)
		l.deliver(this)
	case h.PayloadType == comfortNoise:
		l.jitter.put(h.SequenceNumber, PCMU, nil)
	}
}

func (l *Leg) deliver(d Digit) {
	if d.Key == 0 {
		return
	}
	select {
	case l.digits <- d:
	default:
		l.stats.DigitsDropped++
	}
}
