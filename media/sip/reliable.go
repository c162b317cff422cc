package sip

import (
	"strconv"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// reliableTag is the option tag of provisional responses that want an acknowledgement (RFC 3262). We do not offer it:
// such a response loses a call when its PRACK is lost. Where a far side insists on it, it gets its PRACK.
const reliableTag = "100rel"

// maxReliable bounds the reliable responses to one INVITE.
const maxReliable = 64

// acknowledgeProvisional sends the PRACK of a reliable response, once for each (RFC 3262 section 4).
func (c *Call) acknowledgeProvisional(res *sipgo.Response) {
	number, err := strconv.ParseUint(headerValue(res, "rseq"), 10, 32)
	tag := tagOf(res.To().Params)
	if err != nil || tag == "" || !containsFold(headerTokens(res, "require"), reliableTag) {
		return
	}
	key := tag + " " + strconv.FormatUint(number, 10)
	if c.out.pracked[key] || len(c.out.pracked) == maxReliable {
		return
	}
	if c.out.pracked == nil {
		c.out.pracked = map[string]bool{}
	}
	c.out.pracked[key] = true
	to := sipgo.HeaderClone(res.To()).(*sipgo.ToHeader)
	target, routes := c.target, recordedRoutes(res, true)
	if contact := res.Contact(); contact != nil && contact.Address.Host != "" {
		target = *contact.Address.Clone()
	}
	c.localSeq++
	req := c.requestTo(sipgo.PRACK, c.localSeq, to, target, routes)
	invite := strconv.FormatUint(uint64(res.CSeq().SeqNo), 10)
	req.AppendHeader(sipgo.NewHeader("RAck", strconv.FormatUint(number, 10)+" "+invite+" INVITE"))
	c.sendTo(req, c.nextHop(target, routes), func(*clientTx, *sipgo.Response, time.Time) {}, func() {})
}
