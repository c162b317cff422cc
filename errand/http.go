package errand

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tandem"
)

// Headers of a [Post].
const (
	HeaderIdempotency = "Idempotency-Key"    // the errand's id: the same for each try
	HeaderTimestamp   = "X-Tandem-Timestamp" // seconds since 1970
	HeaderSignature   = "X-Tandem-Signature" // see Sign
)

const maxErrorBytes = 4 << 10 // of an error's body, which is read for the connection's sake only

// NewClient makes an HTTP client that goes where it is told and nowhere else:
// it follows no redirect, uses no proxy and takes no cookie.
func NewClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, MaxIdleConnsPerHost: 10, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 5 * time.Second,
			MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// CheckURL refuses an address that requests with customers' data must not go
// to: all but https, and http to this machine where that is allowed.
func CheckURL(raw string, loopback bool) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("%q is not a URL such as https://functions.example.com/orders", raw)
	case u.User != nil || u.Fragment != "":
		return errors.New("the URL must not carry a user, a password or a fragment")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		if loopback {
			return nil
		}
		return errors.New("the URL is not encrypted; where that is meant, for this machine only, set loopback = true")
	}
	return fmt.Errorf("the URL begins with %s: customers' data go over https only", u.Scheme)
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Post is one signed request with a JSON body.
type Post struct {
	URL      string
	Secret   []byte // of the signature; empty: none
	ID       tandem.ID
	Body     []byte
	Header   http.Header // more headers
	MaxBytes int         // of the answer
}

// Sign is the signature of a body: "v1=" and, in hex, the HMAC-SHA256 of
// timestamp, a full stop and the body.
func Sign(secret []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Send sends it and returns the body of an answer 2xx. Every error is a
// [*Failure].
func (p Post) Send(ctx context.Context, client *http.Client) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(p.Body))
	if err != nil {
		return nil, &Failure{Code: CodeConnection, Err: err}
	}
	for name, values := range p.Header {
		r.Header[name] = values
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Tandem")
	r.Header.Set(HeaderIdempotency, p.ID.String())
	if len(p.Secret) > 0 {
		timestamp := strconv.FormatInt(time.Now().Unix(), 10)
		r.Header.Set(HeaderTimestamp, timestamp)
		r.Header.Set(HeaderSignature, Sign(p.Secret, timestamp, p.Body))
	}
	return Exchange(client, r, p.MaxBytes)
}

// Exchange sends a request and returns the body of an answer 2xx, of at most
// maxBytes. Every error is a [*Failure].
func Exchange(client *http.Client, r *http.Request, maxBytes int) ([]byte, error) {
	answer, err := client.Do(r)
	if err != nil {
		return nil, &Failure{Code: CodeConnection, Passing: true, Err: withoutAddress(err)}
	}
	defer answer.Body.Close()
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		_, _ = io.CopyN(io.Discard, answer.Body, maxErrorBytes) // so that the connection can be used again
		return nil, refusal(answer)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, int64(maxBytes)+1))
	switch {
	case err != nil:
		return nil, &Failure{Status: answer.StatusCode, Code: CodeConnection, Passing: true, Err: err}
	case len(body) > maxBytes:
		return nil, &Failure{Status: answer.StatusCode, Code: CodeAnswer, Err: fmt.Errorf("the answer is longer than %d bytes", maxBytes)}
	}
	return body, nil
}

// refusal says what an answer other than 2xx means.
func refusal(answer *http.Response) *Failure {
	f := &Failure{Status: answer.StatusCode, Code: errorCode(answer), Err: errors.New("the target refused; its own log says why")}
	switch {
	case answer.StatusCode < 400:
		f.Err = errors.New("the target wants to send us elsewhere, which is not followed: configure the final URL")
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		f.Passing = true
	}
	return f
}

// errorCode is the code that an answer names itself, or that its status has.
func errorCode(answer *http.Response) string {
	code, _, _ := strings.Cut(answer.Header.Get("X-Amzn-ErrorType"), ":")
	if IsCode(code) {
		return code
	}
	return strings.NewReplacer(" ", "", "-", "", "'", "").Replace(http.StatusText(answer.StatusCode))
}

// IsCode reports whether a text can be an error's code: one short word, which
// tells nothing about a customer.
func IsCode(text string) bool {
	return text != "" && len(text) <= 80 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.'
	})
}

// withoutAddress leaves the URL out of a network error.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
