package salesforce

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	tokenPath       = "/services/oauth2/token"
	sessionLifetime = 90 * time.Minute // of the default 2 hours of a session
	refusedPause    = 30 * time.Second // after the org has refused
	assertionLife   = 3 * time.Minute  // at most 5 minutes are taken
	jwtGrant        = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

// tokens gets and keeps the session of the integration user.
//
// The secret decides how: a private key in PEM means the JWT bearer flow, for
// which the client id is the consumer key and, after a space, the name of the
// user to act for; anything else is the consumer secret of the client
// credentials flow. The secret is read for every new token, so that a changed
// one needs no restart.
type tokens struct {
	client   *client
	clientID string
	system   tandem.ID

	asking sync.Mutex // held while asking: one question at a time

	mu      sync.Mutex
	token   string
	expires time.Time
	refused error // the last answer, until the pause is over
	again   time.Time
}

// consumer is the consumer key and, for the JWT bearer flow, the user's name.
func (t *tokens) consumer() (key, username string) {
	key, username, _ = strings.Cut(strings.TrimSpace(t.clientID), " ")
	return key, strings.TrimSpace(username)
}

// get returns a token that has not expired as far as we know.
func (t *tokens) get(ctx context.Context) (string, error) { return t.ask(ctx, "") }

// replace returns another token than one that was not accepted.
func (t *tokens) replace(ctx context.Context, bad string) (string, error) { return t.ask(ctx, bad) }

func (t *tokens) fresh(bad string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != bad && t.client.env.Clock.Now().Before(t.expires) {
		return t.token
	}
	return ""
}

// ask asks the org for a token, unless there is one when its turn comes.
func (t *tokens) ask(ctx context.Context, bad string) (string, error) {
	if token := t.fresh(bad); token != "" {
		return token, nil
	}
	t.asking.Lock()
	defer t.asking.Unlock()
	if token := t.fresh(bad); token != "" {
		return token, nil
	}
	t.mu.Lock()
	refused, again := t.refused, t.again
	t.mu.Unlock()
	if refused != nil && t.client.env.Clock.Now().Before(again) {
		return "", refused
	}
	return t.fetch(ctx)
}

func (t *tokens) fetch(ctx context.Context) (string, error) {
	form, err := t.form(ctx)
	if err != nil {
		return "", t.refuse(&credentialError{err})
	}
	asked := t.client.env.Clock.Now()
	answer, err := t.client.exchange(ctx, form)
	var f *failure
	switch {
	case errors.As(err, &f) && f.status >= 400 && f.status < 500:
		return "", t.refuse(&credentialError{err})
	case err != nil:
		return "", err
	case answer.AccessToken == "":
		return "", &failure{status: http.StatusOK, detail: "the answer to the request for access has no access_token"}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.refused, t.expires = answer.AccessToken, nil, asked.Add(sessionLifetime)
	return t.token, nil
}

// tokenAnswer is what the token endpoint gives.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	ID          string `json:"id"` // an address that ends in the user's id
}

func (c *client) exchange(ctx context.Context, form url.Values) (tokenAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var answer tokenAnswer
	err := c.send(ctx, "", http.MethodPost, tokenPath, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), &answer)
	return answer, err
}

// form is the request for a token.
func (t *tokens) form(ctx context.Context) (url.Values, error) {
	secret, err := t.secret(ctx)
	if err != nil {
		return nil, err
	}
	key, username := t.consumer()
	block, _ := pem.Decode(secret)
	if block == nil {
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {key}, "client_secret": {string(secret)}}, nil
	}
	assertion, err := assertion(block, key, username, audience(t.client.base.Hostname()), t.client.theirs())
	return url.Values{"grant_type": {jwtGrant}, "assertion": {assertion}}, err
}

func (t *tokens) secret(ctx context.Context) ([]byte, error) {
	return t.client.env.Secrets.Secret(ctx, connector.SecretName(t.system, connector.ClientSecret))
}

// audience is whom an assertion addresses: sandboxes have a host of their own.
func audience(host string) string {
	if strings.Contains(host, ".sandbox.") {
		return "https://test.salesforce.com"
	}
	return "https://login.salesforce.com"
}

// assertion makes a signed JWT (RFC 7523, RS256).
func assertion(block *pem.Block, issuer, subject, audience string, now time.Time) (string, error) {
	if subject == "" {
		return "", errors.New("a private key needs the name of the user to act for: write it after the consumer key, with a space between")
	}
	key, err := privateKey(block)
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{"iss": issuer, "sub": subject, "aud": audience, "exp": now.Add(assertionLife).Unix()})
	if err != nil {
		return "", fmt.Errorf("encode an assertion: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign an assertion: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func privateKey(block *pem.Block) (*rsa.PrivateKey, error) {
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if k, ok := key.(*rsa.PrivateKey); ok && err == nil {
		return k, nil
	}
	return nil, errors.New("the private key cannot be read; save an RSA key in PEM, PKCS #1 or PKCS #8, without a password")
}

func (t *tokens) refuse(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused, t.again = err, t.client.env.Clock.Now().Add(refusedPause)
	return err
}

// forgive lets a refused app ask again at once.
func (t *tokens) forgive() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = nil
}
