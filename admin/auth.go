package admin

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"tandem/auth"
)

// Bearer authorizes requests that carry a token (RFC 6750 section 2.1). The
// comparison takes the same time whatever is sent. An empty token admits
// nobody.
func Bearer(token string, as Principal) func(*http.Request) (Principal, bool) {
	if token == "" {
		return func(*http.Request) (Principal, bool) { return Principal{}, false }
	}
	return BearerHash(auth.HashToken(token), as)
}

// BearerHash is [Bearer] for a token of which only the hash is known.
func BearerHash(hash []byte, as Principal) func(*http.Request) (Principal, bool) {
	return func(r *http.Request) (Principal, bool) {
		token, ok := TokenOf(r)
		if !ok || subtle.ConstantTimeCompare(auth.HashToken(token), hash) != 1 {
			return Principal{}, false
		}
		return as, true
	}
}

// TokenOf is the token that a request carries; ok is false where it has none.
func TokenOf(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, token != "" && strings.EqualFold(scheme, "Bearer")
}
