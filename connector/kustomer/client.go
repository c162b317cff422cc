package kustomer

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
	maxAnswerBytes = 8 << 20
	shortestPause  = time.Second
	longestPause   = 10 * time.Minute
	defaultPause   = 10 * time.Second // after a 429 that does not say how long
)

// client sends requests to one organization, and to nothing else.
type client struct {
	base     *url.URL
	http     *http.Client
	timeout  time.Duration
	governor *governor
	key      *key
	skew     *skew
	env      connector.Env
}

// parseBase checks the base URL of an organization: https, or http on the
// machine itself, and nothing but a host. The version that all paths begin
// with may stand there.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, wrongBase()
	}
	if path := strings.Trim(u.Path, "/"); path != "" && path != "v1" {
		return nil, wrongBase()
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, tandem.Errorf(tandem.Invalid, "url", "want https; plain http is for this machine only")
	}
	u.Path, u.RawPath = "", ""
	return u, nil
}

func wrongBase() error {
	return tandem.Errorf(tandem.Invalid, "url", "want the address of the organization's API and nothing more, such as https://example.api.kustomerapp.com")
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

// call sends one authorized request, of any priority, when the governor lets
// it, and decodes the answer into out unless that is nil. A key that is not
// accepted is read again once.
func (c *client) call(ctx context.Context, p priority, method, path string, in, out any) error {
	if err := c.governor.wait(ctx, p); err != nil {
		return &failure{detail: "the connector is stopping", err: err}
	}
	token, err := c.key.get(ctx)
	if err != nil {
		return err
	}
	err = c.send(ctx, token, method, path, in, out)
	if !answered(err, http.StatusUnauthorized) {
		return err
	}
	if token, err = c.key.replace(ctx, token, err); err != nil {
		return err
	}
	if err = c.send(ctx, token, method, path, in, out); answered(err, http.StatusUnauthorized) {
		return &credentialError{err}
	}
	return err
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
	sent := c.env.Clock.Now()
	answer, err := c.http.Do(request)
	if err != nil {
		c.env.Stats.Requested(0)
		return &failure{sent: connected, detail: "no answer from " + c.base.Host, err: cause(err)}
	}
	defer answer.Body.Close()
	c.env.Stats.Requested(answer.StatusCode)
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes+1))
	c.skew.learn(answer.Header.Get("Date"), sent, c.env.Clock.Now())
	limits := c.budget(answer.Header)
	c.governor.learn(limits)
	switch {
	case err != nil:
		return &failure{sent: true, detail: "the answer of " + c.base.Host + " broke off", err: err}
	case len(body) > maxAnswerBytes:
		return &failure{status: answer.StatusCode, sent: true, detail: fmt.Sprintf("the answer is larger than %d bytes", maxAnswerBytes)}
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return c.refusal(answer, body, limits)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &failure{status: answer.StatusCode, sent: true, detail: notJSON(body), err: err}
	}
	return nil
}

// answered reports whether err is an answer of a status.
func answered(err error, status int) bool {
	var f *failure
	return errors.As(err, &f) && f.status == status
}

// cause leaves the address out of a network error: the base is known, and the
// path may tell about agents.
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
	request.Header.Set("Authorization", "Bearer "+token)
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// budget reads the headers of "Kustomer: Rate limits".
func (c *client) budget(h http.Header) budget {
	number := func(name string) int {
		if n, err := strconv.Atoi(h.Get(name)); err == nil {
			return n
		}
		return -1
	}
	b := budget{limit: number("x-ratelimit-limit"), remaining: number("x-ratelimit-remaining")}
	if reset, err := strconv.ParseInt(h.Get("x-ratelimit-reset"), 10, 64); err == nil {
		b.reset = c.resetAt(reset)
	}
	return b
}

// resetAt reads when the budget is whole again: the page shows a moment and no
// unit, so that seconds and milliseconds since 1970 are understood, and small
// numbers as seconds from now. It is never far away.
func (c *client) resetAt(reset int64) time.Time {
	now := c.env.Clock.Now()
	at := now.Add(time.Duration(min(max(reset, 0), int64(longestPause/time.Second))) * time.Second)
	switch {
	case reset > 1e11:
		at = c.skew.ours(time.UnixMilli(reset))
	case reset > 1e9:
		at = c.skew.ours(time.Unix(reset, 0))
	}
	if at.After(now.Add(longestPause)) {
		at = now.Add(longestPause)
	}
	return at
}

// refusal reads an answer that is not a success, and stays away for as long as
// it asks.
func (c *client) refusal(answer *http.Response, body []byte, limits budget) *failure {
	f := &failure{status: answer.StatusCode, sent: true, detail: detail(answer.StatusCode, body)}
	after := answer.Header.Get("Retry-After")
	if answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusServiceUnavailable && after != "" {
		now := c.env.Clock.Now()
		f.until = now.Add(pause(after, limits.reset, now))
		c.governor.close(f.until)
	}
	return f
}

// pause is how long to stay away: Retry-After in seconds or as a date (RFC 9110
// section 10.2.3), else until the budget is whole again.
func pause(after string, reset, now time.Time) time.Duration {
	span := defaultPause
	if seconds, err := strconv.Atoi(after); err == nil {
		span = time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
	} else if date, err := http.ParseTime(after); err == nil {
		span = date.Sub(now)
	} else if !reset.IsZero() {
		span = reset.Sub(now)
	}
	return min(max(span, shortestPause), longestPause)
}
