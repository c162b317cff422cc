package sip

import (
	"strconv"
	"strings"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// request takes a parsed request in the reader's order: to its transaction, to its call, or to an answer on the spot.
func (ua *UserAgent) request(req *sipgo.Request, source hop, at time.Time) {
	if !strings.EqualFold(req.SipVersion, "SIP/2.0") {
		ua.reject(req, source, refuseWith(505))
		return
	}
	if !essential(req) {
		ua.reject(req, source, refuseWith(400))
		return
	}
	if req.IsAck() {
		ua.ack(req, source, at)
		return
	}
	if tx := ua.serverFor(serverKey(req, string(req.Method))); tx != nil {
		tx.repeated()
		return
	}
	if req.IsCancel() {
		ua.cancel(req, source, at)
		return
	}
	if req.Method == sipgo.REGISTER && ua.registrar != nil && ua.registrar.config.Allowed(source.addr.Addr()) {
		ua.register(req, source)
		return
	}
	if r := inspect(req); r != nil {
		ua.reject(req, source, r)
		return
	}
	if tag := tagOf(req.To().Params); tag != "" {
		ua.inDialog(req, tag, source, at)
		return
	}
	ua.outOfDialog(req, source, at)
}

func (ua *UserAgent) reject(req *sipgo.Request, source hop, r *refusal) {
	if req.IsAck() {
		return // an ACK is never answered
	}
	ua.metrics.RefusedRequests.Add(1)
	ua.refuse(req, source, r.status, r.headers...)
}

// ack belongs either to a refused INVITE, then it ends that transaction's retransmissions, or to a call.
func (ua *UserAgent) ack(req *sipgo.Request, source hop, at time.Time) {
	if tx := ua.serverFor(serverKey(req, string(sipgo.INVITE))); tx != nil && tx.acknowledged() {
		return
	}
	call := ua.callOf(req, tagOf(req.To().Params))
	if call != nil && !call.box.message(func() { call.onACK(req, source, at) }) {
		ua.metrics.DroppedMailboxFull.Add(1)
	}
}

// cancel hands a CANCEL to the call of the INVITE that it means (RFC 3261 section 9.2).
func (ua *UserAgent) cancel(req *sipgo.Request, source hop, at time.Time) {
	invite := ua.serverFor(serverKey(req, string(sipgo.INVITE)))
	if invite == nil || invite.call == nil {
		ua.reject(req, source, refuseWith(481))
		return
	}
	tx := ua.newServer(req, source)
	if tx == nil {
		return
	}
	call := invite.call
	ua.post(call, tx, source, func() { call.onCancel(tx, invite, at) })
}

// post puts a request into its call's mailbox. When that fails it is answered here and forgotten, so that a repetition
// is looked at anew.
func (ua *UserAgent) post(call *Call, tx *serverTx, source hop, work func()) {
	if call.box.message(work) {
		return
	}
	ua.dropServer(tx)
	if call.box.isClosed() {
		ua.reject(tx.req, source, refuseWith(481))
		return
	}
	ua.metrics.DroppedMailboxFull.Add(1)
	ua.busy(tx.req, source)
}

// callOf finds the call of a request from its peer, whose To tag is ours.
func (ua *UserAgent) callOf(req *sipgo.Request, localTag string) *Call {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	return ua.dialogs[dialogKey(req.CallID().Value(), localTag)]
}

func (ua *UserAgent) inDialog(req *sipgo.Request, localTag string, source hop, at time.Time) {
	call := ua.callOf(req, localTag)
	if call == nil {
		ua.reject(req, source, refuseWith(481))
		return
	}
	tx := ua.newServer(req, source)
	if tx == nil {
		ua.busy(req, source)
		return
	}
	tx.call = call
	ua.post(call, tx, source, func() { call.onRequest(tx, source, at) })
}

func (ua *UserAgent) outOfDialog(req *sipgo.Request, source hop, at time.Time) {
	switch req.Method {
	case sipgo.OPTIONS:
		ua.refuse(req, source, 200, ua.abilities(source)...)
	case sipgo.REFER:
		ua.reject(req, source, refuseWith(403))
	case sipgo.INVITE:
		ua.invite(req, source, at)
	default:
		ua.reject(req, source, refuseWith(481))
	}
}

// abilities are what OPTIONS asks for (RFC 3261 section 11.2).
func (ua *UserAgent) abilities(source hop) []sipgo.Header {
	return []sipgo.Header{
		ua.contact(source.transport),
		sipgo.NewHeader("Allow", allowedMethods),
		sipgo.NewHeader("Accept", sdpType),
		sipgo.NewHeader("Supported", supportedTags),
	}
}

// invite admits a new call or says why not.
func (ua *UserAgent) invite(req *sipgo.Request, source hop, at time.Time) {
	ua.mu.Lock()
	_, merged := ua.merges[mergeKey(req)]
	full := ua.live >= ua.limits.Calls
	ua.mu.Unlock()
	switch {
	case merged:
		ua.reject(req, source, refuseWith(482))
	case !ua.limiter.allow(source.addr.Addr(), at):
		ua.metrics.RefusedRate.Add(1)
		ua.busy(req, source)
	case full:
		ua.metrics.RefusedFull.Add(1)
		ua.busy(req, source)
	case !ua.accepting():
		ua.metrics.RefusedAway.Add(1)
		ua.busy(req, source)
	default:
		if ua.proves(req, source) {
			ua.admit(req, source, at)
		}
	}
}

// proves checks the password of a caller who needs one; when it is missing or wrong, the call is answered so.
func (ua *UserAgent) proves(req *sipgo.Request, source hop) bool {
	if ua.callers == nil {
		return true
	}
	passwords := ua.callers(source.addr.Addr())
	if passwords == nil {
		return true
	}
	_, v := ua.guard.check(req, passwords)
	switch v {
	case proven:
		return true
	case refused:
		ua.metrics.RefusedPasswords.Add(1)
		ua.reject(req, source, refuseWith(403))
	default:
		ua.reject(req, source, refuseWith(401, ua.guard.challenges(v == stale)...))
	}
	return false
}

func (ua *UserAgent) admit(req *sipgo.Request, source hop, at time.Time) {
	tx := ua.newServer(req, source)
	if tx == nil {
		ua.busy(req, source)
		return
	}
	call := newIncoming(ua, tx, source)
	tx.call = call
	if !ua.enter(call) {
		ua.dropServer(tx)
		ua.busy(req, source)
		return
	}
	call.begin(func() { call.onInvite(at) })
}

// busy sends a peer away for a while.
func (ua *UserAgent) busy(req *sipgo.Request, source hop) {
	seconds := max(1, int(ua.limits.RetryAfter.Seconds()))
	ua.refuse(req, source, 503, sipgo.NewHeader("Retry-After", strconv.Itoa(seconds)))
}

func dialogKey(callID, localTag string) string { return callID + "\x00" + localTag }

// enter makes a call findable; false means that the agent is closed or has a call of that name.
func (ua *UserAgent) enter(call *Call) bool {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	key := dialogKey(call.info.ID, call.localTag)
	if ua.stopped || ua.dialogs[key] != nil {
		return false
	}
	ua.dialogs[key] = call
	ua.live++
	ua.calls.Add(1)
	ua.metrics.CallsStarted.Add(1)
	return true
}

// ended counts a call out; it stays findable until leave.
func (ua *UserAgent) ended() {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	ua.live--
	ua.metrics.CallsEnded.Add(1)
}

// leave forgets a call.
func (ua *UserAgent) leave(call *Call) {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	delete(ua.dialogs, dialogKey(call.info.ID, call.localTag))
	ua.calls.Done()
}
