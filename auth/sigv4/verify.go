package sigv4

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// MaxSkew is how far a request's time may be from ours, either way.
const MaxSkew = 5 * time.Minute

// Keys finds access keys. Secret must not take noticeably longer for a key
// that exists than for one that does not.
type Keys interface {
	// Secret returns the secret of an access key and whom the key speaks for;
	// ok is false if there is no such key or it is not active.
	Secret(accessKeyID string) (secret string, principal string, ok bool)
}

// Expirer is implemented by [Keys] whose keys may expire.
type Expirer interface {
	// Expired reports whether the access key was valid once and is not at now.
	Expired(accessKeyID string, now time.Time) bool
}

// Verifier checks signatures. Its fields are not changed once it is in use; it
// may then be used by several goroutines.
type Verifier struct {
	Keys     Keys
	Services []string         // the service names a signature may be scoped to, such as "connect"
	Now      func() time.Time // the clock
}

// Identity is who signed a request.
type Identity struct {
	AccessKeyID string
	Principal   string // as Keys named it
	Region      string // the region the signature is scoped to; any is accepted
}

// Verify checks the request's signature; body is its whole body. The error is
// always an [*Error]. An unknown key costs the same work as a wrong signature,
// so that the time of the answer does not tell which keys exist.
func (v *Verifier) Verify(r *http.Request, body []byte) (Identity, error) {
	id, err := v.verify(r, body)
	if err != nil {
		return Identity{}, err
	}
	return id, nil
}

func (v *Verifier) verify(r *http.Request, body []byte) (Identity, *Error) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		return Identity{}, missing("Missing Authentication Token: sign the request with AWS Signature Version 4.")
	}
	if len(headers) > 1 {
		return Identity{}, incomplete("The request has more than one Authorization header.")
	}
	auth, err := parseAuthorization(headers[0])
	if err != nil {
		return Identity{}, err
	}
	now := v.Now()
	amzDate, err := v.checkScope(r, auth, now)
	if err != nil {
		return Identity{}, err
	}
	canonical, err := canonicalRequest(r, auth.signedHeaders, body)
	if err != nil {
		return Identity{}, err
	}
	secret, principal, known := v.Keys.Secret(auth.accessKeyID)
	want := sign(secret, auth.scope, amzDate, canonical)
	same := subtle.ConstantTimeCompare([]byte(want), []byte(auth.signature)) == 1
	switch {
	case !known:
		return Identity{}, unrecognized()
	case !same:
		return Identity{}, invalid("The request signature we calculated does not match the signature you provided. " +
			"Check the secret access key, and that no proxy changes the host, the path or the signed headers.")
	case v.expired(auth.accessKeyID, now):
		return Identity{}, expired()
	}
	return Identity{AccessKeyID: auth.accessKeyID, Principal: principal, Region: auth.scope.region}, nil
}

func (v *Verifier) expired(accessKeyID string, now time.Time) bool {
	e, ok := v.Keys.(Expirer)
	return ok && e.Expired(accessKeyID, now)
}

// checkScope checks time and service, and returns the time as it was signed.
func (v *Verifier) checkScope(r *http.Request, auth authorization, now time.Time) (string, *Error) {
	if !slices.Contains(v.Services, auth.scope.service) {
		return "", invalid("Credential should be scoped to correct service: '" + strings.Join(v.Services, "' or '") + "'.")
	}
	at, err := requestTime(r, auth.signedHeaders)
	if err != nil {
		return "", incomplete("Date must be in ISO-8601 'basic format', such as " + timeFormat + ", in the signed header X-Amz-Date.")
	}
	amzDate := at.Format(timeFormat)
	if at.Format(dayFormat) != auth.scope.day {
		return "", invalid("The date in Credential is not the date of the request.")
	}
	if at.Before(now.Add(-MaxSkew)) {
		return "", invalid(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 5 min.)",
			amzDate, stamp(now.Add(-MaxSkew)), stamp(now)))
	}
	if at.After(now.Add(MaxSkew)) {
		return "", invalid(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 5 min.)",
			amzDate, stamp(now.Add(MaxSkew)), stamp(now)))
	}
	return amzDate, nil
}

func stamp(t time.Time) string { return t.UTC().Format(timeFormat) }

// requestTime is the signed time: X-Amz-Date, or else Date.
func requestTime(r *http.Request, signedHeaders []string) (time.Time, error) {
	if slices.Contains(signedHeaders, "x-amz-date") {
		return time.Parse(timeFormat, r.Header.Get("X-Amz-Date"))
	}
	if r.Header.Get("X-Amz-Date") != "" {
		return time.Time{}, errors.New("X-Amz-Date is present and not signed")
	}
	date := r.Header.Get("Date")
	if at, err := time.Parse(timeFormat, date); err == nil {
		return at, nil
	}
	at, err := http.ParseTime(date)
	return at.UTC(), err
}
