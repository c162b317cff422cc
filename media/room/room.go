package room

import (
	"slices"
	"sync"
	"time"

	"tandem"
	"tandem/media/rtp"
	"tandem/media/speech"
	"tandem/voice"
)

const (
	tick        = rtp.FrameMillis * time.Millisecond
	resyncAfter = 200 * time.Millisecond // a room this late skips what it missed
)

// Member is one leg's audio. All methods are called from the room's goroutine
// only, and must not block. [rtp.Leg] is one.
type Member interface {
	// Receive fills the frame with the next 20 ms that the leg spoke.
	Receive(*rtp.Frame)
	// Send plays 20 ms to the leg.
	Send(*rtp.Frame)
	// Skip tells that some frames were left out because the room was late.
	Skip(frames int)
	// Digits gives the keys that the leg presses.
	Digits() <-chan rtp.Digit
}

// Waiting is the role of a leg that hears silence and is heard by nobody,
// whatever the mix says, such as a browser whose agent has not accepted yet.
const Waiting voice.Role = 0

// Room is the mixer of one call.
type Room struct {
	lateness *Lateness
	engine   speech.Engine // nil: nobody understands speech
	closing  chan struct{}
	done     chan struct{}
	once     sync.Once

	mu      sync.Mutex // guards what follows; held for one tick
	members []*member
	paths   []path
	mix     []voice.Path
	plays   []*play // of different listeners; one that is over stays until it is no longer wanted

	recorder  Recorder // nil: nothing is recorded
	recording voice.Recording
}

type member struct {
	id       tandem.ID
	role     voice.Role
	audio    Member
	answered bool
	heard    bool // by somebody who is not a monitor
	in, out  rtp.Frame
	sum      [rtp.FrameSamples]int32
}

type path struct{ speaker, listener *member }

// New starts a room, which measures itself into lateness, and understands what
// is said with the engine; without one, plays collect keys only. [Room.Close]
// ends it.
func New(lateness *Lateness, engine speech.Engine) *Room {
	r := &Room{lateness: lateness, engine: engine, closing: make(chan struct{}), done: make(chan struct{})}
	go r.run()
	return r
}

// Close ends the room without waiting; Done tells when it has ended. Plays
// under way end without a result.
func (r *Room) Close() { r.once.Do(func() { close(r.closing) }) }

// Done is closed when the room's goroutine has ended.
func (r *Room) Done() <-chan struct{} { return r.done }

// Join adds a leg; one that is there already only takes the role.
func (r *Room) Join(id tandem.ID, role voice.Role, audio Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.find(id); m != nil {
		m.role = role
	} else {
		r.members = append(r.members, &member{id: id, role: role, audio: audio})
	}
	r.connect()
}

// Answered begins the play that waits for a leg, and any later one at once. A
// leg that has joined before is heard, and hears the others, as it may be
// while it still rings.
func (r *Room) Answered(id tandem.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.find(id); m != nil {
		m.answered = true
	}
}

// Leave takes a leg out. A play for it ends without a result.
func (r *Room) Leave(id tandem.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = slices.DeleteFunc(r.members, func(m *member) bool { return m.id == id })
	r.plays = slices.DeleteFunc(r.plays, func(p *play) bool {
		if p.Listener == id {
			p.cancel()
		}
		return p.Listener == id
	})
	r.connect()
}

// SetMix says who hears whom. Paths of legs that have not joined take effect
// when they do.
func (r *Room) SetMix(mix []voice.Path) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mix = mix
	r.connect()
}

// connect resolves the mix to the legs that are there. A path listed twice is
// no louder.
func (r *Room) connect() {
	r.paths = r.paths[:0]
	for _, m := range r.members {
		m.heard = false
	}
	for _, p := range r.mix {
		speaker, listener := r.find(p.Speaker), r.find(p.Listener)
		resolved := path{speaker, listener}
		if speaker == nil || listener == nil || speaker == listener || slices.Contains(r.paths, resolved) ||
			speaker.role == Waiting || listener.role == Waiting {
			continue
		}
		r.paths = append(r.paths, resolved)
		speaker.heard = speaker.heard || listener.role != voice.Monitor
	}
}

func (r *Room) find(id tandem.ID) *member {
	for _, m := range r.members {
		if m.id == id {
			return m
		}
	}
	return nil
}

// run calls step at absolute times, so that being late once does not shift
// what follows.
func (r *Room) run() {
	defer close(r.done)
	defer r.SetPlays(nil, nil, nil)
	next := time.Now().Add(tick)
	timer := time.NewTimer(tick)
	defer timer.Stop()
	for {
		select {
		case <-r.closing:
			return
		case <-timer.C:
		}
		now := time.Now()
		late := now.Sub(next)
		r.lateness.observe(late)
		if late > resyncAfter {
			missed := int(late / tick)
			r.skip(missed)
			next = next.Add(time.Duration(missed) * tick)
		}
		r.step(tandem.At(now))
		next = next.Add(tick)
		timer.Reset(time.Until(next))
	}
}

func (r *Room) skip(frames int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.members {
		m.audio.Skip(frames)
	}
	if r.recorder != nil {
		r.recorder.Skip(frames)
	}
}

// step does the work of 20 ms.
func (r *Room) step(now tandem.Time) {
	r.mu.Lock()
	for _, m := range r.members {
		m.audio.Receive(&m.in)
		clear(m.sum[:])
	}
	for _, p := range r.paths {
		add(&p.listener.sum, &p.speaker.in)
	}
	ended := r.stepPlays(now)
	for _, m := range r.members {
		clip(&m.out, &m.sum)
		m.audio.Send(&m.out)
	}
	r.stepRecording()
	r.mu.Unlock()
	for _, p := range ended {
		p.done(p.result)
	}
}

func add(sum *[rtp.FrameSamples]int32, f *rtp.Frame) {
	for i, s := range f {
		sum[i] += int32(s)
	}
}

func clip(dst *rtp.Frame, sum *[rtp.FrameSamples]int32) {
	for i, s := range sum {
		dst[i] = int16(max(-32768, min(32767, s)))
	}
}
