package zendesk

import (
	"context"
	"net/http"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

// A token is renewed when a fifth of its life is left, and not asked for again
// for a while after the account has refused.
const (
	renewPart       = 5
	assumedLifetime = 5 * time.Minute // where the answer does not tell
	refusedPause    = 30 * time.Second
)

// tokens gets and keeps the bearer token (RFC 6749 section 4.4, client
// credentials). The secret is read for every new token, so that a changed one
// needs no restart.
type tokens struct {
	client   *client
	clientID string
	system   tandem.ID

	asking sync.Mutex // held while asking: one question at a time

	mu      sync.Mutex
	token   string
	renew   time.Time
	expires time.Time
	refused error // the last answer, until the pause is over
	again   time.Time
}

// get returns a token that has not expired.
func (t *tokens) get(ctx context.Context) (string, error) {
	if token := t.fresh(); token != "" {
		return token, nil
	}
	return t.ask(ctx, t.fresh)
}

// replace returns another token than one that was not accepted.
func (t *tokens) replace(ctx context.Context, bad string) (string, error) {
	return t.ask(ctx, func() string {
		if token := t.fresh(); token != bad {
			return token
		}
		return ""
	})
}

// renewal renews the token in good time, so that no write has to wait for it.
func (t *tokens) renewal(ctx context.Context) {
	for {
		t.mu.Lock()
		span := t.renew.Sub(t.client.env.Clock.Now())
		if t.token == "" {
			span = refusedPause
		}
		t.mu.Unlock()
		if connector.Wait(ctx, t.client.env.Clock, max(span, time.Second)) != nil {
			return
		}
		if _, err := t.ask(ctx, t.young); err != nil && ctx.Err() == nil {
			t.client.env.Log.Warn("no new token for Zendesk", "err", err)
		}
	}
}

func (t *tokens) fresh() string { return t.before(&t.expires) }
func (t *tokens) young() string { return t.before(&t.renew) }

// before returns the token unless a moment of its life has come.
func (t *tokens) before(moment *time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client.env.Clock.Now().Before(*moment) {
		return t.token
	}
	return ""
}

// ask asks the account for a token, unless have finds one when its turn comes.
func (t *tokens) ask(ctx context.Context, have func() string) (string, error) {
	t.asking.Lock()
	defer t.asking.Unlock()
	if token := have(); token != "" {
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

// credentialError is the account's refusal to give a token, which a person has
// to mend.
type credentialError struct{ err error }

// Error implements error.
func (e *credentialError) Error() string {
	return "no access to Zendesk; check URL, client id and client secret: " + e.err.Error()
}

// Unwrap returns the cause.
func (e *credentialError) Unwrap() error { return e.err }

func (t *tokens) fetch(ctx context.Context) (string, error) {
	env := t.client.env
	secret, err := env.Secrets.Secret(ctx, connector.SecretName(t.system, connector.ClientSecret))
	if err != nil {
		return "", t.refuse(&credentialError{err})
	}
	asked := env.Clock.Now()
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	err = t.client.send(ctx, "", http.MethodPost, "/oauth/tokens", map[string]string{
		"grant_type": "client_credentials", "client_id": t.clientID, "client_secret": string(secret), "scope": "read write",
	}, &answer)
	if f, ok := err.(*failure); ok {
		f.sent = false // what waits for the token was not sent
		if f.status >= 400 && f.status < 500 && f.until.IsZero() {
			return "", t.refuse(&credentialError{err})
		}
	}
	if err != nil {
		return "", err
	}
	lifetime := min(time.Duration(answer.ExpiresIn)*time.Second, 48*time.Hour)
	if lifetime <= 0 {
		lifetime = assumedLifetime
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.refused = answer.AccessToken, nil
	t.expires, t.renew = asked.Add(lifetime-lifetime/20), asked.Add(lifetime-lifetime/renewPart)
	return t.token, nil
}

func (t *tokens) refuse(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused, t.again = err, t.client.env.Clock.Now().Add(refusedPause)
	return err
}

// forgive lets a refused client ask again at once.
func (t *tokens) forgive() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = nil
}
