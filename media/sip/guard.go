package sip

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

const (
	// nonceLife is how long a challenge may be answered.
	nonceLife = 5 * time.Minute
	// maxNonces bounds the counters of challenges that were answered rightly.
	maxNonces = 10_000
	// maxTries in a row with a wrong password lock a user out for lockoutLife.
	maxTries    = 10
	lockoutLife = 15 * time.Minute
	// maxLockouts bounds what is remembered of wrong passwords.
	maxLockouts = 10_000
)

// Passwords gives the password of a user; false for one that is not known.
type Passwords func(username string) (password string, known bool)

// guard asks for passwords and checks them (RFC 3261 section 22, RFC 8760). It tells nobody which users there are.
type guard struct {
	realm      string
	algorithms []string // offered, the better one first
	secret     [32]byte // nonces are signed with it rather than remembered
	now        func() time.Time

	mu    sync.Mutex
	used  map[string]int // the last count of each nonce that was answered rightly
	tries map[string]*tries
}

// tries are the wrong passwords given for one user.
type tries struct {
	wrong int
	last  time.Time
}

func newGuard(realm string) *guard {
	g := &guard{realm: realm, algorithms: []string{"SHA-256", "MD5"}, now: time.Now, used: map[string]int{}, tries: map[string]*tries{}}
	_, _ = rand.Read(g.secret[:]) // never fails
	return g
}

// verdict is what comes of a request's credentials.
type verdict uint8

const (
	unproven verdict = iota // ask for a password
	stale                   // ask again: the password was right, the challenge too old
	refused                 // a wrong password, an unknown user, or one that is locked out
	proven
)

// check reads the credentials of a request.
func (g *guard) check(req *sipgo.Request, passwords Passwords) (username string, v verdict) {
	credentials, ok := g.credentials(req)
	if !ok {
		return "", unproven
	}
	username = credentials.Username
	password, known := passwords(username)
	right := matches(credentials, req, password) && known && password != ""
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.lockedOut(username):
		return username, refused
	case !right:
		g.wrong(username)
		return username, refused
	case !g.fresh(credentials):
		return username, stale
	}
	delete(g.tries, username)
	return username, proven
}

// credentials are those for our realm.
func (g *guard) credentials(req *sipgo.Request) (*digest.Credentials, bool) {
	for _, h := range req.GetHeaders("authorization") {
		c, err := digest.ParseCredentials(h.Value())
		if err == nil && c.Realm == g.realm && c.Username != "" {
			return c, true
		}
	}
	return nil, false
}

// matches computes what the response must be. Only what we offer is taken: one of two algorithms, and a request that is
// protected with a count, so that nothing can be sent again.
func matches(c *digest.Credentials, req *sipgo.Request, password string) bool {
	algorithm := strings.ToUpper(c.Algorithm)
	if algorithm != "SHA-256" && algorithm != "MD5" && algorithm != "" || c.QOP != "auth" || c.Nc < 1 || c.Userhash {
		return false
	}
	want, err := digest.Digest(
		&digest.Challenge{Realm: c.Realm, Nonce: c.Nonce, Algorithm: c.Algorithm, QOP: []string{"auth"}},
		digest.Options{
			Method: string(req.Method), URI: c.URI, Username: c.Username, Password: password, Count: c.Nc, Cnonce: c.Cnonce,
			GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(req.Body())), nil },
		})
	return err == nil && subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(c.Response))) == 1
}

// fresh reports whether a nonce is ours, not too old, and counts up. The caller holds mu.
func (g *guard) fresh(c *digest.Credentials) bool {
	stamp, signature, _ := strings.Cut(c.Nonce, ".")
	made, ok := madeAt(c.Nonce)
	if !ok || !hmac.Equal([]byte(signature), []byte(g.sign(stamp))) {
		return false
	}
	if g.now().Sub(made) > nonceLife || c.Nc <= g.used[c.Nonce] {
		return false
	}
	if len(g.used) >= maxNonces {
		g.forgetNonces()
	}
	if len(g.used) >= maxNonces {
		return false
	}
	g.used[c.Nonce] = c.Nc
	return true
}

func (g *guard) forgetNonces() {
	for nonce := range g.used { // any order: each is judged by itself
		if made, _ := madeAt(nonce); g.now().Sub(made) > nonceLife {
			delete(g.used, nonce)
		}
	}
}

// madeAt is when a nonce was made.
func madeAt(nonce string) (time.Time, bool) {
	text, _, _ := strings.Cut(nonce, "-")
	seconds, err := strconv.ParseInt(text, 16, 64)
	return time.Unix(seconds, 0), err == nil
}

func (g *guard) sign(stamp string) string {
	mac := hmac.New(sha256.New, g.secret[:])
	_, _ = mac.Write([]byte(stamp)) // never fails
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// lockedOut reports whether a user has had too many wrong passwords. The caller holds mu.
func (g *guard) lockedOut(username string) bool {
	t := g.tries[username]
	return t != nil && t.wrong >= maxTries && g.now().Sub(t.last) < lockoutLife
}

// wrong counts a wrong password, whether there is such a user or not. The caller holds mu.
func (g *guard) wrong(username string) {
	t := g.tries[username]
	if t == nil || g.now().Sub(t.last) >= lockoutLife {
		if t == nil && len(g.tries) >= maxLockouts {
			clear(g.tries) // somebody tries thousands of names; the rate of each source holds him back
		}
		t = &tries{}
		g.tries[username] = t
	}
	t.wrong++
	t.last = g.now()
}

// nonce is the time and some chance, signed.
func (g *guard) nonce() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	stamp := strconv.FormatInt(g.now().Unix(), 16) + "-" + newTag()
	return stamp + "." + g.sign(stamp)
}

// challenges are the headers of a 401: the better algorithm first (RFC 8760 section 2.3).
func (g *guard) challenges(old bool) []sipgo.Header {
	nonce := g.nonce()
	var headers []sipgo.Header
	for _, algorithm := range g.algorithms {
		text := `Digest realm="` + g.realm + `", nonce="` + nonce + `", algorithm=` + algorithm + `, qop="auth"`
		if old {
			text += ", stale=true"
		}
		headers = append(headers, sipgo.NewHeader("WWW-Authenticate", text))
	}
	return headers
}
