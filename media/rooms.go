package media

import (
	"context"
	"slices"
	"time"

	"tandem"
	"tandem/media/encrypt"
	"tandem/media/recording"
	"tandem/media/room"
	"tandem/voice"
)

// roomState is one room: what the core wants, and what there is.
type roomState struct {
	want      voice.Room
	mixer     *room.Room
	confirmed bool // sent, or named alive, over the present link
	legs      []*leg
	recorder  *recording.Recorder
	recording tandem.ID
	closing   map[tandem.ID]bool // recordings that are not reported yet
}

// coreWords is the process as package link sees it.
type coreWords struct{ *Process }

// Linked implements link.Handler.
func (p coreWords) Linked(linked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.linked = linked
	for _, r := range p.rooms {
		r.confirmed = false
	}
}

// Synced implements link.Handler: rooms that the core does not know end.
func (p coreWords) Synced(alive map[tandem.ID]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, r := range p.rooms {
		if !alive[id] && !r.confirmed && !r.want.Ended {
			p.config.Log.Warn("the core does not know a room: ending it", "room", id)
			p.endRoom(r)
		}
	}
}

// Room implements link.Handler.
func (p coreWords) Room(want voice.Room) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if want.Epoch < p.epochs[want.Instance] {
		p.config.Log.Warn("a room of a deposed core is ignored", "room", want.ID, "epoch", uint64(want.Epoch))
		return
	}
	p.epochs[want.Instance] = want.Epoch
	p.owners.set(want.ID, want.Instance)
	if beyond := tooMuch(want); beyond != "" && !want.Ended {
		p.config.Log.Error("a room beyond the limits is ignored", "room", want.ID, "beyond", beyond)
		return
	}
	r := p.rooms[want.ID]
	switch {
	case r == nil:
		p.firstSight(want)
	case want.Epoch == r.want.Epoch && want.Rev <= r.want.Rev:
		r.confirmed = true
	default:
		p.reconcile(r, want)
	}
}

// firstSight makes a room, unless it has ended before: then what became of it
// and of its legs is told again.
func (p *Process) firstSight(want voice.Room) {
	if report, ok := p.ended.get(want.ID); ok || want.Ended {
		for _, l := range want.Legs {
			p.endUnroomed(want.ID, l)
		}
		report.Kind, report.Room = voice.RoomForgotten, want.ID
		report.At = orDefault(report.At, now())
		p.report(report)
		return
	}
	r := p.newRoom()
	p.rooms[want.ID] = r
	p.reconcile(r, want)
}

func (p *Process) newRoom() *roomState {
	return &roomState{mixer: room.New(&p.lateness, p.config.Recognizer), closing: map[tandem.ID]bool{}}
}

// reconcile brings a room to what the core wants.
func (p *Process) reconcile(r *roomState, want voice.Room) {
	wasEnded := r.want.Ended
	r.want, r.confirmed = want, true
	if want.Ended || wasEnded {
		p.endRoom(r)
		return
	}
	for _, l := range want.Legs {
		p.reconcileLeg(r, l)
	}
	for _, l := range slices.Clone(r.legs) {
		if !slices.ContainsFunc(want.Legs, func(w voice.Leg) bool { return w.ID == l.id }) {
			p.hangUp(l, voice.CauseHangup)
		}
	}
	r.mixer.SetMix(want.Mix)
	p.reconcilePlays(r)
	p.reconcileRecording(r)
}

// reconcilePlays tells again how plays ended and leaves the others to the
// room, which goes on with those that it has begun.
func (p *Process) reconcilePlays(r *roomState) {
	var open []voice.Play
	for _, want := range r.want.Plays {
		if report, ok := p.donePlays.get(want.ID); ok {
			p.report(report)
			continue
		}
		open = append(open, want)
	}
	id := r.want.ID
	r.mixer.SetPlays(open, p.load, func(result room.PlayResult) { p.playEnded(id, result) })
}

func (p *Process) load(ctx context.Context, item voice.Prompt) ([]int16, error) {
	return p.prompts.Load(ctx, item)
}

// concealed encrypts digits that only the owner of a key is to read. They
// leave the process in no other form: where that cannot be done, the play has
// failed.
func concealed(result room.PlayResult) room.PlayResult {
	e := result.Encrypt
	if e == nil || result.Digits == "" {
		return result
	}
	message, err := encrypt.Message(e.KeyID, e.Certificate, string(result.Digits))
	result.Digits = tandem.Personal(message)
	if err != nil {
		result.Outcome, result.Digits, result.Err = voice.PlayFailed, "", err
	}
	return result
}

// playEnded is called from the room's goroutine.
func (p *Process) playEnded(roomID tandem.ID, result room.PlayResult) {
	result = concealed(result)
	if result.Err != nil {
		p.config.Log.Warn("a play failed", "room", roomID, "play", result.Play, "error", result.Err)
	}
	report := voice.Report{
		Kind: voice.PlayEnded, At: result.At, Room: roomID,
		Play: result.Play, Outcome: result.Outcome, Digits: result.Digits, Text: result.Text,
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.donePlays.add(result.Play, report, time.Now())
	p.report(report)
}

func (p *Process) reconcileRecording(r *roomState) {
	want := r.want.Record
	if want == nil || want.ID != r.recording {
		p.stopRecording(r)
	}
	if want == nil {
		return
	}
	if report, ok := p.recorded.get(want.ID); ok {
		p.report(report)
		return
	}
	if r.recorder == nil {
		if r.closing[want.ID] {
			return // it was stopped; how it ended is about to be told
		}
		r.recorder, r.recording = p.recordings.Start(r.want.ID, want.ID, now()), want.ID
		r.closing[want.ID] = true
	}
	r.mixer.Record(r.recorder, *want)
}

func (p *Process) stopRecording(r *roomState) {
	if r.recorder == nil {
		return
	}
	r.mixer.Record(nil, voice.Recording{})
	r.recorder.Stop(now())
	r.recorder, r.recording = nil, tandem.ID{}
}

// recordingEnded is called from the recording store's goroutine.
func (p *Process) recordingEnded(result recording.Result) {
	report := voice.Report{
		Kind: voice.RecordingEnded, At: result.Stopped, Room: result.Room, Recording: result.Recording,
		Location: result.Location, Started: result.Started, Stopped: result.Stopped,
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recorded.add(result.Recording, report, time.Now())
	p.report(report)
	if r := p.rooms[result.Room]; r != nil {
		delete(r.closing, result.Recording)
		p.forgetEnded(r)
	}
}

// endRoom hangs up and closes all that a room has.
func (p *Process) endRoom(r *roomState) {
	r.want.Ended = true
	for _, l := range slices.Clone(r.legs) {
		p.hangUp(l, p.wishedCause(r, l.id))
	}
	r.mixer.SetPlays(nil, nil, nil)
	p.stopRecording(r)
	p.forgetEnded(r)
}

func (p *Process) wishedCause(r *roomState, leg tandem.ID) voice.Cause {
	for _, l := range r.want.Legs {
		if l.ID == leg && l.Cause != voice.CauseNone {
			return l.Cause
		}
	}
	return voice.CauseHangup
}

// forgetEnded reports an ended room when nothing of it is left.
func (p *Process) forgetEnded(r *roomState) {
	id := r.want.ID
	if !r.want.Ended || len(r.legs) > 0 || len(r.closing) > 0 || p.rooms[id] != r {
		return
	}
	delete(p.rooms, id)
	r.mixer.Close()
	report := voice.Report{Kind: voice.RoomForgotten, At: now(), Room: id}
	p.ended.add(id, report, time.Now())
	p.report(report)
}
