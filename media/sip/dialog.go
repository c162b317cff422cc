package sip

import (
	"slices"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// request begins a request within the dialog (RFC 3261 section 12.2.1.1).
func (c *Call) request(method sipgo.RequestMethod) *sipgo.Request {
	seq := c.localSeq
	if method != sipgo.ACK {
		c.localSeq++
		seq = c.localSeq
	}
	return c.requestTo(method, seq, c.to, c.target, c.routes)
}

// requestTo is a request to one of the dialogs that an INVITE made; forks have several.
func (c *Call) requestTo(
	method sipgo.RequestMethod, seq uint32, to *sipgo.ToHeader, target sipgo.Uri, routes []sipgo.Uri,
) *sipgo.Request {
	recipient, routes := strictRouting(target, routes)
	req := c.ua.newRequest(method, c.peer.transport, recipient, c.from, to, c.info.ID, seq)
	for _, route := range routes {
		req.AppendHeader(&sipgo.RouteHeader{Address: route})
	}
	if method == sipgo.INVITE || method == sipgo.UPDATE {
		req.AppendHeader(c.ua.contact(c.peer.transport))
		req.AppendHeader(sipgo.NewHeader("Allow", allowedMethods))
		req.AppendHeader(sipgo.NewHeader("Supported", supportedTags))
	}
	req.SetBody(nil)
	return req
}

// strictRouting turns a route set whose first proxy is one of RFC 2543 inside out (RFC 3261 section 12.2.1.1).
func strictRouting(target sipgo.Uri, routes []sipgo.Uri) (sipgo.Uri, []sipgo.Uri) {
	if len(routes) == 0 || hasParam(routes[0].UriParams, "lr") {
		return target, routes
	}
	return routes[0], append(slices.Clone(routes[1:]), target)
}

// nextHop is where requests of the dialog go: to the first route or the target if that is an address we may talk to.
// Names and foreign addresses are reached where the dialog's packets come from, so that no look-up holds up a call and
// no header can point us at a third party. A connection that the dialog came over is used as long as it is there.
func (c *Call) nextHop(target sipgo.Uri, routes []sipgo.Uri) hop {
	if c.out != nil && c.out.ask.Phone != nil {
		return c.peer // a phone's own address may be one behind its NAT
	}
	if c.peer.transport != UDP && c.ua.streams.has(c.peer) {
		return c.peer
	}
	if len(routes) > 0 {
		target = routes[0]
	}
	if to, ok := literalAddress(target); ok && c.ua.allowed(to.Addr()) {
		return hop{addr: to, transport: c.peer.transport, tls: c.peer.tls}
	}
	return c.peer
}

// send sends a request of the dialog. One of answered and silent is called later, unless the call's agent is closed:
// answered for each response that is not provisional, with the request as it was last sent; silent when none came. It
// reports when it was sent.
func (c *Call) send(
	req *sipgo.Request, answered func(*sipgo.Request, *sipgo.Response, time.Time), silent func(),
) time.Time {
	return c.sendTo(req, c.nextHop(c.target, c.routes), func(_ *clientTx, res *sipgo.Response, at time.Time) {
		if res.StatusCode < 200 {
			return
		}
		if again := c.withCredentials(req, res); again != nil {
			c.send(again, answered, silent)
			return
		}
		answered(req, res, at)
	}, silent)
}

// sendTo sends a request and has every response brought to the call's goroutine.
func (c *Call) sendTo(
	req *sipgo.Request, to hop, onResponse func(*clientTx, *sipgo.Response, time.Time), onSilence func(),
) time.Time {
	tx, at := c.ua.newClient(req, to,
		func(tx *clientTx, res *sipgo.Response, at time.Time) bool {
			return c.box.message(func() { onResponse(tx, res, at) })
		},
		func(tx *clientTx, timedOut bool) {
			c.box.notice(func() {
				delete(c.open, tx)
				if timedOut {
					onSilence()
				}
			})
		})
	if tx != nil {
		c.open[tx] = true
	}
	return at
}

// learn takes what a message of the peer says about where it wants the next ones.
func (c *Call) learn(msg interface{ Contact() *sipgo.ContactHeader }) {
	if contact := msg.Contact(); contact != nil && !contact.Address.Wildcard && contact.Address.Host != "" {
		c.target = *contact.Address.Clone()
	}
}

// recordedRoutes is the route set of a dialog (RFC 3261 section 12.1); a response lists it in reverse.
func recordedRoutes(msg headered, reverse bool) []sipgo.Uri {
	var routes []sipgo.Uri
	for _, h := range msg.GetHeaders("record-route") {
		if recorded, ok := h.(*sipgo.RecordRouteHeader); ok {
			routes = append(routes, *recorded.Address.Clone())
		}
	}
	if reverse {
		slices.Reverse(routes)
	}
	return routes
}
