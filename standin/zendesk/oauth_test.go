package zendesk

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestTokenIsGivenForJSONAndFormBodies(t *testing.T) {
	r := start(t, nil)
	r.want(r.do("GET", "/api/v2/users/me.json", ""), http.StatusOK, `"role":"admin"`)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"tandem"}, "client_secret": {"client-secret"}, "scope": {"read"}, "expires_in": {"600"}}
	response, err := http.PostForm(r.url+"/oauth/tokens", form)
	ok(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("form body refused with %d", response.StatusCode)
	}
}

func TestTokenRequestIsRefusedWithItsCause(t *testing.T) {
	r := start(t, nil)
	for _, c := range []struct {
		name, body string
		code       int
		contains   string
	}{
		{"wrong secret", `{"grant_type":"client_credentials","client_id":"tandem","client_secret":"x"}`, 401, "invalid_client"},
		{"unknown client", `{"grant_type":"client_credentials","client_id":"x","client_secret":"client-secret"}`, 401, "invalid_client"},
		{"removed grant", `{"grant_type":"password","client_id":"tandem","client_secret":"client-secret"}`, 400, "unsupported_grant_type"},
		{"unknown scope", `{"grant_type":"client_credentials","client_id":"tandem","client_secret":"client-secret","scope":"all"}`, 400, "invalid_scope"},
		{"too long", `{"grant_type":"client_credentials","client_id":"tandem","client_secret":"client-secret","expires_in":999999}`, 400, "expires_in"},
		{"no JSON", `{`, 400, "invalid_request"},
	} {
		t.Run(c.name, func(t *testing.T) { r.want(r.do("POST", "/oauth/tokens", c.body), c.code, c.contains) })
	}
}

func TestTokenExpiresAndCanBeRevoked(t *testing.T) {
	r := start(t, nil)
	r.clock.add(30*time.Minute - time.Second)
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusOK, "user")
	r.clock.add(time.Second)
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusUnauthorized, "invalid_token")
	r.token = r.newToken("")
	r.s.RevokeTokens()
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusUnauthorized, "invalid_token")
	r.token = ""
	r.want(r.do("GET", "/api/v2/users/me", ""), http.StatusUnauthorized, `{"error":"Couldn't authenticate you"}`)
}

func TestScopesAreEnforced(t *testing.T) {
	r := start(t, nil)
	put := "/api/v2/agent_availabilities/agent_statuses/agents/10011"
	for _, c := range []struct {
		scope, method, path, body string
		code                      int
	}{
		{"read", "GET", "/api/v2/agent_availabilities/10011", "", 200},
		{"read", "PUT", put, `{"id":4}`, 403},
		{"write", "PUT", put, `{"id":4}`, 200},
		{"write", "GET", "/api/v2/users", "", 403},
		{"users:read", "GET", "/api/v2/users", "", 200},
		{"users:read", "GET", "/api/v2/webhooks", "", 403},
		{"webhooks", "GET", "/api/v2/webhooks", "", 200},
	} {
		t.Run(c.scope+" "+c.method+" "+c.path, func(t *testing.T) {
			r.token = r.newToken(c.scope)
			r.want(r.do(c.method, c.path, c.body), c.code, "")
		})
	}
}
