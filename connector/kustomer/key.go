package kustomer

import (
	"context"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

// refusedPause is how long a key that was not accepted is not tried again.
const refusedPause = 30 * time.Second

// key has the API key, the bearer token of every request. It is read again
// when it is not accepted, so that a changed one needs no restart.
type key struct {
	env     connector.Env
	system  tandem.ID
	changed func() // another key is used from now on

	mu      sync.Mutex
	text    string
	refused error // why text is not sent, until the pause is over
	again   time.Time
}

// credentialError says that Kustomer gives no access, which a person has to
// mend.
type credentialError struct{ err error }

// Error implements error.
func (e *credentialError) Error() string {
	return "no access to Kustomer; save an API key that is valid (Kustomer: Settings, Security, API Keys): " + e.err.Error()
}

// Unwrap returns the cause.
func (e *credentialError) Unwrap() error { return e.err }

// get returns the key, unless it was refused a moment ago and is still the
// same.
func (k *key) get(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.text != "" && k.refused == nil {
		return k.text, nil
	}
	return k.read(ctx)
}

// replace returns another key than one that was not accepted because of err.
func (k *key) replace(ctx context.Context, bad string, err error) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.text != bad && k.refused == nil {
		return k.text, nil
	}
	k.text, k.refused, k.again = bad, &credentialError{err}, k.env.Clock.Now().Add(refusedPause)
	return k.read(ctx)
}

// read reads the key from the vault. It is called with mu held.
func (k *key) read(ctx context.Context) (string, error) {
	secret, err := k.env.Secrets.Secret(ctx, connector.SecretName(k.system, connector.ClientSecret))
	if err != nil {
		return "", &credentialError{err}
	}
	if text := string(secret); text != k.text {
		k.text, k.refused = text, nil
		k.changed()
	}
	if k.refused != nil && k.env.Clock.Now().Before(k.again) {
		return "", k.refused
	}
	k.refused = nil
	return k.text, nil
}

// forgive lets a key that was refused be tried again at once.
func (k *key) forgive() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.again = time.Time{}
}
