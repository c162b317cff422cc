package media_test

import (
	"testing"
	"time"

	"tandem"
	"tandem/media"
	"tandem/voice"
)

func id(name string) tandem.ID { return tandem.NameID("test", name) }

// roomOf is a room with one leg.
func roomOf(rev uint64, legs ...voice.Leg) voice.Room {
	return voice.Room{ID: id("room"), Epoch: 1, Rev: rev, Legs: legs}
}

func outbound(name string, wait time.Duration) voice.Leg {
	return voice.Leg{
		ID: id(name), Role: voice.Agent, Outbound: true, Wish: voice.WishRinging,
		Target: "+4930777", CallerID: "+4930123456", Deadline: tandem.At(time.Now().Add(wait)),
	}
}

// arrive lets the phone call in and returns the leg.
func (c *center) arrive(p *phone) voice.Leg {
	c.t.Helper()
	p.dial(c.sipAddr, "call-1", "+4930123456", "+4989654321")
	return voice.Leg{ID: c.expect(voice.CallArrived, tandem.ID{}).Leg, Role: voice.Customer, Wish: voice.WishAnswered}
}

// count is the number of reports of a kind so far.
func (c *center) count(kind voice.ReportKind) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, r := range c.reports {
		if r.Kind == kind {
			n++
		}
	}
	return n
}

func TestMediaStartedIsTheFirstReport(t *testing.T) {
	c := newCenter(t, nil, nil)
	if r := c.expect(voice.MediaStarted, tandem.ID{}); r.Number != 1 || r.Incarnation.IsZero() {
		t.Errorf("the report is %+v", r)
	}
}

func TestCallThatNoRoomClaimsIsRefused(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, func(cfg *media.Config) { cfg.Limits.ClaimWait = 50 * time.Millisecond })
	leg := c.arrive(caller)
	if gone := c.expect(voice.LegEnded, leg.ID); gone.Cause != voice.CauseUnreachable || !gone.Room.IsZero() {
		t.Errorf("the leg ended with %+v", gone)
	}
	eventually(t, "the caller is refused", caller.is(hasEnded))
	if caller.end.Status != 503 {
		t.Errorf("the status is %d, want 503", caller.end.Status)
	}
}

func TestCallThatTheCoreRefusesIsTurnedAwayAtOnce(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	leg := c.arrive(caller)
	leg.Wish, leg.Cause = voice.WishGone, voice.CauseInvalid
	refusal := roomOf(1, leg)
	refusal.Ended = true
	c.client.Send(refusal)
	if gone := c.expect(voice.LegEnded, leg.ID); gone.Cause != voice.CauseInvalid {
		t.Errorf("the leg ended with %+v", gone)
	}
	eventually(t, "the caller is refused", caller.is(hasEnded))
	if n := c.count(voice.LegEnded); n != 1 {
		t.Errorf("the end of the leg was reported %d times", n)
	}
}

func TestCallerWhoGivesUpEndsTheLeg(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	leg := c.arrive(caller)
	leg.Wish = voice.WishRinging
	c.send(roomOf(1, leg))
	eventually(t, "it rings", caller.is(func(p *phone) bool { return p.rang }))
	caller.hangUp()
	if gone := c.expect(voice.LegEnded, leg.ID); gone.Cause != voice.CauseRemote || gone.Room != id("room") {
		t.Errorf("the leg ended with %+v", gone)
	}
}

func TestNumberThatTheTrunkDoesNotServeIsRefused(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, func(cfg *media.Config) { cfg.Trunks[0].Numbers = []string{"+49301*"} })
	caller.dial(c.sipAddr, "call-1", "+4930999", "+4989654321")
	eventually(t, "the caller is refused", caller.is(hasEnded))
	if caller.end.Status != 404 || c.process.Metrics().CallsRefusedTotal == 0 {
		t.Errorf("the status is %d, want 404", caller.end.Status)
	}
}

func TestDrainingProcessRefusesNewCallsAndKeepsOldOnes(t *testing.T) {
	caller, late := newPhone(t, 440), newPhone(t, 300)
	c := newCenter(t, nil, nil)
	leg := c.arrive(caller)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	c.process.Drain()
	late.dial(c.sipAddr, "call-2", "+4930123456", "+4989654321")
	eventually(t, "the late caller is refused", late.is(hasEnded))
	if late.end.Status != 503 || caller.is(hasEnded)() {
		t.Errorf("the late caller got %d, want 503; the old call ended: %v", late.end.Status, caller.is(hasEnded)())
	}
}

// The causes of legs that never came to be answered.
func TestOutboundLegEndsWithTheRightCause(t *testing.T) {
	for name, c := range map[string]struct {
		refuse int
		idle   bool
		change func(*voice.Leg)
		want   voice.Cause
	}{
		"busy":          {486, false, nil, voice.CauseBusy},
		"declined":      {603, false, nil, voice.CauseRejected},
		"wrong number":  {404, false, nil, voice.CauseInvalid},
		"unavailable":   {480, false, nil, voice.CauseUnreachable},
		"broken":        {500, false, nil, voice.CauseUnreachable},
		"nobody home":   {0, true, func(l *voice.Leg) { l.Deadline = tandem.At(time.Now().Add(300 * time.Millisecond)) }, voice.CauseNoAnswer},
		"too late":      {0, true, func(l *voice.Leg) { l.Deadline = 1 }, voice.CauseNoAnswer},
		"no trunk":      {0, false, func(l *voice.Leg) { l.Target = "0815" }, voice.CauseUnreachable},
		"no number":     {0, false, func(l *voice.Leg) { l.Target = "+\r\nTo: evil" }, voice.CauseUnreachable},
		"gone at once":  {0, false, func(l *voice.Leg) { l.Wish, l.Cause = voice.WishGone, voice.CauseHangup }, voice.CauseHangup},
		"lost inbound":  {0, false, func(l *voice.Leg) { l.Outbound = false }, voice.CauseLost},
		"browser":       {0, false, func(l *voice.Leg) { l.Soft, l.Outbound, l.Target = true, false, "" }, voice.CauseUnreachable},
		"silent number": {0, true, func(l *voice.Leg) { l.CallerID, l.Deadline = "", tandem.At(time.Now().Add(300*time.Millisecond)) }, voice.CauseNoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			far := newPhone(t, 1000)
			far.behave(c.refuse, c.idle)
			center := newCenter(t, far, nil)
			leg := outbound("leg", patience)
			if c.change != nil {
				c.change(&leg)
			}
			center.send(roomOf(1, leg))
			if gone := center.expect(voice.LegEnded, leg.ID); gone.Cause != c.want || gone.Room != id("room") {
				t.Errorf("the leg ended with %v, want %v", gone.Cause, c.want)
			}
		})
	}
}

func TestAskingTwiceRingsOnce(t *testing.T) {
	far := newPhone(t, 1000)
	far.behave(0, true)
	c := newCenter(t, far, nil)
	leg := outbound("leg", patience)
	c.send(roomOf(1, leg))
	c.expect(voice.LegRinging, leg.ID)
	leg.Wish = voice.WishAnswered
	c.send(roomOf(2, leg))
	c.disconnect()
	c.connect() // the snapshot has the room again
	leg.Wish = voice.WishGone
	c.send(roomOf(3, leg))
	c.expect(voice.LegEnded, leg.ID)
	eventually(t, "the far side's call ended", far.is(hasEnded))
	if n := c.process.Metrics().CallsOutTotal; n != 1 {
		t.Errorf("%d calls were placed", n)
	}
}

func TestEndedLegIsReportedAgainNotDialledAgain(t *testing.T) {
	far := newPhone(t, 1000)
	far.behave(486, false)
	c := newCenter(t, far, nil)
	leg := outbound("leg", patience)
	c.send(roomOf(1, leg))
	c.expect(voice.LegEnded, leg.ID)
	c.send(roomOf(2, leg))
	eventually(t, "it is reported again", func() bool { return c.count(voice.LegEnded) == 2 })
	if n := c.process.Metrics().CallsOutTotal; n != 1 {
		t.Errorf("%d calls were placed", n)
	}
}

func TestFinishedPlayIsReportedAgainNotPlayedAgain(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	room := roomOf(1, c.arrive(caller))
	room.Plays = []voice.Play{{ID: id("play"), Listener: room.Legs[0].ID, Items: []voice.Prompt{{Prompt: "Beep.wav"}}}}
	c.send(room)
	first := c.expect(voice.PlayEnded, tandem.ID{})
	room.Rev = 2
	c.send(room)
	eventually(t, "it is reported again", func() bool { return c.count(voice.PlayEnded) == 2 })
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := c.reports[len(c.reports)-1]; first.Outcome != voice.PlayDone || last.At != first.At {
		t.Errorf("the reports are %+v and %+v", first, last)
	}
}

func TestMissingPromptFailsThePlay(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	room := roomOf(1, c.arrive(caller))
	room.Plays = []voice.Play{{ID: id("play"), Listener: room.Legs[0].ID, Items: []voice.Prompt{{Prompt: "nothing.wav"}}}}
	c.send(room)
	if r := c.expect(voice.PlayEnded, tandem.ID{}); r.Outcome != voice.PlayFailed {
		t.Errorf("the play ended with %+v", r)
	}
}

func TestQueueMusicPlaysOnWithoutTheCore(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	room := roomOf(1, c.arrive(caller))
	room.Plays = []voice.Play{{ID: id("play"), Listener: room.Legs[0].ID, Items: []voice.Prompt{{Prompt: "tone.wav"}}, Loop: true}}
	c.send(room)
	eventually(t, "the music is heard", func() bool { return caller.hears(700) })
	c.disconnect()
	caller.forget()
	eventually(t, "the music is heard without a core", func() bool { return caller.hears(700) })
}

func TestDeadlineHoldsWithoutTheCore(t *testing.T) {
	far := newPhone(t, 1000)
	far.behave(0, true)
	c := newCenter(t, far, nil)
	leg := outbound("leg", 500*time.Millisecond)
	c.send(roomOf(1, leg))
	c.expect(voice.LegRinging, leg.ID)
	c.disconnect()
	eventually(t, "the far side stops ringing", far.is(hasEnded))
	c.connect()
	if gone := c.expect(voice.LegEnded, leg.ID); gone.Cause != voice.CauseNoAnswer {
		t.Errorf("the leg ended with %v", gone.Cause)
	}
}

func TestRoomThatTheCoreForgotEnds(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	leg := c.arrive(caller)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	c.disconnect()
	c.mu.Lock()
	delete(c.rooms, id("room"))
	c.mu.Unlock()
	c.connect()
	c.expect(voice.RoomForgotten, tandem.ID{})
	eventually(t, "the caller's call ended", caller.is(hasEnded))
}

func TestRoomOfADeposedCoreIsIgnored(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	leg := c.arrive(caller)
	room := roomOf(1, leg)
	room.Epoch = 7
	c.send(room)
	c.expect(voice.LegAnswered, leg.ID)
	old := roomOf(100)
	old.Ended, old.Epoch = true, 6
	c.client.Send(old)
	caller.forget()
	play := room
	play.Rev = 2
	play.Plays = []voice.Play{{ID: id("play"), Listener: leg.ID, Items: []voice.Prompt{{Prompt: "Beep.wav"}}}}
	c.send(play)
	c.expect(voice.PlayEnded, tandem.ID{}) // what came later was done, so the old one was seen
	if caller.is(hasEnded)() || c.count(voice.RoomForgotten) != 0 {
		t.Error("the deposed core ended the room")
	}
}

func TestRoomThatEndedIsForgottenAgain(t *testing.T) {
	c := newCenter(t, nil, nil)
	room := roomOf(1)
	room.Ended = true
	c.send(room)
	c.expect(voice.RoomForgotten, tandem.ID{})
	room.Rev = 2
	c.send(room)
	eventually(t, "it is reported again", func() bool { return c.count(voice.RoomForgotten) == 2 })
}

func TestSilentCallerIsLost(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, func(cfg *media.Config) { cfg.Limits.RTPSilence = 300 * time.Millisecond })
	leg := c.arrive(caller)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	caller.mute()
	if gone := c.expect(voice.LegEnded, leg.ID); gone.Cause != voice.CauseLost {
		t.Errorf("the leg ended with %v, want lost", gone.Cause)
	}
	eventually(t, "the caller is hung up", caller.is(hasEnded))
}

func TestStoppingProcessHangsUpAndTellsTheCore(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	room := roomOf(1, c.arrive(caller))
	room.Record = &voice.Recording{ID: id("recording"), Customer: true}
	c.send(room)
	c.expect(voice.LegAnswered, room.Legs[0].ID)
	c.stop()
	if gone := c.expect(voice.LegEnded, room.Legs[0].ID); gone.Cause != voice.CauseShutdown {
		t.Errorf("the leg ended with %v, want shutdown", gone.Cause)
	}
	if recorded := c.expect(voice.RecordingEnded, tandem.ID{}); recorded.Location == "" {
		t.Errorf("the recording ended with %+v", recorded)
	}
	eventually(t, "the caller is hung up", caller.is(hasEnded))
}

func TestLegMovesToAnotherRoom(t *testing.T) {
	caller, far := newPhone(t, 440), newPhone(t, 1000)
	c := newCenter(t, far, nil)
	leg := c.arrive(caller)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	agent := outbound("agent", patience)
	next := voice.Room{
		ID: id("next room"), Epoch: 1, Rev: 1, Legs: []voice.Leg{leg, agent},
		Mix: []voice.Path{{Speaker: leg.ID, Listener: agent.ID}, {Speaker: agent.ID, Listener: leg.ID}},
	}
	c.send(next)
	eventually(t, "the caller hears the agent", func() bool { return caller.hears(1000) })
	ended := roomOf(2, leg)
	ended.Ended = true
	c.send(ended)
	c.expect(voice.RoomForgotten, tandem.ID{})
	caller.forget()
	eventually(t, "the caller still hears the agent", func() bool { return caller.hears(1000) })
}
