package sip

import (
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"net"
	"net/netip"
	"strconv"
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
)

const (
	defaultPort    = 5060
	sdpType        = "application/sdp"
	allowedMethods = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
	supportedTags  = "timer"
	// timerTag is the option tag of session timers (RFC 4028).
	timerTag = "timer"
)

// newTag makes a tag or a branch's random part with 80 bits (RFC 3261 section 19.3 asks for 32).
func newTag() string { return rand.Text()[:16] }

func splitHostPort(text string) (string, int, error) {
	host, portText, err := net.SplitHostPort(text)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 || host == "" {
		return "", 0, fmt.Errorf("host or port is missing or wrong in %q", text)
	}
	return host, int(port), nil
}

// paramOf reads a parameter whatever its case and the white space around it, which the parser keeps.
func paramOf(params sipgo.HeaderParams, key string) string {
	for _, p := range params {
		if strings.EqualFold(strings.TrimSpace(p.K), key) {
			return strings.Trim(strings.TrimSpace(p.V), `"`)
		}
	}
	return ""
}

func tagOf(params sipgo.HeaderParams) string { return paramOf(params, "tag") }

func hasParam(params sipgo.HeaderParams, key string) bool {
	for _, p := range params {
		if strings.EqualFold(strings.TrimSpace(p.K), key) {
			return true
		}
	}
	return false
}

// headerValue is the first header of one of the names (long and compact form), "" when there is none.
func headerValue(msg headered, names ...string) string {
	for _, name := range names {
		if found := msg.GetHeaders(name); len(found) > 0 {
			return strings.TrimSpace(found[0].Value())
		}
	}
	return ""
}

// headerTokens are the comma-separated values of all headers of one of the names.
func headerTokens(msg headered, names ...string) []string {
	var tokens []string
	for _, name := range names {
		for _, h := range msg.GetHeaders(name) {
			for _, token := range strings.Split(h.Value(), ",") {
				if token = strings.TrimSpace(token); token != "" {
					tokens = append(tokens, token)
				}
			}
		}
	}
	return tokens
}

func containsFold(tokens []string, want string) bool {
	for _, token := range tokens {
		if strings.EqualFold(token, want) {
			return true
		}
	}
	return false
}

// contentType is the type without its parameters, in lower case.
func contentType(msg sipgo.Message) string {
	value, _, _ := strings.Cut(headerValue(msg, "content-type", "c"), ";")
	return strings.ToLower(strings.TrimSpace(value))
}

// hasSDP reports whether the message carries a session description.
func hasSDP(msg sipgo.Message) bool { return len(msg.Body()) > 0 && contentType(msg) == sdpType }

// replyAddress is where responses go. Over a connection: back on it (RFC 3261 section 18.2.2). Over UDP: to the address that the request came from, and to the port it came from if the
// sender asked for that (RFC 3581), else to the port of its Via (RFC 3261 section 18.2.2).
func replyAddress(req *sipgo.Request, source hop) hop {
	via := req.Via()
	if via == nil || source.transport != UDP || hasParam(via.Params, "rport") {
		return source
	}
	port := via.Port
	if port <= 0 || port > 65535 {
		port = defaultPort
	}
	return hop{addr: netip.AddrPortFrom(source.addr.Addr(), uint16(port))}
}

// newResponse answers a request (RFC 3261 section 8.2.6). The tag goes into To if the request had none there.
func newResponse(req *sipgo.Request, source hop, code int, tag string) *sipgo.Response {
	res := sipgo.NewResponse(code, reasonPhrase(code))
	sipgo.CopyHeaders("Via", req, res)
	if via := res.Via(); via != nil {
		markSource(via, source.addr)
	}
	if h := req.From(); h != nil {
		res.AppendHeader(sipgo.HeaderClone(h))
	}
	if h := req.To(); h != nil {
		res.AppendHeader(sipgo.HeaderClone(h))
		if to := res.To(); code > 100 && tag != "" && tagOf(to.Params) == "" {
			to.Params.Add("tag", tag)
		}
	}
	if h := req.CallID(); h != nil {
		res.AppendHeader(sipgo.HeaderClone(h))
	}
	if h := req.CSeq(); h != nil {
		res.AppendHeader(sipgo.HeaderClone(h))
	}
	res.SetBody(nil)
	return res
}

// markSource tells the sender how it is seen (RFC 3261 section 18.2.1, RFC 3581 section 4).
func markSource(via *sipgo.ViaHeader, source netip.AddrPort) {
	rport := hasParam(via.Params, "rport")
	if rport || via.Host != source.Addr().String() {
		via.Params.Add("received", source.Addr().String())
	}
	if rport {
		via.Params.Add("rport", strconv.Itoa(int(source.Port())))
	}
}

// refuse answers a request without remembering it (RFC 3261 section 8.2.7): a repeated request gets the same again.
func (ua *UserAgent) refuse(req *sipgo.Request, source hop, code int, headers ...sipgo.Header) {
	res := newResponse(req, source, code, constantTag(req))
	for _, h := range headers {
		res.AppendHeader(h)
	}
	ua.send([]byte(res.String()), replyAddress(req, source))
}

// constantTag is the same for the same request, as an answer without memory needs.
func constantTag(req *sipgo.Request) string {
	hash := fnv.New64a()
	if id := req.CallID(); id != nil {
		_, _ = hash.Write([]byte(id.Value()))
	}
	if via := req.Via(); via != nil {
		_, _ = hash.Write([]byte(via.Value()))
	}
	return strconv.FormatUint(hash.Sum64(), 36)
}

func setSDP(msg sipgo.Message, body []byte) {
	msg.AppendHeader(sipgo.NewHeader("Content-Type", sdpType))
	msg.SetBody(body)
}

// via is the header that brings the response back to us.
func (ua *UserAgent) via(transport Transport) *sipgo.ViaHeader {
	return &sipgo.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: transport.String(), Host: ua.host, Port: ua.portOf(transport),
		Params: sipgo.HeaderParams{
			{K: "branch", V: sipgo.RFC3261BranchMagicCookie + newTag()},
			{K: "rport"},
		},
	}
}

func (ua *UserAgent) contact(transport Transport) sipgo.Header {
	uri := sipgo.Uri{Scheme: "sip", Host: ua.host, Port: ua.portOf(transport)}
	if transport != UDP {
		uri.UriParams.Add("transport", transport.param())
	}
	return &sipgo.ContactHeader{Address: uri}
}

// newRequest begins a request of ours; the caller adds what its method needs and the body.
func (ua *UserAgent) newRequest(
	method sipgo.RequestMethod, transport Transport, recipient sipgo.Uri,
	from *sipgo.FromHeader, to *sipgo.ToHeader, callID string, seq uint32,
) *sipgo.Request {
	req := sipgo.NewRequest(method, recipient)
	id, forwards := sipgo.CallIDHeader(callID), sipgo.MaxForwardsHeader(70)
	req.AppendHeader(ua.via(transport))
	req.AppendHeader(&forwards)
	req.AppendHeader(sipgo.HeaderClone(from))
	req.AppendHeader(sipgo.HeaderClone(to))
	req.AppendHeader(&id)
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: seq, MethodName: method})
	return req
}

// ackRefusal acknowledges a final response that is not 2xx: part of the INVITE's transaction, so with its Via
// (RFC 3261 section 17.1.1.3).
func ackRefusal(invite *sipgo.Request, res *sipgo.Response) *sipgo.Request {
	ack := sameHop(invite, sipgo.ACK)
	ack.AppendHeader(sipgo.HeaderClone(res.To()))
	ack.SetBody(nil)
	return ack
}

// cancelOf cancels an INVITE (RFC 3261 section 9.1).
func cancelOf(invite *sipgo.Request) *sipgo.Request {
	cancel := sameHop(invite, sipgo.CANCEL)
	cancel.AppendHeader(sipgo.HeaderClone(invite.To()))
	cancel.SetBody(nil)
	return cancel
}

// sameHop is a request that follows an INVITE on its first hop. To is left to the caller.
func sameHop(invite *sipgo.Request, method sipgo.RequestMethod) *sipgo.Request {
	req := sipgo.NewRequest(method, invite.Recipient)
	forwards := sipgo.MaxForwardsHeader(70)
	req.AppendHeader(sipgo.HeaderClone(invite.Via()))
	sipgo.CopyHeaders("Route", invite, req)
	req.AppendHeader(&forwards)
	req.AppendHeader(sipgo.HeaderClone(invite.From()))
	req.AppendHeader(sipgo.HeaderClone(invite.CallID()))
	req.AppendHeader(&sipgo.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: method})
	return req
}

// literalAddress is where a URI points if it says so in numbers.
func literalAddress(uri sipgo.Uri) (netip.AddrPort, bool) {
	addr, err := netip.ParseAddr(strings.Trim(uri.Host, "[]"))
	if err != nil || uri.Port < 0 || uri.Port > 65535 {
		return netip.AddrPort{}, false
	}
	port := uri.Port
	if port == 0 {
		port = defaultPort
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), true
}

var reasonPhrases = map[int]string{
	100: "Trying", 180: "Ringing", 200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
	405: "Method Not Allowed", 406: "Not Acceptable", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
	420: "Bad Extension", 423: "Interval Too Brief", 422: "Session Interval Too Small", 480: "Temporarily Unavailable",
	481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 486: "Busy Here", 487: "Request Terminated",
	488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error", 503: "Service Unavailable",
	505: "Version Not Supported", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere",
}

func reasonPhrase(code int) string {
	if phrase, known := reasonPhrases[code]; known {
		return phrase
	}
	return "Refused"
}
