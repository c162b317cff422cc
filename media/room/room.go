package room

import (
	"sync"
	"time"

	"tandem"
	"tandem/media/rtp"
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

// Recorder takes 20 ms of both channels. It must not block.
type Recorder interface {
	Write(customer, agent *rtp.Frame)
	Skip(frames int)
}

// Room is the mixer of one contact.
type Room struct {
	lateness *Lateness
	closing  chan struct{}
	done     chan struct{}
	once     sync.Once

	mu      sync.Mutex // guards what follows; held for one tick
	members []*member
	paths   []path
	mix     []voice.Path
	play    *play
	record  recording

	finished tandem.ID // the play that ended last
}

type member struct {
	id      tandem.ID
	role    voice.Role
	audio   Member
	in, out rtp.Frame
	sum     [rtp.FrameSamples]int32
}

type path struct{ speaker, listener *member }

type recording struct {
	to              Recorder
	customer, agent bool
}

// New starts a room, which measures itself into lateness. [Room.Close] ends
// it.
func New(lateness *Lateness) *Room {
	r := &Room{lateness: lateness, closing: make(chan struct{}), done: make(chan struct{})}
	go r.run()
	return r
}

// Close ends the room without waiting; Done tells when it has ended. A play
// under way ends without a result.
func (r *Room) Close() { r.once.Do(func() { close(r.closing) }) }

// Done is closed when the room's goroutine has ended.
func (r *Room) Done() <-chan struct{} { return r.done }

// Join adds a leg; a leg that is there already stays as it is.
func (r *Room) Join(id tandem.ID, role voice.Role, audio Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.find(id) != nil {
		return
	}
	r.members = append(r.members, &member{id: id, role: role, audio: audio})
	r.connect()
}

// Leave takes a leg out. A play for it ends without a result.
func (r *Room) Leave(id tandem.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, m := range r.members {
		if m.id == id {
			r.members = append(r.members[:i], r.members[i+1:]...)
			break
		}
	}
	if r.play != nil && r.play.Listener == id {
		r.play.cancel()
		r.play = nil
	}
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

// Record writes the chosen channels to a recorder from now on; a channel not
// chosen is silent. A nil recorder stops.
func (r *Room) Record(to Recorder, customer, agent bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.record = recording{to: to, customer: customer, agent: agent}
}

// connect resolves the mix to the legs that are there.
func (r *Room) connect() {
	r.paths = r.paths[:0]
	for _, p := range r.mix {
		speaker, listener := r.find(p.Speaker), r.find(p.Listener)
		if speaker != nil && listener != nil && speaker != listener {
			r.paths = append(r.paths, path{speaker, listener})
		}
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
	defer r.stopPlay()
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
	if r.record.to != nil {
		r.record.to.Skip(frames)
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
	finished, result := r.stepPlay(now)
	for _, m := range r.members {
		clip(&m.out, &m.sum)
		m.audio.Send(&m.out)
	}
	r.stepRecording()
	r.mu.Unlock()
	if finished != nil {
		finished(result)
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

// stepRecording gives the recorder what customers and what agents said.
func (r *Room) stepRecording() {
	if r.record.to == nil {
		return
	}
	var left, right [rtp.FrameSamples]int32
	for _, m := range r.members {
		switch {
		case m.role == voice.Customer && r.record.customer:
			add(&left, &m.in)
		case m.role == voice.Agent && r.record.agent:
			add(&right, &m.in)
		}
	}
	var customer, agent rtp.Frame
	clip(&customer, &left)
	clip(&agent, &right)
	r.record.to.Write(&customer, &agent)
}
