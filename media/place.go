package media

import (
	"context"
	"slices"

	"tandem/media/sdp"
	"tandem/media/sip"
	"tandem/voice"
)

// placeNext places the leg's call at the next far side. The first call is
// named after the leg's id, each further one after an id derived from it.
func (p *Process) placeNext(l *leg) error {
	way := l.ways[0]
	l.ways = l.ways[1:]
	l.trunk = way.trunk
	local, err := p.openAudio(l)
	if err != nil {
		return err
	}
	name := l.id
	if l.tries > 0 {
		name = l.id.Derive(l.tries)
	}
	l.tries++
	ask := sip.DialRequest{
		CallID: name.String(), FromTag: name.Derive(0).String(), Number: string(l.want.Target),
		Trunk: way.addr.String(), Transport: way.trunk.Transport, TLS: way.tls, Secrecy: way.trunk.Secrecy,
		Caller: orDefault(string(l.want.CallerID), "anonymous"), Anonymous: l.want.CallerID == "",
		Local: local, Username: way.trunk.User, Password: way.trunk.Secret,
	}
	if way.phone != nil {
		ask.Phone, ask.Number = way.phone, ""
		if way.phone.Transport == sip.TLS {
			ask.Secrecy = sdp.WhereItGoes
		}
	}
	if way.trunk.Trusted {
		ask.Asserted = string(l.want.CallerID)
	}
	if len(l.ways) > 0 {
		ask.Patience = p.config.Limits.Failover
	}
	call, err := p.agent.Dial(context.Background(), ask)
	if err != nil {
		return err
	}
	l.call = call
	p.calls[call] = l
	return nil
}

// tryNext goes on to the next far side when one could not take the call
// (RFC 3263 section 4.3). Once it has rung, or said that the number is busy or
// wrong, the word counts: another far side would ring the same telephone.
func (p *Process) tryNext(l *leg, end sip.End) bool {
	if !l.outbound || l.rang || l.answered || l.cause != voice.CauseNone || !couldNot(end) {
		return false
	}
	delete(p.calls, l.call)
	for len(l.ways) > 0 {
		was := l.trunk
		err := p.placeNext(l)
		if err == nil {
			p.counters.failedOver++
			p.config.Log.Warn("a far side does not take a call: the next is tried", "leg", l.id, "trunk", was.Name, "status", end.Status, "next", l.trunk.Name)
			return true
		}
		p.config.Log.Error("a call cannot be placed", "leg", l.id, "trunk", l.trunk.Name, "error", err)
	}
	return false
}

// couldNot reports whether a far side has failed, rather than decided.
func couldNot(end sip.End) bool {
	if end.Cause == sip.Timeout && end.Status == 0 {
		return true
	}
	return slices.Contains([]int{408, 500, 502, 503, 504}, end.Status)
}
