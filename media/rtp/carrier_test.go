package rtp

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// way is a carrier that keeps what it is given.
type way struct {
	ssrc    uint32
	packets [][]byte
	reports []rtcp.CompoundPacket
}

func (w *way) SSRC() uint32 { return w.ssrc }
func (w *way) Sent() (seq uint16, stamp uint32, ok bool) {
	if len(w.packets) == 0 {
		return 0, 0, false
	}
	last := w.packets[len(w.packets)-1]
	return binary.BigEndian.Uint16(last[2:]), binary.BigEndian.Uint32(last[4:]), true
}
func (w *way) WriteRTP(packet []byte)          { w.packets = append(w.packets, bytes.Clone(packet)) }
func (w *way) WriteRTCP(r rtcp.CompoundPacket) { w.reports = append(w.reports, r) }

func TestStreamGoesOnOverAnotherCarrier(t *testing.T) {
	l := Carried(0)
	first, second := &way{ssrc: 1}, &way{ssrc: 2}
	both := Session{Codec: PCMU, Send: true, Receive: true}
	var f Frame
	l.Send(&f) // which nobody carries
	l.Carry(first, both)
	l.Send(&f)
	l.Carry(nil, Session{})
	l.Send(&f)
	l.Carry(second, both)
	l.Send(&f)
	if len(first.packets) != 1 || len(second.packets) != 1 {
		t.Fatalf("%d and %d packets were carried, want 1 and 1", len(first.packets), len(second.packets))
	}
	a, b := first.packets[0], second.packets[0]
	if binary.BigEndian.Uint32(a[8:]) != 1 || binary.BigEndian.Uint32(b[8:]) != 2 {
		t.Error("a packet has not the SSRC of its carrier")
	}
	if seqs := binary.BigEndian.Uint16(b[2:]) - binary.BigEndian.Uint16(a[2:]); seqs != 1 {
		t.Errorf("the sequence number grew by %d, want 1", seqs)
	}
	if passed := binary.BigEndian.Uint32(b[4:]) - binary.BigEndian.Uint32(a[4:]); passed != 2*FrameSamples {
		t.Errorf("the timestamp grew by %d, want two frames", passed)
	}
	if b[1]&0x80 == 0 {
		t.Error("the first packet over another carrier does not begin a talk spurt")
	}
	l.Close()
	if len(first.reports) != 0 || len(second.reports) != 1 {
		t.Errorf("%d and %d reports were carried, want the last one over the second", len(first.reports), len(second.reports))
	}
}

// A connection that is kept for the next call carries one stream for its
// browser, whose replay protection drops what goes back.
func TestNextLegGoesOnWithTheStreamOfItsCarrier(t *testing.T) {
	kept := &way{ssrc: 1}
	var f Frame
	for range 20 {
		l := Carried(0)
		l.Carry(kept, Session{Codec: PCMU, Send: true})
		l.Send(&f)
		l.Close()
	}
	for i := 1; i < len(kept.packets); i++ {
		before, next := kept.packets[i-1], kept.packets[i]
		if seqs := binary.BigEndian.Uint16(next[2:]) - binary.BigEndian.Uint16(before[2:]); seqs != 1 {
			t.Fatalf("leg %d begins %d packets after the one before", i, seqs)
		}
	}
}

func TestPacketsOfAReplacedCarrierAreDropped(t *testing.T) {
	l := Carried(0)
	defer l.Close()
	old, present := &way{ssrc: 1}, &way{ssrc: 2}
	packet := append([]byte{0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9}, make([]byte, FrameSamples)...)
	l.Carry(old, Session{Codec: PCMU, Send: true, Receive: true})
	l.CarriedRTP(old, packet, time.Now())
	l.Carry(present, Session{Codec: PCMU, Send: true, Receive: true})
	l.CarriedRTP(old, packet, time.Now())
	l.CarriedRTP(present, packet, time.Now())
	if got := l.Stats(); got.PacketsIn != 2 || got.Foreign != 1 {
		t.Errorf("the leg counted %+v, want 2 packets and 1 foreign", got)
	}
}

func TestLegThatNobodyCarriesIsNotLost(t *testing.T) {
	l := Carried(40 * time.Millisecond)
	defer l.Close()
	select {
	case <-l.Lost():
		t.Fatal("it was lost")
	case <-time.After(200 * time.Millisecond):
	}
	l.Carry(&way{}, Session{Codec: PCMU, Send: true, Receive: true})
	select {
	case <-l.Lost():
	case <-time.After(patience):
		t.Error("it was carried, heard nothing and was not lost")
	}
}
