package zendesk

import (
	"net/http"
	"slices"
	"strings"
)

// denial is why a request may not go on.
type denial struct {
	status int
	body   object
}

func (d *denial) write(w http.ResponseWriter) {
	if d.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Zendesk"`)
	}
	writeJSON(w, d.status, d.body)
}

// check finds the client behind the bearer token and whether its scopes cover
// the request. Asking for a token needs none.
func (t *tokens) check(r *http.Request) (client string, refused *denial) {
	if strings.HasPrefix(r.URL.Path, "/oauth/") {
		return "", nil
	}
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return "", &denial{http.StatusUnauthorized, object{"error": "Couldn't authenticate you"}}
	}
	t.mu.Lock()
	g, known := t.grants[token]
	now := t.now()
	t.mu.Unlock()
	if !known || !now.Before(g.expires) {
		return "", &denial{http.StatusUnauthorized, object{
			"error":             "invalid_token",
			"error_description": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
		}}
	}
	access, resource := needs(r)
	if !covers(g.scopes, access, resource) {
		return g.client, &denial{http.StatusForbidden, object{
			"error": "Forbidden", "description": "You are missing the following required scopes: " + access,
		}}
	}
	return g.client, nil
}

// needs says which access to which resource a request is.
func needs(r *http.Request) (access, resource string) {
	access = "write"
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		access = "read"
	}
	resource, _, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/api/v2/"), "/")
	return access, resource
}

// covers: "read" and "write" reach everything; "users" and "users:read" reach
// one resource. Agent availabilities have no published scope of their own.
func covers(scopes []string, access, resource string) bool {
	if slices.Contains(scopes, access) {
		return true
	}
	narrow := slices.Contains(narrowScopes, resource)
	return narrow && (slices.Contains(scopes, resource) || slices.Contains(scopes, resource+":"+access))
}

var narrowScopes = []string{
	"tickets", "users", "auditlogs", "organizations", "hc", "apps", "triggers", "automations", "targets", "webhooks",
}

func unknownScope(scope string) bool {
	if scope == "read" || scope == "write" || scope == "impersonate" {
		return false
	}
	resource, access, limited := strings.Cut(scope, ":")
	return !slices.Contains(narrowScopes, resource) || (limited && access != "read" && access != "write")
}
