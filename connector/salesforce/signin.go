package salesforce

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	signInLife   = 10 * time.Minute
	maxSignIns   = 50_000
	signInCookie = "tandem-sign-in"
)

// signIns are the sign-ins under way.
type signIns struct {
	clock connector.Clock

	mu     sync.Mutex
	begins map[string]begin // by state
}

// begin is a sign-in under way.
type begin struct {
	verifier, redirect string
	expires            time.Time
}

func newSignIns(clock connector.Clock) *signIns {
	return &signIns{clock: clock, begins: map[string]begin{}}
}

// start keeps a sign-in that begins; it is false when there are too many.
func (s *signIns) start(state string, b begin) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	for known, other := range s.begins {
		if !now.Before(other.expires) {
			delete(s.begins, known)
		}
	}
	if len(s.begins) >= maxSignIns {
		return false
	}
	b.expires = now.Add(signInLife)
	s.begins[state] = b
	return true
}

func (s *signIns) take(state string) (begin, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.begins[state]
	delete(s.begins, state)
	return b, ok && s.clock.Now().Before(b.expires)
}

// signIn sends the agent's browser to Salesforce ("OAuth 2.0 Web Server Flow"
// with proof key, RFC 7636). An agent who is signed in there and whose profile
// the connected app admits comes back at once.
func (s *Salesforce) signIn(w http.ResponseWriter, r *http.Request) {
	state, verifier := rand.Text(), rand.Text()+rand.Text()
	redirect := s.address(r) + ConsolePath + s.system.SystemID.String() + "/signed-in"
	if !s.signIns.start(state, begin{verifier: verifier, redirect: redirect}) {
		http.Error(w, "too many people sign in at once; try again in some minutes", http.StatusServiceUnavailable)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: signInCookie, Value: state, Path: ConsolePath, MaxAge: int(signInLife / time.Second),
		HttpOnly: true, Secure: strings.HasPrefix(redirect, "https:"), SameSite: http.SameSiteLaxMode,
	})
	key, _ := s.client.tokens.consumer()
	digest := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {key}, "redirect_uri": {redirect}, "state": {state}, "scope": {"openid"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(digest[:])}, "code_challenge_method": {"S256"},
	}
	if hint := r.FormValue("login_hint"); hint != "" {
		query.Set("login_hint", hint)
	}
	http.Redirect(w, r, s.client.base.String()+"/services/oauth2/authorize?"+query.Encode(), http.StatusFound)
}

// address is where browsers reach this server.
func (s *Salesforce) address(r *http.Request) string {
	switch {
	case s.env.PublicURL != "":
		return strings.TrimRight(s.env.PublicURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// signedInPage hands the pass to the window that opened this one, which is of
// the same origin.
var signedInPage = template.Must(template.New("signed-in").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Signed in</title>
<p id="line">You are signed in. This window can be closed.</p>
<script>const session = {"tandem":"signed-in","agent":{{.Agent}},"token":{{.Token}}};
if (window.opener) { window.opener.postMessage(session, location.origin); window.close(); }
else { document.getElementById("line").textContent = "The console that opened this window is gone. Close this window and sign in from the console again."; }</script>
</html>
`))

// signedIn learns from Salesforce who the agent is.
func (s *Salesforce) signedIn(w http.ResponseWriter, r *http.Request) {
	state := r.FormValue("state")
	cookie, err := r.Cookie(signInCookie)
	b, ok := s.signIns.take(state)
	if !ok || err != nil || cookie.Value != state {
		http.Error(w, "this sign-in is over; close the window and sign in again", http.StatusBadRequest)
		return
	}
	agent, err := s.whoIs(r.Context(), b, r.FormValue("code"))
	if err != nil {
		s.env.Log.Warn("an agent could not sign in", "err", err)
		http.Error(w, "Salesforce did not confirm the sign-in; tell your administrator: the connected app needs this page's address as callback URL, and the agent's profile", http.StatusForbidden)
		return
	}
	token, err := s.passes.issue(r.Context(), agent)
	if err != nil {
		s.env.Log.Error("no session could be made for an agent's console", "err", err)
		http.Error(w, "Tandem could not sign you in just now; try again in a moment", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'")
	_ = signedInPage.Execute(w, struct{ Agent, Token string }{agent, token}) // a visitor who has gone signs in again
}

// whoIs exchanges a code for the id of the agent; nothing else is kept.
func (s *Salesforce) whoIs(ctx context.Context, b begin, code string) (string, error) {
	secret, err := s.client.tokens.secret(ctx)
	if err != nil {
		return "", err
	}
	key, _ := s.client.tokens.consumer()
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {key},
		"redirect_uri": {b.redirect}, "code_verifier": {b.verifier},
	}
	if block, _ := pem.Decode(secret); block == nil {
		form.Set("client_secret", string(secret))
	}
	answer, err := s.client.exchange(ctx, form)
	if err != nil {
		return "", err
	}
	user := path.Base(answer.ID)
	if !idShape.MatchString(user) {
		return "", tandem.Errorf(tandem.Invalid, "id", "Salesforce did not say who signed in")
	}
	return short(user), nil
}
