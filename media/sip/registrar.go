package sip

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
)

// Times of a phone's registration.
const (
	minRegistration     = time.Minute
	maxRegistration     = time.Hour
	defaultRegistration = 10 * time.Minute
)

// maxUsers bounds the users with a phone; only those with a password come here.
const maxUsers = 10_000

// RegistrarConfig says who may register a phone (RFC 3261 section 10.3).
type RegistrarConfig struct {
	Realm     string                // of the passwords
	Passwords Passwords             // of the users; must be quick
	Allowed   func(netip.Addr) bool // where phones may be
	MD5Only   bool                  // for phones that stop at the sight of SHA-256
	Contacts  int                   // phones of one user at a time, 1 to 3 [3]; one more pushes out the one that ends first
}

// Phone is a registered telephone.
type Phone struct {
	User      string
	Expires   time.Time
	Transport Transport

	contact sipgo.Uri
	far     hop // where its registration came from, which lets calls through its NAT (RFC 3581)
	callID  string
	seq     uint32
}

// registrar keeps the phones.
type registrar struct {
	config RegistrarConfig
	guard  *guard

	mu    sync.Mutex
	users map[string][]Phone
}

func newRegistrar(config RegistrarConfig) *registrar {
	config.Contacts = min(max(cmp.Or(config.Contacts, 3), 1), 3)
	guard := newGuard(config.Realm)
	if config.MD5Only {
		guard.algorithms = []string{"MD5"}
	}
	return &registrar{config: config, guard: guard, users: map[string][]Phone{}}
}

// Phones are the phones of a user that are registered now, the one that registered last first.
func (ua *UserAgent) Phones(user string) []Phone {
	if ua.registrar == nil {
		return nil
	}
	r := ua.registrar
	r.mu.Lock()
	defer r.mu.Unlock()
	live := slices.Clone(r.live(user))
	slices.Reverse(live)
	return live
}

// Registered is the number of users who have a phone.
func (ua *UserAgent) Registered() int {
	if ua.registrar == nil {
		return 0
	}
	r := ua.registrar
	r.mu.Lock()
	defer r.mu.Unlock()
	for user := range r.users { // any order: each is looked at by itself
		r.live(user)
	}
	return len(r.users)
}

// live drops what has expired. The caller holds mu.
func (r *registrar) live(user string) []Phone {
	now := time.Now()
	live := slices.DeleteFunc(r.users[user], func(p Phone) bool { return now.After(p.Expires) })
	if len(live) == 0 {
		delete(r.users, user)
		return nil
	}
	r.users[user] = live
	return live
}

// register answers a REGISTER. Repetitions are answered by its transaction.
func (ua *UserAgent) register(req *sipgo.Request, source hop) {
	r := ua.registrar
	if required := unsupported(req); len(required) > 0 {
		ua.reject(req, source, refuseWith(420, sipgo.NewHeader("Unsupported", strings.Join(required, ", "))))
		return
	}
	tx := ua.newServer(req, source)
	if tx == nil {
		ua.busy(req, source)
		return
	}
	status, headers := r.answer(req, source)
	if status == 401 || status == 403 {
		ua.metrics.RefusedPasswords.Add(1)
	}
	res := newResponse(req, source, status, newTag())
	for _, h := range headers {
		res.AppendHeader(h)
	}
	tx.respond(res)
}

// answer takes the steps of RFC 3261 section 10.3.
func (r *registrar) answer(req *sipgo.Request, source hop) (int, []sipgo.Header) {
	user, v := r.guard.check(req, r.config.Passwords)
	switch v {
	case unproven, stale:
		return 401, r.guard.challenges(v == stale)
	case refused:
		return 403, nil
	}
	if !strings.EqualFold(req.To().Address.User, user) {
		return 403, nil // for another's phone
	}
	contacts, err := contactsOf(req)
	if err != nil {
		return 400, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if status := r.bind(user, contacts, req, source); status != 200 {
		return status, []sipgo.Header{sipgo.NewHeader("Min-Expires", strconv.Itoa(int(minRegistration.Seconds())))}
	}
	var headers []sipgo.Header
	for _, p := range r.live(user) {
		seconds := int(time.Until(p.Expires).Round(time.Second).Seconds())
		headers = append(headers, sipgo.NewHeader("Contact", fmt.Sprintf("<%s>;expires=%d", p.contact.String(), seconds)))
	}
	return 200, headers
}

// asked is one contact of a request and for how long; zero takes it away.
type asked struct {
	uri    sipgo.Uri
	all    bool // "*"
	expiry time.Duration
}

func contactsOf(req *sipgo.Request) ([]asked, error) {
	common := defaultRegistration
	if text := headerValue(req, "expires"); text != "" {
		common = secondsOf(text, common)
	}
	var all []asked
	for _, h := range req.GetHeaders("contact") {
		for _, text := range splitAddresses(h.Value()) {
			if text == "*" {
				all = append(all, asked{all: true, expiry: common})
				continue
			}
			var uri sipgo.Uri
			var params sipgo.HeaderParams
			if _, err := sipgo.ParseAddressValue(text, &uri, &params); err != nil || len(all) == maxParties {
				return nil, fmt.Errorf("sip: contact %d cannot be used: %w", len(all)+1, err)
			}
			all = append(all, asked{uri: uri, expiry: secondsOf(paramOf(params, "expires"), common)})
		}
	}
	return all, nil
}

func secondsOf(text string, otherwise time.Duration) time.Duration {
	seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil {
		return otherwise
	}
	return time.Duration(seconds) * time.Second
}

// bind takes contacts over, all or none; the result is the status. The caller holds mu.
func (r *registrar) bind(user string, contacts []asked, req *sipgo.Request, source hop) int {
	phones := slices.Clone(r.live(user))
	callID, seq := req.CallID().Value(), req.CSeq().SeqNo
	for _, c := range contacts {
		same := func(p Phone) bool { return c.all || p.contact.String() == c.uri.String() }
		switch {
		case c.all && (len(contacts) > 1 || c.expiry != 0):
			return 400
		case slices.ContainsFunc(phones, func(p Phone) bool { return same(p) && p.callID == callID && seq <= p.seq }):
			return 500 // RFC 3261 section 10.3 point 7: older than what is there
		case c.expiry > 0 && c.expiry < minRegistration:
			return 423
		}
		phones = slices.DeleteFunc(phones, same)
		if c.expiry > 0 {
			phones = append(phones, Phone{
				User: user, Expires: time.Now().Add(min(c.expiry, maxRegistration)), Transport: source.transport,
				contact: c.uri, far: source, callID: callID, seq: seq,
			})
		}
	}
	if len(r.users) >= maxUsers && r.users[user] == nil {
		return 503
	}
	r.users[user] = lastToEnd(phones, r.config.Contacts)
	return 200
}

// lastToEnd leaves so many phones, without those that end first.
func lastToEnd(phones []Phone, most int) []Phone {
	for len(phones) > most {
		first := 0
		for i := range phones {
			if phones[i].Expires.Before(phones[first].Expires) {
				first = i
			}
		}
		phones = slices.Delete(phones, first, first+1)
	}
	return phones
}
