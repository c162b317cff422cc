package media

import (
	"time"

	"tandem"
	"tandem/media/rtp"
	"tandem/voice"
)

// softLeg is what a leg has that is a browser.
//
// The browser comes by itself while the leg rings, as its page sees the offer,
// so its audio is there before the agent accepts. Until then it hears silence
// and nobody hears it. The leg outlives its connections: another page of the
// agent takes it over, and one that is lost may come back for a while.
type softLeg struct {
	userID  tandem.ID
	carrier *browser    // the connection that carries it now; nil: none
	grace   *time.Timer // until a connection must be there; nil: it need not, or is
}

// awaitBrowser makes the leg of an agent's browser.
func (p *Process) awaitBrowser(r *roomState, want voice.Leg) {
	if p.gateway == nil {
		p.config.Log.Warn("there is no way to a browser: set webrtc in the configuration, or give the agent a desk phone", "leg", want.ID)
		p.neverWas(r, want, voice.CauseUnreachable)
		return
	}
	remaining := time.Until(want.Deadline.Std())
	if !want.Deadline.IsZero() && remaining <= 0 {
		p.neverWas(r, want, voice.CauseNoAnswer)
		return
	}
	l := &leg{id: want.ID, role: want.Role, room: r, outbound: true, soft: &softLeg{userID: want.UserID}}
	l.audio = rtp.Carried(p.config.Limits.RTPSilence)
	p.background.Add(1)
	go p.watch(l, l.audio)
	p.legs[l.id] = l
	r.legs = append(r.legs, l)
	if !want.Deadline.IsZero() {
		l.timer = time.AfterFunc(remaining, func() { p.notAnswered(l) })
	}
	p.browsers.legCame()
	p.reconcileSoft(l, want)
}

// reconcileSoft lets the agent be heard who has accepted.
func (p *Process) reconcileSoft(l *leg, want voice.Leg) {
	if want.Wish != voice.WishAnswered || l.accepted {
		return
	}
	l.accepted = true
	if l.soft.carrier == nil {
		p.beginGrace(l)
	}
	if l.joined {
		p.join(l)
	}
}

// beginGrace ends the leg unless a connection comes up in time.
func (p *Process) beginGrace(l *leg) {
	if l.soft.grace == nil {
		l.soft.grace = time.AfterFunc(p.config.Limits.BrowserGrace, func() { p.graceOver(l) })
	}
}

func (l *leg) endGrace() {
	if l.soft.grace != nil {
		l.soft.grace.Stop()
		l.soft.grace = nil
	}
}

func (p *Process) graceOver(l *leg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case l.soft.grace == nil || l.soft.carrier != nil && l.soft.carrier.up: // it came up just now
	case l.answered:
		p.hangUp(l, voice.CauseLost)
	default:
		p.hangUp(l, voice.CauseUnreachable)
	}
}

// carry lets a connection that is up carry the leg. The leg's other
// connections are those of pages that are gone.
func (p *Process) carry(l *leg, b *browser) {
	for _, other := range p.browsers.of(l) {
		if other != b {
			p.closeBrowser(other)
		}
	}
	if l.soft.carrier != b {
		l.soft.carrier = b
		b.peer.Attach(l.audio)
		l.audio.Carry(b.peer, b.peer.Session())
	}
	l.endGrace()
	if !l.answered {
		l.answered = true
		if l.timer != nil {
			l.timer.Stop()
		}
		p.rings(l, time.Now())
		p.report(voice.Report{Kind: voice.LegAnswered, At: now(), Room: l.room.want.ID, Leg: l.id})
	}
	p.join(l)
}

// uncarry is what happens to the leg whose connection is gone.
func (p *Process) uncarry(b *browser) {
	l := b.leg
	b.leg = nil
	b.peer.Attach(nil)
	if l == nil || l.soft.carrier != b {
		return
	}
	l.soft.carrier = nil
	l.audio.Carry(nil, rtp.Session{})
	if p.legs[l.id] == l {
		p.beginGrace(l)
	}
}

// releaseBrowsers ends what the connections did for a leg that is over: those
// that are kept wait for the next.
func (p *Process) releaseBrowsers(l *leg) {
	if l.soft == nil {
		return
	}
	l.endGrace()
	for _, b := range p.browsers.of(l) {
		p.uncarry(b)
		if !b.keep {
			p.closeBrowser(b)
		}
	}
}
