package salesforce

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Whom a JWT bearer may address ("OAuth 2.0 JWT Bearer Flow").
var jwtAudiences = []string{"https://login.salesforce.com", "https://test.salesforce.com"}

const codeLifetime = 10 * time.Minute

// tokens issues sessions and knows which are valid.
type tokens struct {
	config Config
	now    func() time.Time

	mu    sync.Mutex
	live  map[string]time.Time // token: when it expires
	codes map[string]authorization
}

// authorization is a code that stands for an agent who is signed in.
type authorization struct {
	user, redirect, challenge string
	expires                   time.Time
}

func newTokens(config Config, now func() time.Time) *tokens {
	return &tokens{config: config, now: now, live: map[string]time.Time{}, codes: map[string]authorization{}}
}

func (t *tokens) valid(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	t.mu.Lock()
	defer t.mu.Unlock()
	return ok && t.now().Before(t.live[token])
}

func (t *tokens) revokeAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.live)
}

// issue is the token endpoint ("OAuth 2.0 Client Credentials Flow", "JWT
// Bearer Flow" and "Web Server Flow").
func (t *tokens) issue(w http.ResponseWriter, r *http.Request) {
	user := newID("005", 0) // the integration user
	var problem, why string
	switch grant := r.PostFormValue("grant_type"); grant {
	case "client_credentials":
		problem, why = t.checkClient(r)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		problem, why = t.checkAssertion(r.PostFormValue("assertion"))
	case "authorization_code":
		if problem, why = t.checkClient(r); problem == "" {
			user, problem, why = t.redeem(r)
		}
	default:
		problem, why = "unsupported_grant_type", "grant type not supported"
	}
	if problem != "" {
		writeJSON(w, http.StatusBadRequest, object{"error": problem, "error_description": why})
		return
	}
	token := "00DSt0000000001!" + rand.Text()
	t.mu.Lock()
	t.live[token] = t.now().Add(t.config.TokenLifetime)
	t.mu.Unlock()
	base := "http://" + r.Host
	writeJSON(w, http.StatusOK, object{
		"access_token": token, "token_type": "Bearer", "scope": "api", "instance_url": base,
		"id": base + "/id/" + long("00DSt0000000001") + "/" + long(user), "issued_at": "1",
	})
}

func (t *tokens) checkClient(r *http.Request) (problem, why string) {
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	switch {
	case t.config.ClientID == "" || !same(r.PostFormValue("client_id"), t.config.ClientID):
		return "invalid_client_id", "client identifier invalid"
	case !same(r.PostFormValue("client_secret"), t.config.ClientSecret):
		return "invalid_client", "invalid client credentials"
	}
	return "", ""
}

// checkAssertion checks a JWT: RS256, our key, the app, its user, the audience
// and an expiry within five minutes.
func (t *tokens) checkAssertion(assertion string) (problem, why string) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 || t.config.PublicKey == nil {
		return "invalid_grant", "invalid assertion"
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || rsa.VerifyPKCS1v15(t.config.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return "invalid_grant", "invalid assertion"
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	var claims struct {
		Issuer   string `json:"iss"`
		Subject  string `json:"sub"`
		Audience string `json:"aud"`
		Expires  int64  `json:"exp"`
	}
	if decodePart(parts[0], &header) != nil || decodePart(parts[1], &claims) != nil || header.Algorithm != "RS256" {
		return "invalid_grant", "invalid assertion"
	}
	left := time.Unix(claims.Expires, 0).Sub(t.now())
	switch {
	case claims.Issuer != t.config.ClientID:
		return "invalid_client_id", "client identifier invalid"
	case claims.Subject != t.config.Username:
		return "invalid_grant", "user hasn't approved this consumer"
	case !slices.Contains(jwtAudiences, claims.Audience):
		return "invalid_grant", "audience is invalid"
	case left <= 0 || left > 5*time.Minute:
		return "invalid_grant", "expired authorization code"
	}
	return "", ""
}

func decodePart(part string, into any) error {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// authorize sends a signed-in agent back with a code. Who is signed in is told
// by login_hint, or else by the cookie of the console's page.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	redirect, err := url.Parse(q.Get("redirect_uri"))
	user := q.Get("login_hint")
	if cookie, err := r.Cookie(userCookie); err == nil && user == "" {
		user = cookie.Value
	}
	if err != nil || redirect.Host == "" || q.Get("client_id") != s.config.ClientID || q.Get("response_type") != "code" || !s.org.knows(user) {
		http.Error(w, "error=invalid_request", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	s.tokens.mu.Lock()
	s.tokens.codes[code] = authorization{user: user, redirect: redirect.String(), challenge: q.Get("code_challenge"), expires: s.Now().Add(codeLifetime)}
	s.tokens.mu.Unlock()
	back := redirect.Query()
	back.Set("code", code)
	back.Set("state", q.Get("state"))
	redirect.RawQuery = back.Encode()
	http.Redirect(w, r, redirect.String(), http.StatusFound)
}

// redeem takes a code once (RFC 7636 section 4.6).
func (t *tokens) redeem(r *http.Request) (user, problem, why string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	code := r.PostFormValue("code")
	a, ok := t.codes[code]
	delete(t.codes, code)
	digest := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || !t.now().Before(a.expires) || a.redirect != r.PostFormValue("redirect_uri") ||
		a.challenge != base64.RawURLEncoding.EncodeToString(digest[:]) {
		return "", "invalid_grant", "expired or invalid authorization code"
	}
	return a.user, "", ""
}
