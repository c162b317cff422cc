package media

import (
	"context"
	"errors"

	"tandem"
	"tandem/media/webrtc"
	"tandem/voice"
)

// Signal answers what an agent's browser asks of its connection. It may wait
// for a moment for the room of a leg, which comes another way.
func (p *Process) Signal(ctx context.Context, s voice.Signal) voice.SignalAnswer {
	if p.gateway == nil {
		return voice.SignalAnswer{ID: s.ID, Code: voice.SignalNotFound}
	}
	var a voice.SignalAnswer
	switch s.Kind {
	case voice.SignalOffer:
		a = p.offered(ctx, s)
	case voice.SignalRestart:
		a = p.restarted(ctx, s)
	case voice.SignalConnect:
		a.Code = p.connected(ctx, s)
	case voice.SignalDisconnect:
		a.Code = p.disconnected(s)
	case voice.SignalBye:
		a.Code = p.left(s)
	default:
		a.Code = voice.SignalInvalid
	}
	a.ID = s.ID
	return a
}

// offered makes a connection for a leg. It takes over when it comes up.
func (p *Process) offered(ctx context.Context, s voice.Signal) voice.SignalAnswer {
	if p.awaitLeg(ctx, s) == nil {
		return voice.SignalAnswer{Code: voice.SignalNotFound}
	}
	if !p.admit() {
		return voice.SignalAnswer{Code: voice.SignalFailed}
	}
	defer p.browsers.making.Done()
	peer, answer, err := p.gateway.Answer(ctx, s.SDP)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		return voice.SignalAnswer{Code: p.refused(s, err)}
	}
	l := p.softLeg(s)
	if l == nil { // it ended meanwhile
		peer.Close()
		return voice.SignalAnswer{Code: voice.SignalNotFound}
	}
	p.makeRoomFor(s.UserID)
	b := &browser{peer: peer, userID: s.UserID, keep: s.Keep, leg: l}
	p.browsers.add(b)
	return signalAnswer(peer, answer)
}

// admit counts a connection that is about to be made.
func (p *Process) admit() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.browsers.closed || len(p.browsers.byID) >= p.config.Limits.Connections {
		p.counters.browsersRefused++
		return false
	}
	p.browsers.making.Add(1)
	return true
}

// makeRoomFor closes what an agent's browsers have too much: the oldest that
// carries nothing, or else the oldest.
func (p *Process) makeRoomFor(userID tandem.ID) {
	own := p.browsers.ofUser(userID)
	if len(own) < p.config.Limits.UserConnections {
		return
	}
	oldest := own[0]
	for _, b := range own {
		if b.leg == nil {
			oldest = b
			break
		}
	}
	p.closeBrowser(oldest)
}

func (p *Process) refused(s voice.Signal, err error) voice.SignalCode {
	p.counters.browsersRefused++
	switch {
	case errors.Is(err, webrtc.ErrOffer): // what is wrong with it has lines of it, which are the browser's own
		p.config.Log.Warn("the offer of a browser is not understood", "leg", s.Leg, "user", s.UserID)
		return voice.SignalInvalid
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return voice.SignalTimeout
	}
	p.config.Log.Error("a browser cannot connect", "leg", s.Leg, "user", s.UserID, "error", err)
	return voice.SignalFailed
}

func signalAnswer(peer *webrtc.Peer, a webrtc.Answer) voice.SignalAnswer {
	return voice.SignalAnswer{
		Peer: peer.ID(), SDP: a.SDP, Candidates: []voice.Candidate{{Candidate: a.Candidate, SDPMid: a.Mid}},
	}
}

// awaitLeg finds the leg of a signal, which may be about to come.
func (p *Process) awaitLeg(ctx context.Context, s voice.Signal) *leg {
	ctx, cancel := context.WithTimeout(ctx, p.config.Limits.LegWait)
	defer cancel()
	for {
		p.mu.Lock()
		l, came, known := p.softLeg(s), p.browsers.came, p.legs[s.Leg] != nil || p.isGone(s.Leg)
		p.mu.Unlock()
		if l != nil || known {
			return l
		}
		select {
		case <-came:
		case <-ctx.Done():
			return nil
		}
	}
}

// softLeg is the browser's leg that a signal means, if it is its agent's.
func (p *Process) softLeg(s voice.Signal) *leg {
	l := p.legs[s.Leg]
	if l == nil || l.soft == nil || l.soft.userID != s.UserID {
		return nil
	}
	return l
}

// browser is the connection that a signal means, if it is its agent's.
func (p *Process) browser(s voice.Signal) *browser {
	b := p.browsers.byID[s.Peer]
	if b == nil || b.userID != s.UserID {
		return nil
	}
	return b
}

func (p *Process) restarted(ctx context.Context, s voice.Signal) voice.SignalAnswer {
	p.mu.Lock()
	b := p.browser(s)
	p.mu.Unlock()
	if b == nil {
		return voice.SignalAnswer{Code: voice.SignalNotFound}
	}
	answer, err := b.peer.Restart(ctx, s.SDP)
	if err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		return voice.SignalAnswer{Code: p.refused(s, err)}
	}
	return signalAnswer(b.peer, answer)
}

// connected gives a connection that was kept its next leg.
func (p *Process) connected(ctx context.Context, s voice.Signal) voice.SignalCode {
	if p.awaitLeg(ctx, s) == nil {
		return voice.SignalNotFound
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l, b := p.softLeg(s), p.browser(s)
	switch {
	case l == nil || b == nil:
		return voice.SignalNotFound
	case b.leg != nil && b.leg != l:
		return voice.SignalBusy
	}
	b.leg = l
	if b.up {
		p.carry(l, b)
	}
	return voice.SignalDone
}

// disconnected takes a connection off its leg, which then waits for another.
func (p *Process) disconnected(s voice.Signal) voice.SignalCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.browser(s)
	switch {
	case b == nil, b.leg != nil && b.leg.id != s.Leg:
		return voice.SignalNotFound
	case b.keep:
		p.uncarry(b)
	default:
		p.closeBrowser(b)
	}
	return voice.SignalDone
}

func (p *Process) left(s voice.Signal) voice.SignalCode {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.browser(s)
	if b == nil {
		return voice.SignalNotFound
	}
	p.closeBrowser(b)
	return voice.SignalDone
}
