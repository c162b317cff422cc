package sip

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	sipgo "github.com/emiago/sipgo/sip"

	"tandem/media/sdp"
)

// maxForks bounds how many far sides of one INVITE are answered.
const maxForks = 16

// ErrClosed is what Dial returns after Close.
var ErrClosed = errors.New("sip: the user agent is closed")

// DialRequest is a call to place.
type DialRequest struct {
	// CallID and FromTag name the call. Derive them from the leg's id: dialling again under the same names gives the
	// call that is already there.
	CallID  string
	FromTag string

	Number string // the user part of the Request-URI, as the trunk wants it
	Trunk  string // "host:port" of the trunk; its address must be an allowed one
	Phone  *Phone // or a registered telephone, whose Trunk, Transport and TLS are those of its registration

	Transport Transport
	TLS       *tls.Config // for Transport TLS; calls share a connection when they share it

	// Patience is how long the far side may take to send a first response, before the call ends with Timeout and
	// another can be tried (RFC 3263 section 4.3). Zero: 64 times T1.
	Patience time.Duration

	Caller    string // the user part of From: the number shown
	Display   string // the name shown, may be empty
	Asserted  string // the number for P-Asserted-Identity; empty for a trunk that must not have it
	Anonymous bool   // hide the caller: Privacy id, and From as RFC 3323 wants it

	Local    netip.AddrPort // where audio is wanted
	Secrecy  sdp.Secrecy
	Username string // for digest authentication, empty if the trunk asks for none
	Password string
}

// outgoing is what only a call that we placed knows.
type outgoing struct {
	ask       DialRequest
	to        hop
	invite    *clientTx
	rang      bool            // a response of 180 to 189 came
	reached   bool            // any provisional response came, so that CANCEL may be sent
	cancel    bool            // we gave up
	canceled  bool            // and said so
	won       string          // the tag of the far side that answered first
	early     []byte          // the last early description
	pracked   map[string]bool // the reliable responses that were acknowledged
	forks     map[string]*fork
	lastEarly sdp.Stream
}

// fork is one far side that answered with a 2xx.
type fork struct {
	ack []byte
	to  hop
}

// Dial places a call and returns at once; what becomes of it is told to the Handler. The context bounds the look-up of
// the trunk's name only.
func (ua *UserAgent) Dial(ctx context.Context, ask DialRequest) (*Call, error) {
	if err := ask.check(); err != nil {
		return nil, err
	}
	if call := ua.existing(ask); call != nil {
		return call, nil
	}
	to, target, err := ask.destination(ctx)
	if err != nil {
		return nil, err
	}
	call := newOutgoing(ua, ask, to, target)
	if !ua.enter(call) {
		if call := ua.existing(ask); call != nil {
			return call, nil
		}
		return nil, ErrClosed
	}
	call.begin(call.invite)
	return call, nil
}

func (ua *UserAgent) existing(ask DialRequest) *Call {
	ua.mu.Lock()
	defer ua.mu.Unlock()
	return ua.dialogs[dialogKey(ask.CallID, ask.FromTag)]
}

func (ask DialRequest) check() error {
	for _, field := range []struct{ name, value string }{
		{"CallID", ask.CallID}, {"FromTag", ask.FromTag}, {"Number", ask.Number}, {"Caller", ask.Caller},
		{"Asserted", ask.Asserted},
	} {
		if field.value == "" && field.name != "Asserted" && (field.name != "Number" || ask.Phone == nil) {
			return fmt.Errorf("sip: DialRequest.%s is empty", field.name)
		}
		if strings.ContainsFunc(field.value, isUnsafe) && field.name != "CallID" || strings.ContainsFunc(field.value, isUnsafeInID) {
			return fmt.Errorf("sip: DialRequest.%s has a character that cannot stand in a SIP address", field.name)
		}
	}
	if strings.ContainsAny(ask.Display, "\"\\\r\n") {
		return errors.New("sip: DialRequest.Display must not hold quotes, backslashes or line ends")
	}
	if ask.Transport == TLS && ask.TLS == nil {
		return errors.New("sip: DialRequest.TLS is missing: say which certificates are believed")
	}
	if !ask.Local.IsValid() {
		return errors.New("sip: DialRequest.Local is missing: say where audio is wanted")
	}
	return nil
}

// isUnsafe keeps header injection out: what remains needs no escaping in a user part or a tag.
func isUnsafe(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("+*#-_.!~", r)
}

// isUnsafeInID also lets the @ through that many a Call-ID has.
func isUnsafeInID(r rune) bool { return r != '@' && isUnsafe(r) }

func resolve(ctx context.Context, hostPort string) (netip.AddrPort, error) {
	host, port, err := splitHostPort(hostPort)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("sip: the trunk %q is not host:port: %w", hostPort, err)
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		if err != nil || len(found) == 0 {
			return netip.AddrPort{}, fmt.Errorf("sip: the trunk's name %q has no address: %w", host, err)
		}
		addr = found[0]
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), nil
}

// destination is where the call goes and what stands in its first line.
func (ask DialRequest) destination(ctx context.Context) (hop, sipgo.Uri, error) {
	if ask.Phone != nil {
		return ask.Phone.far, ask.Phone.contact, nil
	}
	addr, err := resolve(ctx, ask.Trunk)
	if err != nil {
		return hop{}, sipgo.Uri{}, err
	}
	host, port, _ := splitHostPort(ask.Trunk)
	target := sipgo.Uri{Scheme: "sip", User: strings.ReplaceAll(ask.Number, "#", "%23"), Host: host, Port: port}
	if ask.Transport != UDP {
		target.UriParams.Add("transport", ask.Transport.param())
	}
	return hop{addr: addr, transport: ask.Transport, tls: ask.TLS}, target, nil
}

func newOutgoing(ua *UserAgent, ask DialRequest, to hop, target sipgo.Uri) *Call {
	from := &sipgo.FromHeader{
		DisplayName: ask.Display, Address: sipgo.Uri{Scheme: "sip", User: ask.Caller, Host: ua.host, Port: ua.portOf(to.transport)},
	}
	if ask.Anonymous {
		from.DisplayName = "Anonymous"
		from.Address = sipgo.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}
	}
	from.Params.Add("tag", ask.FromTag)
	local := sdp.NewLocal(ask.Local, newSessionNumber())
	local.Encrypt(ask.Secrecy)
	return &Call{
		ua: ua, box: newMailbox(), open: map[*clientTx]bool{}, localTag: ask.FromTag, state: stateCalling,
		info: Info{ID: ask.CallID, Direction: Outbound, Remote: to.addr, Transport: to.transport, Caller: Caller{
			From:      partyOf(from.Address, from.DisplayName),
			To:        partyOf(target, ""),
			Called:    partyOf(target, ""),
			Anonymous: ask.Anonymous,
		}},
		local:    local,
		localSeq: 1,
		from:     from,
		to:       &sipgo.ToHeader{Address: target},
		target:   target,
		peer:     to,
		out:      &outgoing{ask: ask, to: to, forks: map[string]*fork{}},
	}
}

// invite sends the first INVITE.
func (c *Call) invite() {
	req := c.requestTo(sipgo.INVITE, c.localSeq, c.to, c.target, nil)
	if asserted := c.out.ask.Asserted; asserted != "" {
		uri := sipgo.Uri{Scheme: "sip", User: asserted, Host: c.ua.host}
		req.AppendHeader(sipgo.NewHeader("P-Asserted-Identity", "<"+uri.String()+">"))
	}
	if c.out.ask.Anonymous {
		req.AppendHeader(sipgo.NewHeader("Privacy", "id"))
	}
	setSDP(req, c.local.Offer())
	c.sendInvite(req)
}

func (c *Call) sendInvite(req *sipgo.Request) {
	c.out.reached = false
	c.sendTo(req, c.out.to, c.onInviteResponse, func() {
		c.finish(End{At: time.Now(), Cause: Timeout, ByRemote: true, Status: 408})
	})
	c.setAlarm(alarmRing, c.ua.timers.C, func() { c.giveUp(NoAnswer) })
	if c.out.ask.Patience > 0 {
		c.setAlarm(alarmPatience, c.out.ask.Patience, func() { c.giveUp(Timeout) })
	}
}

func (c *Call) onInviteResponse(tx *clientTx, res *sipgo.Response, at time.Time) {
	c.clearAlarm(alarmPatience)
	c.out.invite = tx
	switch {
	case res.StatusCode < 200:
		c.onProvisional(tx, res, at)
	case res.StatusCode < 300:
		c.onAccepted(tx, res, at)
	default:
		c.onRefused(tx, res, at)
	}
}

// onProvisional takes as many as come; each starts the wait for an answer anew (RFC 3261 section 16.7 point 2).
func (c *Call) onProvisional(tx *clientTx, res *sipgo.Response, at time.Time) {
	c.out.reached = true
	if c.out.cancel {
		c.sendCancel(tx)
		return
	}
	if res.StatusCode == 100 || c.state != stateCalling {
		return
	}
	c.acknowledgeProvisional(res)
	c.setAlarm(alarmRing, c.ua.timers.C, func() { c.giveUp(NoAnswer) })
	if !c.out.rang {
		c.out.rang = true
		c.ua.handler.Ringing(c, Ringing{At: at, Status: res.StatusCode})
	}
	if !hasSDP(res) || bytes.Equal(res.Body(), c.out.early) {
		return
	}
	c.out.early = bytes.Clone(res.Body())
	if stream, err := acceptBody(c.local, res); err == nil {
		c.out.lastEarly = stream
		c.ua.handler.EarlyMedia(c, Media{At: at, Stream: stream})
	}
}

// onAccepted takes a 2xx: the first wins, a repeated one gets its ACK again, and every other far side that a proxy
// found is sent away (RFC 3261 section 13.2.2.4).
func (c *Call) onAccepted(tx *clientTx, res *sipgo.Response, at time.Time) {
	tag := tagOf(res.To().Params)
	if known := c.out.forks[tag]; known != nil {
		c.ua.metrics.Retransmitted.Add(1)
		c.ua.send(known.ack, known.to)
		return
	}
	if len(c.out.forks) == maxForks {
		return
	}
	to := &sipgo.ToHeader{}
	*to = *sipgo.HeaderClone(res.To()).(*sipgo.ToHeader)
	routes := recordedRoutes(res, true)
	target := c.target
	if contact := res.Contact(); contact != nil && contact.Address.Host != "" {
		target = *contact.Address.Clone()
	}
	hop := c.nextHop(target, routes)
	f := &fork{ack: []byte(c.ackOf(tx.req, to, target, routes).String()), to: hop}
	c.out.forks[tag] = f
	c.ua.send(f.ack, f.to)
	if c.state != stateCalling {
		c.localSeq++
		c.sendTo(c.requestTo(sipgo.BYE, c.localSeq, to, target, routes), hop,
			func(*clientTx, *sipgo.Response, time.Time) {}, func() {})
		return
	}
	c.out.won, c.remoteTag = tag, tag
	c.to, c.target, c.routes = to, target, routes
	c.answered(res, at)
}

// answered begins the talk, or ends it when there is nothing to talk over. A 2xx without a description confirms the
// early one.
func (c *Call) answered(res *sipgo.Response, at time.Time) {
	c.clearAlarm(alarmRing)
	c.state = stateUp
	c.session.take(res)
	c.watchSession()
	stream, err := acceptBody(c.local, res)
	if err != nil && len(res.Body()) == 0 && c.out.early != nil {
		stream, err = c.out.lastEarly, nil
	}
	if err != nil || !stream.Remote.IsValid() {
		c.finish(End{At: c.sendBye(), Cause: NoMedia})
		return
	}
	c.stream = stream
	c.ua.handler.Answered(c, Media{At: at, Stream: stream})
}

// ackOf acknowledges a 2xx, with the credentials of its INVITE.
func (c *Call) ackOf(
	invite *sipgo.Request, to *sipgo.ToHeader, target sipgo.Uri, routes []sipgo.Uri,
) *sipgo.Request {
	ack := c.requestTo(sipgo.ACK, invite.CSeq().SeqNo, to, target, routes)
	sipgo.CopyHeaders("Authorization", invite, ack)
	sipgo.CopyHeaders("Proxy-Authorization", invite, ack)
	return ack
}

// onRefused ends the call, or sends it again with the password if that was asked for.
func (c *Call) onRefused(tx *clientTx, res *sipgo.Response, at time.Time) {
	if c.state != stateCalling {
		return
	}
	if again := c.withCredentials(tx.req, res); again != nil {
		c.sendInvite(again)
		return
	}
	end := End{At: at, ByRemote: true, Status: res.StatusCode, Q850: q850Of(res)}
	cause, told := causeOfQ850(end.Q850)
	if !told {
		cause = causeOfStatus(res.StatusCode, c.out.rang)
	}
	end.Cause = cause
	c.finish(end)
}

// giveUp ends a call of ours that was not answered. The far side is told as soon as it has shown that it got the
// INVITE (RFC 3261 section 9.1); if it answers all the same, it gets an ACK and a BYE.
func (c *Call) giveUp(cause Cause) {
	if c.state != stateCalling {
		return
	}
	c.out.cancel = true
	at := time.Now()
	if c.out.reached {
		at = c.sendCancel(c.out.invite)
	}
	c.finish(End{At: at, Cause: cause})
}

func (c *Call) sendCancel(invite *clientTx) time.Time {
	if c.out.canceled {
		return time.Now()
	}
	c.out.canceled = true
	return c.sendTo(cancelOf(invite.req), c.out.to, func(*clientTx, *sipgo.Response, time.Time) {}, func() {})
}
