package world

import (
	"tandem"
	"tandem/voice"
)

// reconcilePlay begins what the customer is to hear, and tells again how it
// ended if it has.
func (r *room) reconcilePlay() {
	m, want := r.media, r.want.Play
	if want == nil {
		r.play = tandem.ID{}
		return
	}
	if report, over := m.donePlays[want.ID]; over {
		r.play = tandem.ID{}
		m.report(report)
		return
	}
	if r.play == want.ID {
		return
	}
	r.play = want.ID
	w := m.world
	report := voice.Report{Kind: voice.PlayEnded, Room: r.want.ID, Play: want.ID, Outcome: voice.PlayDone}
	length := w.chance.Between(800, 5_000)
	switch {
	case w.chance.PerMille(5):
		report.Outcome = voice.PlayFailed
	case want.Loop:
		return
	case want.Collect != nil:
		var after int64
		report.Digits, after = w.presses(want.Collect)
		report.Outcome = voice.PlayDigits
		if report.Digits == "" {
			report.Outcome = voice.PlayTimeout
		}
		length += after
	}
	m.after(length, func() { r.played(report) })
}

// played reports the end of a play, if it is still heard.
func (r *room) played(report voice.Report) {
	if r.play != report.Play {
		return
	}
	r.play = tandem.ID{}
	report.At = r.media.now()
	r.media.donePlays[report.Play] = report
	r.media.report(report)
}

func (r *room) reconcileRecording() {
	m, want := r.media, r.want.Record
	if want == nil || want.ID != r.recording {
		r.stopRecording()
	}
	if want == nil || want.ID == r.recording {
		return
	}
	if report, over := m.recorded[want.ID]; over {
		m.report(report)
		return
	}
	r.recording = want.ID
	r.closing++
	m.recorded[want.ID] = voice.Report{Started: m.now()}
}

// stopRecording stores the recording, which takes a while.
func (r *room) stopRecording() {
	if r.recording.IsZero() {
		return
	}
	m, id := r.media, r.recording
	report := voice.Report{Kind: voice.RecordingEnded, Room: r.want.ID, Recording: id,
		Location: "recordings/" + id.String() + ".wav", Started: m.recorded[id].Started, Stopped: m.now()}
	r.recording = tandem.ID{}
	m.after(m.world.chance.Between(100, 4_000), func() {
		m.recorded[id] = report
		m.report(report)
		r.closing--
		r.forget()
	})
}
