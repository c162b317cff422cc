package media

import (
	"tandem/media/room"
	"tandem/media/rtp"
	"tandem/media/sip"
	"tandem/media/speech"
	"tandem/media/turn"
)

// counters are guarded by the process's mutex.
type counters struct {
	callsIn, callsOut, refused uint64
	browsersRefused            uint64
	deniedNumbers, deniedFull  uint64
	failedOver, encrypted      uint64
	packetsIn, packetsOut      uint64
	lost, late, foreign        uint64
	forged                     uint64
}

// add takes over what a leg counted in its life.
func (c *counters) add(s rtp.Stats) {
	c.packetsIn += s.PacketsIn
	c.packetsOut += s.PacketsOut
	c.lost += s.Lost
	c.late += s.Late
	c.foreign += s.Foreign
	c.forged += s.Forged
}

// Metrics is the state of the process at one moment. Counts ending in Total
// only grow.
type Metrics struct {
	Linked, Draining bool
	Rooms, Legs      int
	KeptReports      int // waiting to be acknowledged by the core

	CallsInTotal, CallsOutTotal uint64
	CallsRefusedTotal           uint64 // 503 or 404 by this process; SIP has its own
	CallsEncryptedTotal         uint64 // answered with SRTP
	NumbersDeniedTotal          uint64 // calls out to a country or a kind of number that a trunk may not call
	CallsOverLimitTotal         uint64 // calls over what a trunk may have
	CallsFailedOverTotal        uint64 // tries at a further far side of a trunk

	Browsers           int    // connections of browsers
	OffersRefusedTotal uint64 // of browsers: too many, or not to be understood

	RTPPacketsInTotal, RTPPacketsOutTotal uint64 // of legs that have ended, as the next three
	RTPLostTotal, RTPLateTotal            uint64
	RTPForeignTotal                       uint64 // from a source that is not listened to
	RTPForgedTotal                        uint64 // encrypted packets that are not the far side's

	RecordingsFailedTotal       uint64 // could not be begun, or were cut short by the disk
	RecordingFramesDroppedTotal uint64 // 20 ms each
	RecordingUploadsFailedTotal uint64 // and tried again

	SpeechListenedTotal uint64 // utterances that an engine was asked to recognize
	SpeechFailedTotal   uint64 // of them, those that it did not

	Lateness  []room.LatenessBucket // of all rooms' ticks
	SIP       *sip.Metrics
	DeskUsers int            // who have a registered telephone
	Trunks    []TrunkMetrics // in the order of the configuration
	Relay     *turn.Metrics  // nil: there is none
}

// Metrics returns the present state.
func (p *Process) Metrics() Metrics {
	m := p.metrics()
	if p.relay != nil {
		relay := p.relay.Metrics()
		m.Relay = &relay
	}
	return m
}

func (p *Process) metrics() Metrics {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.counters
	var heard speech.Figures
	if p.config.Recognizer != nil {
		heard = p.config.Recognizer.Figures()
	}
	return Metrics{
		SpeechListenedTotal: heard.Listened, SpeechFailedTotal: heard.Failed,
		Linked: p.linked, Draining: p.draining, Rooms: len(p.rooms), Legs: len(p.legs), KeptReports: p.link.Kept(),
		Browsers: len(p.browsers.byID), OffersRefusedTotal: c.browsersRefused,
		CallsInTotal: c.callsIn, CallsOutTotal: c.callsOut, CallsRefusedTotal: c.refused, CallsFailedOverTotal: c.failedOver,
		RTPPacketsInTotal: c.packetsIn, RTPPacketsOutTotal: c.packetsOut,
		RTPLostTotal: c.lost, RTPLateTotal: c.late, RTPForeignTotal: c.foreign, RTPForgedTotal: c.forged,
		RecordingsFailedTotal: p.recordings.Failed(), RecordingFramesDroppedTotal: p.recordings.Dropped(),
		RecordingUploadsFailedTotal: p.recordings.FailedUploads(),
		Lateness:                    p.lateness.Buckets(), SIP: p.agent.Metrics(), Trunks: p.trunkMetrics(), DeskUsers: p.agent.Registered(), CallsEncryptedTotal: c.encrypted,
		NumbersDeniedTotal: c.deniedNumbers, CallsOverLimitTotal: c.deniedFull,
	}
}
