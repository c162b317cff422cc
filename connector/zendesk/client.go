package zendesk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	maxAnswerBytes  = 4 << 20
	maxDetailLength = 200
	shortestPause   = time.Second
	longestPause    = 10 * time.Minute
	defaultPause    = 10 * time.Second // after a 429 without Retry-After
)

// client sends requests to one account, and to nothing else.
type client struct {
	base     *url.URL
	http     *http.Client
	timeout  time.Duration
	governor *governor
	tokens   *tokens
	env      connector.Env
}

// parseBase checks the base URL of an account: https, or http on the machine
// itself, and nothing but a host.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, tandem.Errorf(tandem.Invalid, "url", "want the address of the account and nothing more, such as https://example.zendesk.com")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, tandem.Errorf(tandem.Invalid, "url", "want https; plain http is for this machine only")
	}
	u.Path = ""
	return u, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// newHTTPClient follows no redirect, uses no proxy and keeps few connections.
func newHTTPClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, MaxIdleConnsPerHost: workers, MaxConnsPerHost: 2 * workers, IdleConnTimeout: 2 * time.Minute,
			TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// failure is a request that did not succeed.
type failure struct {
	status int       // of the answer; 0 when none came
	sent   bool      // the request may have had its effect
	until  time.Time // before this moment the account wants no further request
	detail string    // the answer, for people
	err    error
}

// Error implements error.
func (f *failure) Error() string {
	if f.status != 0 {
		return fmt.Sprintf("Zendesk answered %d: %s", f.status, f.detail)
	}
	return f.detail
}

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// unauthorized reports whether the token was not accepted.
func unauthorized(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.status == http.StatusUnauthorized
}

// call sends one authorized request, of any priority, when the governor lets
// it, and decodes the answer into out unless that is nil. A token that is not
// accepted is replaced once.
func (c *client) call(ctx context.Context, p priority, method, path string, in, out any) error {
	if err := c.governor.wait(ctx, p); err != nil {
		return &failure{detail: "the connector is stopping", err: err}
	}
	token, err := c.tokens.get(ctx)
	if err != nil {
		return err
	}
	err = c.send(ctx, token, method, path, in, out)
	if !unauthorized(err) {
		return err
	}
	if token, err = c.tokens.replace(ctx, token); err != nil {
		return err
	}
	return c.send(ctx, token, method, path, in, out)
}

// send does one exchange.
func (c *client) send(ctx context.Context, token, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	connected := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	request, err := c.request(ctx, token, method, path, in)
	if err != nil {
		return err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		c.env.Stats.Requested(0)
		return &failure{sent: connected, detail: "no answer from " + c.base.Host, err: cause(err)}
	}
	defer answer.Body.Close()
	c.env.Stats.Requested(answer.StatusCode)
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes+1))
	c.governor.learn(answer.Header.Get("X-Rate-Limit"))
	switch {
	case err != nil:
		return &failure{sent: true, detail: "the answer of " + c.base.Host + " broke off", err: err}
	case len(body) > maxAnswerBytes:
		return &failure{status: answer.StatusCode, sent: true, detail: fmt.Sprintf("the answer is larger than %d bytes", maxAnswerBytes)}
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return c.refusal(answer, body)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &failure{status: answer.StatusCode, sent: true, detail: "the answer is not the JSON expected", err: err}
	}
	return nil
}

// cause leaves the address out of a network error: the base is known, and the
// query may tell about agents.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (c *client) request(ctx context.Context, token, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("encode a request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "Tandem")
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request, nil
}

// refusal reads an answer that is not a success, and obeys Retry-After
// ("Zendesk: Rate limits").
func (c *client) refusal(answer *http.Response, body []byte) *failure {
	f := &failure{status: answer.StatusCode, sent: true, detail: detail(answer, body)}
	after := answer.Header.Get("Retry-After")
	if answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable && after != "" {
		f.until = c.env.Clock.Now().Add(pause(after, c.env.Clock.Now()))
		c.governor.close(f.until)
	}
	return f
}

// pause reads Retry-After, seconds or a date (RFC 9110 section 10.2.3).
func pause(header string, now time.Time) time.Duration {
	span := defaultPause
	if seconds, err := strconv.Atoi(header); err == nil {
		span = time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		span = date.Sub(now)
	}
	return min(max(span, shortestPause), longestPause)
}

// detail is the name and sentence of an error answer ("Zendesk: Errors",
// RFC 6749 section 5.2), shortened; free text only where there is no JSON.
func detail(answer *http.Response, body []byte) string {
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		return "it wants to send us elsewhere, which is not followed; check the URL"
	}
	var e struct {
		Error       any    `json:"error"`
		Description string `json:"description"`
		OAuth       string `json:"error_description"`
	}
	if json.Unmarshal(body, &e) != nil || e.Error == nil {
		return http.StatusText(answer.StatusCode)
	}
	name, _ := e.Error.(string)
	text := strings.ToValidUTF8(strings.Trim(name+": "+e.Description+e.OAuth, ": "), "")
	if len(text) > maxDetailLength {
		text = strings.ToValidUTF8(text[:maxDetailLength], "") + "..."
	}
	return text
}
