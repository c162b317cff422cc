package media

import (
	"net/netip"
	"time"

	"tandem"
	"tandem/media/rtp"
	"tandem/media/sdp"
	"tandem/media/sip"
	"tandem/voice"
)

// legSpace is the space of [tandem.NameID] for inbound legs, named by their
// Call-ID.
const legSpace = "sip"

// newAgent makes the SIP side.
func (p *Process) newAgent() (*sip.UserAgent, error) {
	local, err := netip.ParseAddrPort(p.config.SIPConn.LocalAddr().String())
	if err != nil {
		return nil, err
	}
	return sip.New(sip.Config{
		Conn:      p.config.SIPConn,
		Contact:   netip.AddrPortFrom(p.config.ExternalIP, local.Port()).String(),
		Handler:   callEvents{p},
		TCP:       p.config.SIPTCP,
		TLS:       p.config.SIPTLS,
		TLSConfig: p.config.TLSConfig,
		Allowed:   p.allowed,
		Secrecy:   p.secrecy,
		Callers:   p.callers,
		Registrar: p.config.Phones.registrar(),
		Accepting: p.accepting,
		Log:       p.config.Log,
	})
}

// secrecy is that of calls from a source.
func (p *Process) secrecy(over sip.Transport, source netip.Addr) sdp.Secrecy {
	trunk := p.sourceTrunk(source)
	if trunk == nil {
		return sdp.Plain
	}
	return trunk.secrecy(over)
}

// callers are the passwords that calls from a source need; nil for none.
func (p *Process) callers(source netip.Addr) sip.Passwords {
	trunk := p.sourceTrunk(source)
	if trunk == nil || trunk.CallerUser == "" {
		return nil
	}
	return func(username string) (string, bool) { return trunk.CallerSecret, username == trunk.CallerUser }
}

// callEvents is the process as package sip sees it.
type callEvents struct{ *Process }

// Incoming implements sip.Handler: the call is reported, and waits for a room
// to claim it.
func (p callEvents) Incoming(call *sip.Call, invitation sip.Invitation) {
	info := call.Info()
	trunk := p.sourceTrunk(info.Remote.Addr())
	if trunk == nil || trunk.Transport != info.Transport { // no call comes from there, or not in this way
		call.Reject(403, sip.Rejected)
		return
	}
	to := e164(info.Caller.Called.User, trunk.DefaultRegion)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !trunk.serves(to) {
		p.counters.refused++
		call.Reject(404, sip.InvalidNumber)
		return
	}
	if !p.hasRoom(trunk) {
		p.counters.deniedFull++
		call.Reject(503, sip.Unreachable)
		return
	}
	l := &leg{id: tandem.NameID(legSpace, info.ID), role: voice.Customer, trunk: trunk, call: call}
	if p.legs[l.id] != nil || p.isGone(l.id) { // a Call-ID used again
		call.Reject(482, sip.Rejected)
		return
	}
	p.legs[l.id], p.calls[call] = l, l
	p.counters.callsIn++
	l.timer = time.AfterFunc(p.config.Limits.ClaimWait, func() { p.notClaimed(l) })
	p.report(voice.Report{
		Kind: voice.CallArrived, At: tandem.At(invitation.At), Leg: l.id, Trunk: trunk.Name,
		From: callerNumber(info.Caller, trunk), To: to,
	})
}

// callerNumber prefers what a trusted trunk asserts (RFC 3325) to what the
// caller says; a caller who wishes not to be shown is empty.
func callerNumber(c sip.Caller, trunk *Trunk) tandem.Personal {
	if c.Anonymous {
		return ""
	}
	from := c.From.User
	if trunk.Trusted && len(c.Asserted) > 0 && c.Asserted[0].User != "" {
		from = c.Asserted[0].User
	}
	return tandem.Personal(e164(from, trunk.DefaultRegion))
}

func (p *Process) notClaimed(l *leg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.room == nil {
		p.config.Log.Warn("no room claimed a call: it is refused", "leg", l.id)
		p.hangUp(l, voice.CauseUnreachable)
	}
}

// Ringing implements sip.Handler.
func (p callEvents) Ringing(call *sip.Call, r sip.Ringing) {
	p.with(call, func(l *leg) { p.rings(l, r.At) })
}

// EarlyMedia implements sip.Handler: what the far side sends before the answer
// is heard.
func (p callEvents) EarlyMedia(call *sip.Call, m sip.Media) {
	p.with(call, func(l *leg) {
		p.rings(l, m.At)
		l.audio.Start(session(m.Stream))
		p.join(l)
	})
}

func (p *Process) rings(l *leg, at time.Time) {
	if !l.rang && l.room != nil {
		l.rang = true
		p.report(voice.Report{Kind: voice.LegRinging, At: tandem.At(at), Room: l.room.want.ID, Leg: l.id})
	}
}

// Answered implements sip.Handler.
func (p callEvents) Answered(call *sip.Call, m sip.Media) {
	p.with(call, func(l *leg) {
		if l.timer != nil {
			l.timer.Stop()
		}
		l.answered = true
		if m.Stream.Security.Suite != "" {
			p.counters.encrypted++
		}
		l.audio.Start(session(m.Stream))
		p.join(l)
		l.sendDigits()
		report := voice.Report{Kind: voice.LegAnswered, At: tandem.At(m.At), Leg: l.id}
		if l.room != nil {
			report.Room = l.room.want.ID
		}
		p.report(report)
	})
}

// MediaChanged implements sip.Handler.
func (p callEvents) MediaChanged(call *sip.Call, m sip.Media) {
	p.with(call, func(l *leg) { l.audio.Start(session(m.Stream)) })
}

// Digit implements sip.Handler.
func (p callEvents) Digit(call *sip.Call, d sip.Digit) {
	p.with(call, func(l *leg) {
		if l.audio != nil {
			l.audio.Press(rtp.Digit{Key: d.Key, At: tandem.At(d.At)})
		}
	})
}

// Ended implements sip.Handler.
func (p callEvents) Ended(call *sip.Call, end sip.End) {
	p.with(call, func(l *leg) {
		if p.tryNext(l, end) {
			return
		}
		p.legEnded(l, tandem.At(end.At), causeOf(end, l.cause))
	})
}

// with finds the leg of a call. A call that was refused at once has none.
func (p *Process) with(call *sip.Call, do func(*leg)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.calls[call]; l != nil {
		do(l)
	}
}

// causeOf is the end in the core's words. What this side wanted counts unless
// the far side was first.
func causeOf(end sip.End, own voice.Cause) voice.Cause {
	if !end.ByRemote && own != voice.CauseNone {
		return own
	}
	switch end.Cause {
	case sip.Hangup, sip.Canceled:
		if end.ByRemote {
			return voice.CauseRemote
		}
		return voice.CauseHangup
	case sip.Busy:
		return voice.CauseBusy
	case sip.NoAnswer:
		if end.Status == 408 || end.Status == 480 {
			return voice.CauseUnreachable
		}
		return voice.CauseNoAnswer
	case sip.Rejected, sip.NoMedia:
		return voice.CauseRejected
	case sip.InvalidNumber:
		return voice.CauseInvalid
	case sip.Lost:
		return voice.CauseLost
	case sip.Shutdown:
		return voice.CauseShutdown
	}
	return voice.CauseUnreachable
}

// refusal is the answer to an inbound call that will not be taken (RFC 3261
// section 21).
func refusal(cause voice.Cause) (status int, why sip.Cause) {
	switch cause {
	case voice.CauseBusy:
		return 486, sip.Busy
	case voice.CauseRejected:
		return 603, sip.Rejected
	case voice.CauseInvalid:
		return 404, sip.InvalidNumber
	case voice.CauseNoAnswer:
		return 480, sip.NoAnswer
	}
	return 503, sip.Unreachable
}
