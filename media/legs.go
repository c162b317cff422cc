package media

import (
	"net/netip"
	"slices"
	"time"

	"tandem"
	"tandem/media/room"
	"tandem/media/rtp"
	"tandem/media/sdp"
	"tandem/media/sip"
	"tandem/voice"
)

// leg is one participant's call.
type leg struct {
	id       tandem.ID
	role     voice.Role
	room     *roomState // nil: arrived, and no room has claimed it
	trunk    *Trunk
	call     *sip.Call
	audio    *rtp.Leg // nil before an inbound leg is answered
	outbound bool
	want     voice.Leg // outbound: as it was asked for
	ways     []*peer   // outbound: far sides not tried yet
	tries    uint64    // outbound: calls placed
	joined   bool
	accepted bool // inbound: SIP was told to answer; browser: its agent has accepted
	answered bool
	rang     bool
	digits   string      // outbound: keys to send once it has answered
	dialled  bool        // they are on their way
	cause    voice.Cause // why this side ends it; none while it does not
	timer    *time.Timer // inbound: to be claimed; outbound: to be answered

	soft *softLeg // nil: the leg is no browser
}

// reconcileLeg brings one leg to what the core wants.
func (p *Process) reconcileLeg(r *roomState, want voice.Leg) {
	l := p.legs[want.ID]
	switch {
	case l == nil && !p.isGone(want.ID) && (want.Outbound || want.Soft) && want.Wish != voice.WishGone:
		p.dial(r, want)
		return
	case l == nil && want.Wish == voice.WishGone && p.goneFrom(r, want.ID):
		return // as it should be, and the core was told
	case l == nil:
		p.tellGone(r.want.ID, want)
		return
	}
	l.role, l.digits = want.Role, want.Digits
	p.claim(r, l)
	if l.joined {
		p.join(l) // the role may be another
	}
	l.sendDigits()
	switch {
	case want.Wish == voice.WishGone:
		p.hangUp(l, orDefault(want.Cause, voice.CauseHangup))
	case l.soft != nil:
		p.reconcileSoft(l, want)
	case l.outbound:
	case want.Wish == voice.WishRinging:
		l.call.Ring()
	case want.Wish == voice.WishAnswered:
		p.answer(l)
	}
}

func (p *Process) isGone(id tandem.ID) bool {
	_, ok := p.goneLegs.get(id)
	return ok
}

func (p *Process) goneFrom(r *roomState, id tandem.ID) bool {
	report, ok := p.goneLegs.get(id)
	return ok && report.Room == r.want.ID
}

// tellGone reports the end of a leg that is not there: as it was, or, when
// nothing is known of it, as lost with an earlier life of the process.
func (p *Process) tellGone(roomID tandem.ID, want voice.Leg) {
	report, ok := p.goneLegs.get(want.ID)
	if !ok {
		report = voice.Report{Kind: voice.LegEnded, At: now(), Leg: want.ID, Cause: voice.CauseLost}
		if want.Wish == voice.WishGone {
			report.Cause = orDefault(want.Cause, voice.CauseHangup)
		}
	}
	report.Room = roomID
	p.goneLegs.add(want.ID, report, time.Now())
	p.report(report)
}

// endUnroomed ends a leg of a room that is over before it was seen, such as a
// refused call: a call that still waits is turned away with the core's cause,
// and its end is reported as any other; one that is gone is told again.
func (p *Process) endUnroomed(roomID tandem.ID, want voice.Leg) {
	if l := p.legs[want.ID]; l != nil {
		p.hangUp(l, orDefault(want.Cause, voice.CauseHangup))
		return
	}
	p.tellGone(roomID, want)
}

// claim makes a leg the room's. A leg that another room had moves over.
func (p *Process) claim(r *roomState, l *leg) {
	if l.room == r {
		return
	}
	audible := l.joined
	if l.room != nil {
		p.leaveRoom(l)
	} else {
		l.timer.Stop()
	}
	l.room = r
	r.legs = append(r.legs, l)
	if audible {
		p.join(l)
	}
}

func (p *Process) leaveRoom(l *leg) {
	r := l.room
	if r == nil {
		return
	}
	r.mixer.Leave(l.id)
	r.legs = slices.DeleteFunc(r.legs, func(other *leg) bool { return other == l })
	l.room, l.joined = nil, false
}

// join lets the leg be heard, as soon as the far side's address is known. What
// is played to it begins when it has answered.
func (p *Process) join(l *leg) {
	if l.room == nil || l.audio == nil {
		return
	}
	l.joined = true
	if l.soft != nil && !l.accepted {
		l.room.mixer.Join(l.id, room.Waiting, l.audio)
		return
	}
	l.room.mixer.Join(l.id, l.role, l.audio)
	if l.answered {
		l.room.mixer.Answered(l.id)
	}
}

// sendDigits presses the keys that the core wants, once in the leg's life.
func (l *leg) sendDigits() {
	if l.outbound && l.answered && !l.dialled && l.digits != "" {
		l.dialled = true
		l.audio.SendKeys(l.digits)
	}
}

// openAudio binds the leg's ports and watches that audio comes.
func (p *Process) openAudio(l *leg) (netip.AddrPort, error) {
	if l.audio == nil {
		audio, err := rtp.Open(rtp.Config{Ports: p.ports, Strict: l.trunk.StrictRTP, Inactivity: p.config.Limits.RTPSilence})
		if err != nil {
			return netip.AddrPort{}, err
		}
		l.audio = audio
		p.background.Add(1)
		go p.watch(l, audio)
	}
	return netip.AddrPortFrom(p.config.ExternalIP, uint16(l.audio.Port())), nil
}

// watch hangs up a leg whose far side fell silent.
func (p *Process) watch(l *leg, audio *rtp.Leg) {
	defer p.background.Done()
	select {
	case <-audio.Closed():
	case <-audio.Lost():
		p.mu.Lock()
		defer p.mu.Unlock()
		p.hangUp(l, voice.CauseLost)
	}
}

func (p *Process) answer(l *leg) {
	if l.cause != voice.CauseNone {
		return
	}
	local, err := p.openAudio(l)
	if err != nil {
		p.config.Log.Error("a call cannot be answered", "leg", l.id, "error", err)
		p.hangUp(l, voice.CauseUnreachable)
		return
	}
	l.accepted = true
	l.call.Answer(local)
}

// dial places the call of an outbound leg, or waits for a browser.
func (p *Process) dial(r *roomState, want voice.Leg) {
	if want.Soft {
		p.awaitBrowser(r, want)
		return
	}
	remaining := time.Until(want.Deadline.Std())
	if !want.Deadline.IsZero() && remaining <= 0 {
		p.neverWas(r, want, voice.CauseNoAnswer)
		return
	}
	ways := p.waysTo(string(want.Target))
	if len(ways) == 0 {
		p.config.Log.Warn("nothing reaches the number of a leg: register the phone, or add the number's prefix to a trunk and check its address", "leg", want.ID)
		p.neverWas(r, want, voice.CauseUnreachable)
		return
	}
	l := &leg{id: want.ID, role: want.Role, room: r, trunk: ways[0].trunk, outbound: true, want: want, ways: ways, digits: want.Digits}
	err := p.placeNext(l)
	if err != nil {
		p.config.Log.Error("a call cannot be placed", "leg", want.ID, "trunk", l.trunk.Name, "error", err)
		if l.audio != nil {
			l.audio.Close()
		}
		p.neverWas(r, want, voice.CauseUnreachable)
		return
	}
	p.legs[l.id] = l
	r.legs = append(r.legs, l)
	p.counters.callsOut++
	if !want.Deadline.IsZero() {
		l.timer = time.AfterFunc(remaining, func() { p.notAnswered(l) })
	}
}

func (p *Process) notAnswered(l *leg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !l.answered {
		p.hangUp(l, voice.CauseNoAnswer)
	}
}

// neverWas reports a leg that could not be begun.
func (p *Process) neverWas(r *roomState, want voice.Leg, cause voice.Cause) {
	report := voice.Report{Kind: voice.LegEnded, At: now(), Room: r.want.ID, Leg: want.ID, Cause: cause}
	p.goneLegs.add(want.ID, report, time.Now())
	p.report(report)
}

// hangUp ends a leg in the way that fits its state; the end itself is reported
// when SIP is done with it. The first cause counts.
func (p *Process) hangUp(l *leg, cause voice.Cause) {
	if p.legs[l.id] != l || l.cause != voice.CauseNone {
		return
	}
	l.cause = cause
	if l.soft != nil {
		p.legEnded(l, now(), cause)
		return
	}
	if l.outbound || l.accepted {
		l.call.Hangup()
		return
	}
	l.call.Reject(refusal(cause))
}

// legEnded takes a leg out of everything and reports it.
func (p *Process) legEnded(l *leg, at tandem.Time, cause voice.Cause) {
	if l.timer != nil {
		l.timer.Stop()
	}
	r := l.room
	report := voice.Report{Kind: voice.LegEnded, At: at, Leg: l.id, Cause: cause}
	if r != nil {
		report.Room = r.want.ID
	}
	p.leaveRoom(l)
	delete(p.legs, l.id)
	delete(p.calls, l.call)
	p.goneLegs.add(l.id, report, time.Now())
	p.report(report)
	p.releaseBrowsers(l)
	if l.audio != nil {
		p.counters.add(l.audio.Stats())
		l.audio.Close()
	}
	if r != nil {
		p.forgetEnded(r)
	}
}

// session is what package rtp needs of a negotiated stream. The address
// 0.0.0.0 is hold in the old way (RFC 3264 section 8.4): nothing flows.
func session(s sdp.Stream) rtp.Session {
	held := s.Remote.Addr().IsUnspecified()
	return rtp.Session{
		Remote: s.Remote, Codec: rtp.Codec(s.Codec), EventPT: s.Events,
		Keys: rtp.Keys{Suite: s.Security.Suite, Local: s.Security.LocalKey, Remote: s.Security.RemoteKey},
		Send: s.Direction.Sends() && !held, Receive: s.Direction.Receives() && !held,
	}
}
