package rtp

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"strings"
	"testing"
	"time"
)

// pressedBy lets a leg with those keys send some frames to a bare socket.
func pressedBy(t *testing.T, eventPT uint8, keys string, frames int) [][]byte {
	t.Helper()
	far, l := listener(t), openLeg(t, Config{})
	l.Start(Session{Remote: addrOf(far), EventPT: eventPT, Send: true, Receive: true})
	l.SendKeys(keys)
	var f Frame
	var packets [][]byte
	for range frames {
		l.Send(&f)
		packets = append(packets, readPacket(t, far))
	}
	return packets
}

func readPacket(t *testing.T, far *net.UDPConn) []byte {
	t.Helper()
	buf := make([]byte, maxPacketBytes)
	_ = far.SetReadDeadline(time.Now().Add(patience))
	n, err := far.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

// RFC 4733 section 2.5.1: one timestamp, growing duration, the marker at the
// first packet, the last packet three times.
func TestKeyIsOneTelephoneEvent(t *testing.T) {
	packets := pressedBy(t, 97, "#", 12)
	first := binary.BigEndian.Uint32(packets[0][4:])
	for i, p := range packets {
		if seq := binary.BigEndian.Uint16(p[2:]) - binary.BigEndian.Uint16(packets[0][2:]); int(seq) != i {
			t.Errorf("packet %d has sequence number +%d", i, seq)
		}
		stamp := binary.BigEndian.Uint32(p[4:]) - first
		if i >= keyFrames+endPackets-1 {
			if p[1]&0x7f != 0 || int(stamp) != i*FrameSamples || (p[1]&0x80 != 0) != (i == keyFrames+endPackets-1) {
				t.Errorf("packet %d is of type %d at +%d: want audio", i, p[1], stamp)
			}
			continue
		}
		flags := byte(eventVolume)
		if i >= keyFrames-1 {
			flags |= eventEnd
		}
		want := fmt.Sprintf("%d %v 0 [11 %d] %d", 97, i == 0, flags, min(i+1, keyFrames)*FrameSamples)
		got := fmt.Sprintf("%d %v %d %v %d", p[1]&0x7f, p[1]&0x80 != 0, stamp, p[12:14], binary.BigEndian.Uint16(p[14:]))
		if got != want || len(p) != 16 {
			t.Errorf("packet %d is %s, want %s", i, got, want)
		}
	}
}

func TestKeysArriveAtAnotherLeg(t *testing.T) {
	const keys = "0123456789*#ABCD5577"
	from, to := openLeg(t, Config{}), openLeg(t, Config{})
	from.Start(Session{Remote: to.addr(), EventPT: 101, Send: true, Receive: true})
	to.Start(Session{Remote: from.addr(), EventPT: 101, Send: true, Receive: true})
	from.SendKeys("x" + keys + " ")
	var f Frame
	for range everyFrames * (len(keys) + 1) {
		from.Send(&f)
	}
	var got []byte
	eventually(t, "all keys arrive", func() bool {
		select {
		case d := <-to.Digits():
			got = append(got, d.Key)
		default:
		}
		return len(got) == len(keys)
	})
	if string(got) != keys || to.Stats().DigitsDropped != 0 {
		t.Errorf("%q arrived, want %q", got, keys)
	}
}

func TestCommaIsASecondOfAudio(t *testing.T) {
	packets := pressedBy(t, 101, "1,2", everyFrames+pauseFrames+1)
	var starts []int
	for i, p := range packets {
		if p[1] == 0x80|101 {
			starts = append(starts, i)
		}
	}
	if want := []int{0, everyFrames + pauseFrames}; fmt.Sprint(starts) != fmt.Sprint(want) {
		t.Errorf("keys begin at the frames %v, want %v", starts, want)
	}
}

func TestKeysWaitWhileTheFarSideDoesNotListen(t *testing.T) {
	far, l := listener(t), openLeg(t, Config{})
	session := Session{Remote: addrOf(far), EventPT: 101, Receive: true}
	l.Start(session)
	l.SendKeys("9")
	var f Frame
	for range 20 {
		l.Send(&f)
	}
	session.Send = true
	l.Start(session)
	l.Send(&f)
	if p := readPacket(t, far); p[1] != 0x80|101 || p[12] != 9 {
		t.Errorf("the first packet is % x, want the beginning of a 9", p)
	}
}

func TestTooManyKeysAreLeftOut(t *testing.T) {
	var s keySender
	s.add(strings.Repeat("1", MaxKeys+10))
	s.add("2")
	if s.waiting != strings.Repeat("1", MaxKeys) {
		t.Errorf("%d keys wait, want %d", len(s.waiting), MaxKeys)
	}
}

// ITU-T Q.23: a 5 is 770 and 1336 Hz.
func TestFarSideWithoutEventsHearsTones(t *testing.T) {
	var heard []int16
	for _, p := range pressedBy(t, 0, "5", keyFrames+1) {
		var f Frame
		PCMU.Decode(f[:], p[headerBytes:])
		heard = append(heard, f[:]...)
	}
	during, after := heard[:keyFrames*FrameSamples], heard[keyFrames*FrameSamples:]
	for _, c := range []struct {
		hz    float64
		sound bool
	}{{770, true}, {1336, true}, {697, false}, {852, false}, {1209, false}, {1477, false}} {
		if got := amplitude(during, c.hz); (got > 0.8*toneAmplitude) != c.sound {
			t.Errorf("%.0f Hz has the amplitude %.0f", c.hz, got)
		}
	}
	if got := amplitude(after, 770); got > 10 {
		t.Errorf("after the key 770 Hz has the amplitude %.0f", got)
	}
}

// amplitude is that of one frequency, by Goertzel's algorithm.
func amplitude(samples []int16, hz float64) float64 {
	c := 2 * math.Cos(2*math.Pi*hz/SampleRateHz)
	var s1, s2 float64
	for _, x := range samples {
		s1, s2 = float64(x)+c*s1-s2, s1
	}
	return 2 * math.Sqrt(max(s1*s1+s2*s2-c*s1*s2, 0)) / float64(len(samples))
}
