package rtp

import (
	"bytes"
	"testing"
)

// tagged is a packet whose samples tell which packet it was.
func tagged(tag byte, size int) []byte { return bytes.Repeat([]byte{0x80 + tag}, size) }

func tagOf(f *Frame) int {
	var code [1]byte
	PCMU.Encode(code[:], f[:1])
	return int(code[0]) - 0x80
}

// play takes frames and returns their tags, -1 for silence or concealment.
func play(j *jitterBuffer, frames int) []int {
	var tags []int
	for range frames {
		var f Frame
		if j.get(&f) {
			tags = append(tags, tagOf(&f))
		} else {
			tags = append(tags, -1)
		}
	}
	return tags
}

func expect(t *testing.T, got []int, want ...int) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("played %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("played %v, want %v", got, want)
		}
	}
}

func TestJitterBufferWaitsForItsTarget(t *testing.T) {
	var j jitterBuffer
	j.put(10, PCMU, tagged(1, 160))
	expect(t, play(&j, 1), -1)
	j.put(11, PCMU, tagged(2, 160))
	expect(t, play(&j, 2), 1, 2)
}

func TestJitterBufferPutsPacketsInOrder(t *testing.T) {
	var j jitterBuffer
	for _, n := range []uint16{65534, 0, 65535, 2, 1, 1} { // over the wrap, one twice
		j.put(n, PCMU, tagged(byte(n+3), 160))
	}
	expect(t, play(&j, 6), 1, 2, 3, 4, 5, -1)
}

func TestLostPacketIsConcealedWithAFade(t *testing.T) {
	var j jitterBuffer
	for _, n := range []uint16{1, 2, 4, 5} {
		j.put(n, PCMU, tagged(1, 160))
	}
	expect(t, play(&j, 2), 1, 1)
	var before, concealed, after Frame
	before = j.last
	if j.get(&concealed) || concealed[0] != before[0]/2 {
		t.Errorf("the lost packet is %d, want half of %d", concealed[0], before[0])
	}
	if !j.get(&after) || j.lost != 1 {
		t.Errorf("after the loss nothing is played; %d lost", j.lost)
	}
}

func TestDryBufferFadesToSilence(t *testing.T) {
	var j jitterBuffer
	j.put(1, PCMU, tagged(1, 160))
	j.put(2, PCMU, tagged(1, 160))
	play(&j, 2)
	play(&j, concealFrames)
	var f Frame
	j.get(&f)
	if f != (Frame{}) {
		t.Errorf("after %d concealed frames there is still sound", concealFrames)
	}
	if !j.filling {
		t.Error("it does not fill again")
	}
}

func TestLatePacketRaisesTheTargetUpTo120Millis(t *testing.T) {
	var j jitterBuffer
	for seq := uint16(0); seq < 200; seq++ {
		if seq%10 != 5 {
			j.put(seq, PCMU, tagged(1, 160))
		}
		play(&j, 1)
		if seq%10 == 8 {
			j.put(seq-3, PCMU, tagged(1, 160)) // 60 ms after its time
		}
	}
	if j.late == 0 || j.target < 3 || j.target > maxTargetFrames {
		t.Errorf("%d late packets give a target of %d frames", j.late, j.target)
	}
}

func TestCalmLowersTheTarget(t *testing.T) {
	j := jitterBuffer{target: maxTargetFrames}
	for seq := range uint16(2000) {
		j.put(seq, PCMU, tagged(1, 160))
		play(&j, 1)
	}
	if j.target != minTargetFrames || j.samples > 3*FrameSamples {
		t.Errorf("after 40 s of calm the target is %d frames, %d samples wait", j.target, j.samples)
	}
}

func TestJitterBufferNeverHoldsMoreThanItsLimit(t *testing.T) {
	var j jitterBuffer
	for seq := range uint16(1000) {
		j.put(seq, PCMU, tagged(1, 160))
		if j.samples > maxBufferSamples {
			t.Fatalf("%d samples wait", j.samples)
		}
	}
}

func TestSequenceJumpStartsAnew(t *testing.T) {
	var j jitterBuffer
	j.put(1, PCMU, tagged(1, 160))
	j.put(30000, PCMU, tagged(2, 160))
	j.put(30001, PCMU, tagged(3, 160))
	expect(t, play(&j, 3), 2, 3, -1)
}

func TestPacketsOfOtherLengthsMakeWholeFrames(t *testing.T) {
	for _, size := range []int{80, 160, 240, 320, 480} {
		var j jitterBuffer
		for n := range uint16(4800 / uint16(size)) {
			j.put(n, PCMU, tagged(1, size))
			for j.samples > 4*FrameSamples {
				expect(t, play(&j, 1), 1)
			}
		}
	}
}

func TestEventPacketsAreNeitherSoundNorLoss(t *testing.T) {
	var j jitterBuffer
	j.put(1, PCMU, tagged(1, 160))
	j.put(2, PCMU, nil)
	j.put(3, PCMU, tagged(2, 160))
	expect(t, play(&j, 2), 1, 2)
	if j.lost != 0 {
		t.Errorf("%d counted as lost", j.lost)
	}
}

func BenchmarkJitterBuffer(b *testing.B) {
	var j jitterBuffer
	packet := tagged(1, 160)
	var f Frame
	for i := 0; b.Loop(); i++ {
		j.put(uint16(i), PCMU, packet)
		j.get(&f)
	}
}
