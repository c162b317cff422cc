package sip

import (
	"strconv"
	"strings"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"tandem/media/sdp"
)

const dtmfRelayType = "application/dtmf-relay"

// onRequest takes a request within the dialog, in order.
func (c *Call) onRequest(tx *serverTx, source hop, at time.Time) {
	req := tx.req
	switch {
	case c.remoteTagUnknown() || tagOf(req.From().Params) != c.remoteTag:
		c.reply(tx, 481)
		return
	case c.seqKnown && req.CSeq().SeqNo <= c.remoteSeq:
		c.reply(tx, 500) // RFC 3261 section 12.2.2
		return
	}
	c.remoteSeq, c.seqKnown = req.CSeq().SeqNo, true
	c.peer = source
	if c.state == stateEnded {
		c.afterEnd(tx)
		return
	}
	switch req.Method {
	case sipgo.BYE:
		c.onBye(tx, at)
	case sipgo.INVITE:
		c.onReinvite(tx, at)
	case sipgo.UPDATE:
		c.onUpdate(tx, at)
	case sipgo.INFO:
		c.onInfo(tx, at)
	case sipgo.OPTIONS:
		c.reply(tx, 200, c.ua.abilities(source)...)
	case sipgo.REFER:
		c.reply(tx, 603) // who is transferred where is not the far side's to decide
	}
}

// remoteTagUnknown is so for a call of ours before it is answered; nobody but the one who answers may speak in it.
func (c *Call) remoteTagUnknown() bool { return c.out != nil && c.out.won == "" }

// afterEnd answers what crosses our goodbye on the wire.
func (c *Call) afterEnd(tx *serverTx) {
	if tx.req.Method != sipgo.BYE {
		c.reply(tx, 481)
		return
	}
	c.settle()
	c.reply(tx, 200)
}

func (c *Call) onBye(tx *serverTx, at time.Time) {
	c.reply(tx, 200)
	cause := Hangup
	if c.state == stateOffered {
		c.reply(c.in.invite, 487) // RFC 3261 section 15.1.2
		cause = Canceled
	}
	c.settle()
	c.finish(End{At: at, Cause: cause, ByRemote: true, Q850: q850Of(tx.req)})
}

// onReinvite takes a new offer, a request for one, or a refresh (RFC 3261 section 14.2).
func (c *Call) onReinvite(tx *serverTx, at time.Time) {
	switch {
	case c.state == stateOffered:
		c.later(tx)
		return
	case c.asking || c.answer != nil && c.answer.ourOffer:
		c.reply(tx, 491)
		return
	}
	if c.answer != nil { // whoever sends a new INVITE has had our 200 to the last: its ACK is lost
		last := c.answer
		c.settle()
		c.acknowledged(last, at)
	}
	a := &answering{tx: tx, refresh: true, ourOffer: !hasSDP(tx.req)}
	body := []byte(nil)
	if a.ourOffer {
		if !c.refreshAsked(tx) {
			return
		}
		body = c.local.Offer()
	} else {
		answer, stream, ok := c.reanswer(tx)
		if !ok {
			return
		}
		body, a.agreed = answer, &stream
	}
	c.learn(tx.req)
	c.respondOK(a, body)
	c.watchSession()
	if a.agreed != nil {
		c.agree(*a.agreed, at)
	}
}

// onUpdate takes a refresh, or an offer, without the three ways of an INVITE (RFC 3311).
func (c *Call) onUpdate(tx *serverTx, at time.Time) {
	if !hasSDP(tx.req) {
		if c.refreshAsked(tx) {
			c.learn(tx.req)
			tx.respond(c.okResponse(tx))
			c.rewatch()
		}
		return
	}
	switch {
	case c.state == stateOffered:
		c.later(tx)
		return
	case c.asking || c.answer != nil && c.answer.ourOffer:
		c.reply(tx, 491)
		return
	}
	answer, stream, ok := c.reanswer(tx)
	if !ok {
		return
	}
	c.learn(tx.req)
	res := c.okResponse(tx)
	setSDP(res, answer)
	tx.respond(res)
	c.rewatch()
	c.agree(stream, at)
}

func (c *Call) rewatch() {
	if c.state == stateUp {
		c.watchSession()
	}
}

// later asks the far side to come back when the first offer is answered (RFC 3261 section 14.2, RFC 3311 section 5.2).
func (c *Call) later(tx *serverTx) {
	seconds := 1 + int(randomNumber()%9)
	c.reply(tx, 500, sipgo.NewHeader("Retry-After", strconv.Itoa(seconds)))
}

// refreshAsked reads the session timer of a request; when it asks too much it is refused and the result is false.
func (c *Call) refreshAsked(tx *serverTx) bool {
	r := c.session.ask(tx.req, c.ua.timers.MinSession)
	if r != nil {
		c.reply(tx, r.status, r.headers...)
	}
	return r == nil
}

// reanswer answers the offer in a request; when it cannot be, the request is refused with 488, the call goes on as it
// was, and the result is false.
func (c *Call) reanswer(tx *serverTx) ([]byte, sdp.Stream, bool) {
	offer, err := sdp.Parse(tx.req.Body())
	if err != nil {
		c.reply(tx, 488)
		return nil, sdp.Stream{}, false
	}
	if !c.refreshAsked(tx) {
		return nil, sdp.Stream{}, false
	}
	answer, stream, err := c.local.Answer(offer)
	if err != nil {
		c.reply(tx, 488)
		return nil, sdp.Stream{}, false
	}
	return answer, stream, true
}

// onInfo takes a digit; an empty INFO is a sign of life.
func (c *Call) onInfo(tx *serverTx, at time.Time) {
	req := tx.req
	if len(req.Body()) == 0 {
		c.reply(tx, 200)
		return
	}
	key, ok := relayedKey(req.Body())
	if contentType(req) != dtmfRelayType || !ok {
		c.reply(tx, 415, sipgo.NewHeader("Accept", dtmfRelayType))
		return
	}
	c.reply(tx, 200)
	if c.state == stateUp || c.state == stateAnswered {
		c.ua.handler.Digit(c, Digit{At: at, Key: key})
	}
}

// relayedKey reads "Signal=5" of application/dtmf-relay.
func relayedKey(body []byte) (byte, bool) {
	for _, line := range strings.Split(string(body), "\n") {
		name, value, _ := strings.Cut(line, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "signal") {
			continue
		}
		value = strings.ToUpper(strings.TrimSpace(value))
		if len(value) == 1 && strings.Contains("0123456789*#ABCD", value) {
			return value[0], true
		}
	}
	return 0, false
}
