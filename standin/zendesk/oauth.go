package zendesk

import (
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of expires_in, in seconds ("Zendesk: Creating and using OAuth tokens").
const (
	shortestTokenSeconds = 300
	longestTokenSeconds  = 172_800
)

const tokenLimit = 10_000

type grant struct {
	client  string
	scopes  []string
	expires time.Time
}

// tokens issues and checks bearer tokens of the one OAuth client.
type tokens struct {
	mu               sync.Mutex
	now              func() time.Time
	clientID, secret string
	lifetime         time.Duration
	grants           map[string]grant
}

func newTokens(c Config, now func() time.Time) *tokens {
	return &tokens{now: now, clientID: c.ClientID, secret: c.ClientSecret, lifetime: c.TokenLifetime, grants: map[string]grant{}}
}

type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Scope        string `json:"scope"`
	ExpiresIn    int64  `json:"expires_in"`
}

func readTokenRequest(r *http.Request) (tokenRequest, error) {
	var request tokenRequest
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		err := json.NewDecoder(r.Body).Decode(&request)
		return request, err
	}
	if err := r.ParseForm(); err != nil {
		return request, err
	}
	request.GrantType, request.Scope = r.PostForm.Get("grant_type"), r.PostForm.Get("scope")
	request.ClientID, request.ClientSecret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	var err error
	if text := r.PostForm.Get("expires_in"); text != "" {
		request.ExpiresIn, err = strconv.ParseInt(text, 10, 64)
	}
	return request, err
}

// issue is POST /oauth/tokens; errors follow RFC 6749 section 5.2.
func (t *tokens) issue(w http.ResponseWriter, r *http.Request) {
	request, err := readTokenRequest(r)
	scopes := strings.Fields(request.Scope)
	if len(scopes) == 0 {
		scopes = []string{"read", "write"}
	}
	switch {
	case err != nil:
		oauthError(w, http.StatusBadRequest, "invalid_request", "The request is malformed.")
	case request.GrantType != "client_credentials":
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
	case !t.isClient(request):
		oauthError(w, http.StatusUnauthorized, "invalid_client", "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.")
	case slices.ContainsFunc(scopes, unknownScope):
		oauthError(w, http.StatusBadRequest, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
	case request.ExpiresIn != 0 && (request.ExpiresIn < shortestTokenSeconds || request.ExpiresIn > longestTokenSeconds):
		oauthError(w, http.StatusBadRequest, "invalid_request", "expires_in must be between 300 and 172800 seconds.")
	default:
		t.grant(w, request, scopes)
	}
}

func (t *tokens) isClient(request tokenRequest) bool {
	known := subtle.ConstantTimeCompare([]byte(request.ClientID), []byte(t.clientID))
	proved := subtle.ConstantTimeCompare([]byte(request.ClientSecret), []byte(t.secret))
	return t.clientID != "" && known&proved == 1
}

// grant answers without a refresh token: that grant asks again instead.
func (t *tokens) grant(w http.ResponseWriter, request tokenRequest, scopes []string) {
	lifetime := t.lifetime
	if request.ExpiresIn != 0 {
		lifetime = time.Duration(request.ExpiresIn) * time.Second
	}
	token := secret()
	t.mu.Lock()
	now := t.now()
	if len(t.grants) >= tokenLimit {
		t.dropExpired(now)
	}
	full := len(t.grants) >= tokenLimit
	if !full {
		t.grants[token] = grant{client: request.ClientID, scopes: scopes, expires: now.Add(lifetime)}
	}
	t.mu.Unlock()
	if full {
		writeTooMany(w, int(lifetime/time.Second))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, object{
		"access_token": token, "token_type": "bearer", "scope": strings.Join(scopes, " "), "expires_in": int(lifetime / time.Second),
	})
}

func (t *tokens) dropExpired(now time.Time) {
	for token, g := range t.grants {
		if !now.Before(g.expires) {
			delete(t.grants, token)
		}
	}
}

// revokeAll ends every token at once.
func (t *tokens) revokeAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.grants)
}

func oauthError(w http.ResponseWriter, status int, name, description string) {
	writeJSON(w, status, object{"error": name, "error_description": description})
}
