package world

import (
	"slices"

	"tandem"
	"tandem/voice"
)

// play is what one leg of a room hears.
type play struct {
	want  voice.Play
	begun bool // its listener has answered
}

// reconcilePlays begins what each listener is to hear, lets go on what they
// hear already, and tells again how plays ended that have.
func (r *room) reconcilePlays() {
	m := r.media
	var plays []*play
	for _, want := range r.want.Plays {
		if report, over := m.donePlays[want.ID]; over {
			m.report(report)
			continue
		}
		p := &play{}
		if i := r.playIndex(want.ID); i >= 0 {
			p = r.plays[i]
		}
		p.want = want
		plays = append(plays, p)
	}
	r.plays = plays
	r.beginPlays()
}

func (r *room) playIndex(id tandem.ID) int {
	return slices.IndexFunc(r.plays, func(p *play) bool { return p.want.ID == id })
}

// beginPlays begins the plays whose listeners have answered.
func (r *room) beginPlays() {
	for _, p := range r.plays {
		if l := r.media.legs[p.want.Listener]; !p.begun && l != nil && l.room == r && l.speaks {
			p.begun = true
			r.begin(p.want)
		}
	}
}

func (r *room) begin(want voice.Play) {
	m, w := r.media, r.media.world
	report := voice.Report{Kind: voice.PlayEnded, Room: r.want.ID, Play: want.ID, Outcome: voice.PlayDone}
	length := w.chance.Between(800, 5_000)
	switch {
	case w.chance.PerMille(5):
		report.Outcome = voice.PlayFailed
	case want.Loop:
		return
	case want.Collect != nil && want.Collect.Listen != nil && w.chance.PerMille(600):
		report.Outcome, report.Text = voice.PlaySpoken, "I want to travel."
		length += w.chance.Between(300, want.Collect.Listen.MaxMillis)
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
	i := r.playIndex(report.Play)
	if i < 0 {
		return
	}
	r.plays = slices.Delete(r.plays, i, i+1)
	report.At = r.media.now()
	r.media.world.count(playOutcomes[report.Outcome])
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
