package room

import (
	"slices"

	"tandem/media/rtp"
	"tandem/voice"
)

// Recorder takes 20 ms of both channels. It must not block.
type Recorder interface {
	Write(customer, agent *rtp.Frame)
	Skip(frames int)
}

// Record writes to a recorder from now on, as want says: what is not chosen,
// suspended or held is written as silence. A nil recorder stops.
func (r *Room) Record(to Recorder, want voice.Recording) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorder, r.recording = to, want
}

// stepRecording gives the recorder what each side said.
func (r *Room) stepRecording() {
	if r.recorder == nil {
		return
	}
	var left, right [rtp.FrameSamples]int32
	for _, m := range r.members {
		switch {
		case r.recording.Suspended || slices.Contains(r.recording.Held, m.id):
		case m.isCustomerSide() && r.recording.Customer:
			add(&left, &m.in)
		case m.isAgentSide() && r.recording.Agent:
			add(&right, &m.in)
		}
	}
	var customer, agent rtp.Frame
	clip(&customer, &left)
	clip(&agent, &right)
	r.recorder.Write(&customer, &agent)
}

// isCustomerSide reports whether the leg belongs to the left channel.
func (m *member) isCustomerSide() bool { return m.role == voice.Customer || m.role == voice.Outside }

// isAgentSide reports whether the leg belongs to the right channel. A monitor
// does while it has barged in.
func (m *member) isAgentSide() bool {
	return m.role == voice.Agent || m.role == voice.Monitor && m.heard
}
