package webrtc

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor"
	pionrtp "github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"
)

// track is the audio that goes to a browser, packet by packet as package rtp
// makes it.
type track struct {
	bound atomic.Pointer[stream]
	last  atomic.Pointer[sent]
}

// sent is the place of a packet in its stream.
type sent struct {
	seq   uint16
	stamp uint32
}

// stream is what the offer and the answer agreed on.
type stream struct {
	ssrc    uint32
	eventPT uint8 // 0: none
	writer  pion.TrackLocalWriter
}

// errNoPCMU should not happen: offers without it are refused before.
var errNoPCMU = errors.New("PCMU was not agreed on")

// Bind implements webrtc.TrackLocal.
func (t *track) Bind(c pion.TrackLocalContext) (pion.RTPCodecParameters, error) {
	s := &stream{ssrc: uint32(c.SSRC()), writer: c.WriteStream()}
	var speech *pion.RTPCodecParameters
	for _, codec := range c.CodecParameters() {
		switch codec.MimeType {
		case pion.MimeTypePCMU:
			speech = &codec
		case eventType:
			s.eventPT = uint8(codec.PayloadType)
		}
	}
	if speech == nil {
		return pion.RTPCodecParameters{}, errNoPCMU
	}
	t.bound.Store(s)
	return *speech, nil
}

// Unbind implements webrtc.TrackLocal.
func (t *track) Unbind(pion.TrackLocalContext) error {
	t.bound.Store(nil)
	return nil
}

// ID implements webrtc.TrackLocal.
func (t *track) ID() string { return "audio" }

// RID implements webrtc.TrackLocal.
func (t *track) RID() string { return "" }

// StreamID implements webrtc.TrackLocal.
func (t *track) StreamID() string { return "call" }

// Kind implements webrtc.TrackLocal.
func (t *track) Kind() pion.RTPCodecType { return pion.RTPCodecTypeAudio }

func (t *track) stream() stream {
	if s := t.bound.Load(); s != nil {
		return *s
	}
	return stream{}
}

func (t *track) eventPT() uint8 { return t.stream().eventPT }

// write encrypts and sends one packet.
func (t *track) write(packet []byte) {
	s := t.bound.Load()
	if s == nil {
		return
	}
	var h pionrtp.Header
	if n, err := h.Unmarshal(packet); err == nil {
		t.last.Store(&sent{h.SequenceNumber, h.Timestamp})
		_, _ = s.writer.WriteRTP(&h, packet[n:])
	}
}

// readReports hands the RTCP of one direction to the leg until the connection
// closes.
func (p *Peer) readReports(read func([]byte) (int, interceptor.Attributes, error)) {
	buf := make([]byte, maxPacketBytes)
	for {
		n, _, err := read(buf)
		if err != nil {
			return
		}
		if l := p.leg.Load(); l != nil {
			l.CarriedRTCP(p, buf[:n], time.Now())
		}
	}
}
