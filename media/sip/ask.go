package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// ErrSilent says that a far side did not answer in time.
var ErrSilent = errors.New("sip: no answer")

// Peer is a far side that is asked something outside of any call.
type Peer struct {
	Addr               netip.AddrPort // an allowed one
	Host               string         // what stands in the address; empty: Addr
	Transport          Transport
	TLS                *tls.Config // for Transport TLS
	Username, Password string      // for digest authentication
}

func (p Peer) uri(user string) sipgo.Uri {
	uri := sipgo.Uri{Scheme: "sip", User: user, Host: p.Host}
	if uri.Host == "" {
		uri.Host, uri.Port = p.Addr.Addr().String(), int(p.Addr.Port())
	}
	if p.Transport != UDP {
		uri.UriParams.Add("transport", p.Transport.param())
	}
	return uri
}

// Options asks a far side whether it is there (RFC 3261 section 11). Any answer but 408 and 503 says that it is.
func (ua *UserAgent) Options(ctx context.Context, peer Peer) error {
	q := &question{ua: ua, peer: peer, callID: newTag(), tag: newTag()}
	res, err := q.ask(ctx, sipgo.OPTIONS, "")
	if err != nil {
		return err
	}
	if res.StatusCode == 408 || res.StatusCode == 503 {
		return fmt.Errorf("sip: the far side answers %d", res.StatusCode)
	}
	return nil
}

// Registration is an address of record that we keep at a registrar (RFC 3261 section 10).
type Registration struct {
	Peer
	User   string        // of the address of record
	Expiry time.Duration // asked for
	id     string        // the Call-ID, the same for all its requests
	seq    uint32
}

// Register asks once and gives how long the registration lasts. The same Registration is passed to every refresh.
// An Expiry of zero takes it back.
func (ua *UserAgent) Register(ctx context.Context, r *Registration) (time.Duration, error) {
	if r.id == "" {
		r.id = newTag()
	}
	q := &question{ua: ua, peer: r.Peer, callID: r.id, tag: newTag(), seq: r.seq}
	q.headers = []sipgo.Header{ua.registrant(r), sipgo.NewHeader("Expires", strconv.Itoa(int(r.Expiry.Seconds())))}
	res, err := q.ask(ctx, sipgo.REGISTER, r.User)
	r.seq = q.seq
	switch {
	case err != nil:
		return 0, err
	case res.StatusCode == 401 || res.StatusCode == 407 || res.StatusCode == 403:
		return 0, fmt.Errorf("sip: the registrar refuses user and password (%d): check both", res.StatusCode)
	case res.StatusCode == 423:
		return ua.registerLonger(ctx, r, res)
	case res.StatusCode >= 300:
		return 0, fmt.Errorf("sip: the registrar answers %d", res.StatusCode)
	}
	return grantedExpiry(res, r), nil
}

// registrant is our contact, by which the registrar's calls come.
func (ua *UserAgent) registrant(r *Registration) sipgo.Header {
	contact := ua.contact(r.Transport).(*sipgo.ContactHeader)
	contact.Address.User = r.User
	return contact
}

// registerLonger follows the registrar's least time (RFC 3261 section 10.2.8), once.
func (ua *UserAgent) registerLonger(ctx context.Context, r *Registration, res *sipgo.Response) (time.Duration, error) {
	seconds, err := strconv.ParseUint(headerValue(res, "min-expires"), 10, 31)
	longer := time.Duration(seconds) * time.Second
	if err != nil || longer <= r.Expiry {
		return 0, errors.New("sip: the registrar finds the time too short and does not say how long it must be")
	}
	r.Expiry = longer
	return ua.Register(ctx, r)
}

// grantedExpiry is that of our contact, else that of all (RFC 3261 section 10.2.4).
func grantedExpiry(res *sipgo.Response, r *Registration) time.Duration {
	granted := headerValue(res, "expires")
	for _, h := range res.GetHeaders("contact") {
		contact, ok := h.(*sipgo.ContactHeader)
		if text := paramOf(contactParams(contact, ok), "expires"); text != "" && contact.Address.User == r.User {
			granted = text
		}
	}
	seconds, err := strconv.ParseUint(granted, 10, 31)
	if err != nil {
		return r.Expiry
	}
	return time.Duration(seconds) * time.Second
}

func contactParams(contact *sipgo.ContactHeader, ok bool) sipgo.HeaderParams {
	if !ok {
		return nil
	}
	return contact.Params
}

// question is one request outside of a call, with its second try when a password is asked for.
type question struct {
	ua      *UserAgent
	peer    Peer
	callID  string
	tag     string
	seq     uint32
	headers []sipgo.Header
}

// ask gives the final response.
func (q *question) ask(ctx context.Context, method sipgo.RequestMethod, user string) (*sipgo.Response, error) {
	req := q.request(method, user)
	res, err := q.once(ctx, req)
	if err != nil || res.StatusCode != 401 && res.StatusCode != 407 || q.peer.Username == "" {
		return res, err
	}
	challengeName, answerName := challengeHeaders(res.StatusCode)
	value := answerChallenge(res.GetHeaders(challengeName), req, q.peer.Username, q.peer.Password)
	if value == "" {
		return res, nil
	}
	again := q.request(method, user)
	again.AppendHeader(sipgo.NewHeader(answerName, value))
	return q.once(ctx, again)
}

func (q *question) request(method sipgo.RequestMethod, user string) *sipgo.Request {
	q.seq++
	target := q.peer.uri("")
	from := &sipgo.FromHeader{Address: q.peer.uri(user)}
	to := &sipgo.ToHeader{Address: q.peer.uri(user)}
	if user == "" {
		from.Address = sipgo.Uri{Scheme: "sip", Host: q.ua.host, Port: q.ua.portOf(q.peer.Transport)}
	}
	from.Params.Add("tag", q.tag)
	req := q.ua.newRequest(method, q.peer.Transport, target, from, to, q.callID, q.seq)
	for _, h := range q.headers {
		req.AppendHeader(sipgo.HeaderClone(h))
	}
	req.SetBody(nil)
	return req
}

func (q *question) once(ctx context.Context, req *sipgo.Request) (*sipgo.Response, error) {
	answered := make(chan *sipgo.Response, 1)
	silent := make(chan struct{}, 1)
	tx, _ := q.ua.newClient(req, hop{addr: q.peer.Addr, transport: q.peer.Transport, tls: q.peer.TLS},
		func(_ *clientTx, res *sipgo.Response, _ time.Time) bool {
			if res.StatusCode >= 200 {
				select {
				case answered <- res:
				default:
				}
			}
			return true
		},
		func(_ *clientTx, timedOut bool) {
			if timedOut {
				silent <- struct{}{}
			}
		})
	if tx == nil {
		return nil, ErrClosed
	}
	select {
	case res := <-answered:
		return res, nil
	case <-silent:
		return nil, ErrSilent
	case <-ctx.Done():
		tx.abandon()
		return nil, fmt.Errorf("%w: %w", ErrSilent, ctx.Err())
	case <-q.ua.stop:
		tx.abandon()
		return nil, ErrClosed
	}
}

// challengeHeaders are the header that asks for a password and the one that answers (RFC 3261 section 22).
func challengeHeaders(status int) (challenge, answer string) {
	if status == 407 {
		return "proxy-authenticate", "Proxy-Authorization"
	}
	return "www-authenticate", "Authorization"
}
