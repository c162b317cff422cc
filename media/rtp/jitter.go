package rtp

// Limits of the jitter buffer, in frames of 20 ms where not said otherwise.
const (
	ringPackets      = 64  // packets kept by sequence number; a power of two
	minTargetFrames  = 2   // 40 ms
	maxTargetFrames  = 6   // 120 ms
	resyncPackets    = 100 // a jump of the sequence number that starts the buffer anew
	shrinkAfter      = 250 // frames (5 s) of having too much before one packet is let go
	concealFrames    = 4   // repeats of the last frame, each at half the level, before silence
	maxPayloadBytes  = 480 // 60 ms of G.711
	maxBufferSamples = (maxTargetFrames + 4) * FrameSamples
)

// jitterBuffer turns packets that come early, late, twice or not at all into
// one frame every 20 ms. It is a ring by sequence number. It begins to play
// when the target is filled; when it runs dry it repeats the last frame with a
// fade (packet loss concealment), then is silent and fills again. Late packets
// raise the target, calm lowers it. Packets may carry any time up to 60 ms.
type jitterBuffer struct {
	ring    [ringPackets]slot
	next    uint16 // sequence number to be played next
	highest uint16
	started bool
	filling bool // waiting for the target
	waited  int  // frames spent filling since something arrived
	samples int  // audio waiting in the ring
	target  int

	left      []int16 // rest of the packet being played
	decoded   [maxPayloadBytes]int16
	last      Frame
	concealed int // frames concealed in a row
	quiet     bool
	plenty    int // frames in a row with more than the target

	late, lost uint64
}

type slot struct {
	seq   uint16
	full  bool
	codec Codec
	size  int // zero: the packet holds no audio (an event or comfort noise)
	data  [maxPayloadBytes]byte
}

// put takes one packet. An empty payload stands for a packet without audio.
func (j *jitterBuffer) put(seq uint16, codec Codec, payload []byte) {
	if len(payload) > maxPayloadBytes {
		return
	}
	ahead := int(int16(seq - j.next))
	if !j.started || ahead > resyncPackets || ahead < -resyncPackets {
		j.restart(seq)
		ahead = 0
	}
	if ahead < 0 {
		j.tooLate(len(payload))
		return
	}
	for ahead >= ringPackets {
		j.drop()
		ahead--
	}
	s := &j.ring[seq%ringPackets]
	if s.full && s.seq == seq {
		return
	}
	s.seq, s.full, s.codec, s.size = seq, true, codec, len(payload)
	copy(s.data[:], payload)
	j.samples += len(payload)
	if int16(seq-j.highest) > 0 {
		j.highest = seq
	}
	for j.samples > maxBufferSamples {
		j.drop()
	}
}

func (j *jitterBuffer) restart(seq uint16) {
	for i := range j.ring {
		j.ring[i].full = false
	}
	j.started, j.filling, j.waited, j.samples = true, true, 0, 0
	j.next, j.highest, j.left = seq, seq, nil
	j.target = max(j.target, minTargetFrames)
}

// tooLate is called for a packet whose turn has passed. While filling, the
// packet may have overtaken the first one, which is no sign of jitter.
func (j *jitterBuffer) tooLate(size int) {
	if size == 0 || j.filling {
		return
	}
	j.late++
	if j.target < maxTargetFrames {
		j.target++
		j.filling, j.waited = true, 0
	}
}

// drop lets go of the oldest packet.
func (j *jitterBuffer) drop() {
	s := &j.ring[j.next%ringPackets]
	if s.full && s.seq == j.next {
		j.samples -= s.size
		s.full = false
	}
	j.next++
}

// get fills dst with the next 20 ms and reports whether it is audio that was
// received, not concealed or silent.
func (j *jitterBuffer) get(dst *Frame) bool {
	if !j.ready() {
		j.conceal(dst)
		return false
	}
	filled := copy(dst[:], j.left)
	j.left = j.left[filled:]
	for filled < FrameSamples {
		if !j.advance() {
			break
		}
		n := copy(dst[filled:], j.left)
		j.left = j.left[n:]
		filled += n
	}
	if filled == 0 {
		j.conceal(dst)
		return false
	}
	clear(dst[filled:])
	j.last, j.concealed, j.quiet = *dst, 0, false
	j.shrink()
	return true
}

// ready reports whether playing may go on, and ends the filling.
func (j *jitterBuffer) ready() bool {
	if !j.started {
		return false
	}
	if !j.filling {
		return true
	}
	if j.samples == 0 {
		return false
	}
	j.waited++
	if j.samples < j.target*FrameSamples && j.waited <= 2*maxTargetFrames {
		return false
	}
	j.filling = false
	return true
}

// advance decodes the next packet into left. It reports false when there is
// none: the buffer ran dry, or one packet was lost.
func (j *jitterBuffer) advance() bool {
	for int16(j.highest-j.next) >= 0 {
		s := &j.ring[j.next%ringPackets]
		if !s.full || s.seq != j.next {
			j.next++
			j.lost++
			return false
		}
		s.full = false
		j.next++
		j.samples -= s.size
		if s.size == 0 {
			j.quiet = true
			continue
		}
		s.codec.Decode(j.decoded[:s.size], s.data[:s.size])
		j.left = j.decoded[:s.size]
		return true
	}
	return false
}

// conceal repeats the last frame ever more softly, then gives silence and
// waits for the target to fill again.
func (j *jitterBuffer) conceal(dst *Frame) {
	if j.concealed >= concealFrames || j.quiet {
		clear(dst[:])
		j.filling = true
		return
	}
	for i := range j.last {
		j.last[i] /= 2
	}
	*dst = j.last
	j.concealed++
}

// shrink lets one packet go when more than the target has been waiting for a
// while, and lowers the target itself.
func (j *jitterBuffer) shrink() {
	if j.samples <= j.target*FrameSamples && j.target == minTargetFrames {
		j.plenty = 0
		return
	}
	if j.plenty++; j.plenty < shrinkAfter {
		return
	}
	j.plenty = 0
	j.target = max(j.target-1, minTargetFrames)
	if j.samples > j.target*FrameSamples {
		j.drop()
	}
}
