package sip

import (
	"net/netip"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"tandem/media/sdp"
)

// progressInterval is how often an unanswered call that rings says so, to keep proxies from giving up
// (RFC 3261 section 13.3.1.1).
const progressInterval = time.Minute

// incoming is what only a call that came in knows.
type incoming struct {
	invite *serverTx
	offer  *sdp.Description // nil: the offer is ours to make
}

// answering is a 200 to an INVITE, repeated until its ACK comes (RFC 3261 section 13.3.1.4).
type answering struct {
	tx       *serverTx
	seq      uint32
	sentAt   time.Time
	interval time.Duration
	ourOffer bool        // the ACK must bring the answer
	agreed   *sdp.Stream // nil while ourOffer waits for its answer
	refresh  bool        // a later INVITE of a call that is up
	byeAfter bool        // we hung up meanwhile
}

func newIncoming(ua *UserAgent, tx *serverTx, source hop) *Call {
	req := tx.req
	c := &Call{
		ua: ua, box: newMailbox(), open: map[*clientTx]bool{}, localTag: newTag(), state: stateOffered,
		info: Info{
			ID: req.CallID().Value(), Direction: Inbound, Caller: callerOf(req), Remote: source.addr, Transport: source.transport,
		},
		remoteTag: tagOf(req.From().Params),
		remoteSeq: req.CSeq().SeqNo, seqKnown: true,
		routes: recordedRoutes(req, false),
		peer:   source,
		in:     &incoming{invite: tx},
	}
	from := req.To().AsFrom()
	from.Params.Add("tag", c.localTag)
	to := req.From().AsTo()
	c.from, c.to = &from, &to
	return c
}

// onInvite looks at a new call's offer and announces the call.
func (c *Call) onInvite(at time.Time) {
	req := c.in.invite.req
	c.learn(req)
	c.reply(c.in.invite, 100)
	if r := c.session.ask(req, c.ua.timers.MinSession); r != nil {
		c.drop(r)
		return
	}
	invitation := Invitation{At: at}
	if hasSDP(req) {
		offer, err := sdp.Parse(req.Body())
		if err == nil {
			var stream sdp.Stream
			_, stream, err = c.newLocal(netip.AddrPort{}, 0).Answer(offer)
			invitation.Offer = &stream
		}
		if err != nil {
			c.drop(refuseWith(488))
			return
		}
		c.in.offer = &offer
	}
	c.setAlarm(alarmRing, c.ua.timers.Unanswered, func() { c.decline(480, NoAnswer) })
	c.ua.handler.Incoming(c, invitation)
}

// newLocal is our side, as secret as calls from there are to be.
func (c *Call) newLocal(at netip.AddrPort, session uint64) *sdp.Local {
	local := sdp.NewLocal(at, session)
	local.Encrypt(c.ua.secrecy(c.info.Transport, c.info.Remote.Addr()))
	return local
}

// drop refuses a call that was never announced.
func (c *Call) drop(r *refusal) {
	c.ua.metrics.RefusedRequests.Add(1)
	c.reply(c.in.invite, r.status, r.headers...)
	c.state = stateEnded
	c.ua.ended()
}

// reply answers a request of the call and reports when.
func (c *Call) reply(tx *serverTx, status int, headers ...sipgo.Header) time.Time {
	res := newResponse(tx.req, tx.to, status, c.localTag)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	return tx.respond(res)
}

func (c *Call) ring() {
	if c.state != stateOffered || containsFold(headerTokens(c.in.invite.req, "require"), reliableTag) {
		return // a caller who takes only reliable 180s waits for the 200, since we send none
	}
	res := newResponse(c.in.invite.req, c.in.invite.to, 180, c.localTag)
	sipgo.CopyHeaders("Record-Route", c.in.invite.req, res)
	res.AppendHeader(c.ua.contact(c.peer.transport))
	c.in.invite.respond(res)
	c.setAlarm(alarmProgress, progressInterval, c.ring)
}

func (c *Call) decline(status int, cause Cause) {
	if c.state != stateOffered {
		return
	}
	if status < 400 || status > 699 {
		status = 480
	}
	at := c.reply(c.in.invite, status)
	c.finish(End{At: at, Cause: cause, Status: status})
}

// accept sends the 200, with our answer or our offer.
func (c *Call) accept(at netip.AddrPort) {
	if c.state != stateOffered {
		return
	}
	c.clearAlarm(alarmRing)
	c.clearAlarm(alarmProgress)
	c.local = c.newLocal(at, newSessionNumber())
	a := &answering{tx: c.in.invite, ourOffer: c.in.offer == nil}
	body := []byte(nil)
	if a.ourOffer {
		body = c.local.Offer()
	} else {
		answer, stream, err := c.local.Answer(*c.in.offer)
		if err != nil {
			c.decline(488, NoMedia)
			return
		}
		body, a.agreed = answer, &stream
	}
	c.state = stateAnswered
	c.respondOK(a, body)
}

// respondOK sends the 200 of an INVITE and waits for the ACK.
func (c *Call) respondOK(a *answering, body []byte) {
	res := c.okResponse(a.tx)
	setSDP(res, body)
	a.seq = a.tx.req.CSeq().SeqNo
	a.sentAt = a.tx.respond(res)
	a.interval = c.ua.timers.T1
	c.answer = a
	c.setAlarm(alarmAnswer, a.interval, c.answerAgain)
	c.setAlarm(alarmAnswerEnd, 64*c.ua.timers.T1, c.answerLost)
}

// okResponse is a 200 that makes or changes a dialog.
func (c *Call) okResponse(tx *serverTx) *sipgo.Response {
	res := newResponse(tx.req, tx.to, 200, c.localTag)
	sipgo.CopyHeaders("Record-Route", tx.req, res)
	res.AppendHeader(c.ua.contact(c.peer.transport))
	res.AppendHeader(sipgo.NewHeader("Allow", allowedMethods))
	res.AppendHeader(sipgo.NewHeader("Supported", supportedTags))
	c.session.grant(res)
	return res
}

func (c *Call) answerAgain() {
	if c.answer == nil {
		return
	}
	c.answer.tx.resend2xx()
	c.answer.interval = min(2*c.answer.interval, c.ua.timers.T2)
	c.setAlarm(alarmAnswer, c.answer.interval, c.answerAgain)
}

// answerLost gives up on the ACK (RFC 3261 section 13.3.1.4: the callee should send BYE).
func (c *Call) answerLost() {
	c.clearAlarm(alarmAnswer)
	if a := c.answer; a != nil && a.byeAfter {
		c.settle()
		c.sendBye()
		return
	}
	c.lose(Timeout)
}

// onCancel takes a CANCEL, which comes too late once the call is answered (RFC 3261 section 9.2).
func (c *Call) onCancel(cancel, invite *serverTx, at time.Time) {
	c.reply(cancel, 200)
	if c.state != stateOffered || invite != c.in.invite {
		return
	}
	c.reply(invite, 487)
	c.finish(End{At: at, Cause: Canceled, ByRemote: true, Status: 487})
}

// onACK ends the repetition of a 200.
func (c *Call) onACK(req *sipgo.Request, source hop, at time.Time) {
	a := c.answer
	if a == nil || req.CSeq().SeqNo != a.seq || tagOf(req.From().Params) != c.remoteTag {
		return
	}
	c.peer = source
	c.settle()
	if a.byeAfter {
		c.sendBye()
		return
	}
	if a.ourOffer {
		stream, err := acceptBody(c.local, req)
		if err != nil {
			c.finish(End{At: c.sendBye(), Cause: NoMedia})
			return
		}
		a.agreed = &stream
	}
	c.acknowledged(a, at)
}

// acknowledged makes what the 200 and the ACK agreed on known.
func (c *Call) acknowledged(a *answering, at time.Time) {
	if c.state != stateAnswered {
		c.agree(*a.agreed, at)
		return
	}
	c.state = stateUp
	c.stream = *a.agreed
	c.watchSession()
	c.ua.handler.Answered(c, Media{At: a.sentAt, Stream: c.stream})
}

// agree notes what a later offer and its answer settled, and tells if it is anything new.
func (c *Call) agree(stream sdp.Stream, at time.Time) {
	if stream == c.stream {
		return
	}
	c.stream = stream
	c.ua.handler.MediaChanged(c, Media{At: at, Stream: stream})
}

func acceptBody(local *sdp.Local, msg sipgo.Message) (sdp.Stream, error) {
	if !hasSDP(msg) {
		return sdp.Stream{}, sdp.ErrUnusable
	}
	answer, err := sdp.Parse(msg.Body())
	if err != nil {
		return sdp.Stream{}, err
	}
	return local.Accept(answer)
}
