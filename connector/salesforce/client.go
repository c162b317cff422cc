package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	maxAnswerBytes = 8 << 20
	apiVersion     = "62.0"
	dataPath       = "/services/data/v" + apiVersion + "/"
	skewTolerance  = 2 * time.Second // the header Date has whole seconds
)

// client sends requests to one org, and to nothing else.
type client struct {
	base     *url.URL
	http     *http.Client
	timeout  time.Duration
	governor *governor
	tokens   *tokens
	env      connector.Env
	skew     atomic.Int64 // nanoseconds that the org's clock is ahead of ours
}

// parseBase checks the base URL of an org: https, or http on the machine
// itself, and nothing but a host.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, tandem.Errorf(tandem.Invalid, "url", "want the org's My Domain address and nothing more, such as https://example.my.salesforce.com")
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
			Proxy: nil, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 8, IdleConnTimeout: 2 * time.Minute,
			TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call sends one authorized request when the governor lets it, and decodes the
// answer into out unless that is nil. A session that has ended is replaced
// once.
func (c *client) call(ctx context.Context, p priority, method, path string, in, out any) error {
	if err := c.governor.wait(ctx, p); err != nil {
		return &failure{detail: "the connector is stopping", err: err}
	}
	token, err := c.tokens.get(ctx)
	if err != nil {
		return err
	}
	err = c.sendJSON(ctx, token, method, path, in, out)
	var f *failure
	if !errors.As(err, &f) || f.status != http.StatusUnauthorized {
		return err
	}
	if token, err = c.tokens.replace(ctx, token); err != nil {
		return err
	}
	return c.sendJSON(ctx, token, method, path, in, out)
}

func (c *client) sendJSON(ctx context.Context, token, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode a request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.send(ctx, token, method, path, "application/json", body, out)
}

// send does one exchange.
func (c *client) send(ctx context.Context, token, method, path, kind string, in io.Reader, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, in)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "Tandem")
	if in != nil {
		request.Header.Set("Content-Type", kind)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		c.env.Stats.Requested(0)
		return &failure{detail: "no answer from " + c.base.Host, err: cause(err)}
	}
	defer answer.Body.Close()
	c.env.Stats.Requested(answer.StatusCode)
	c.noteClock(answer.Header.Get("Date"))
	c.governor.learn(answer.Header.Get("Sforce-Limit-Info"))
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes+1))
	switch {
	case err != nil:
		return &failure{detail: "the answer of " + c.base.Host + " broke off", err: cause(err)}
	case len(body) > maxAnswerBytes:
		return &failure{status: answer.StatusCode, detail: fmt.Sprintf("the answer is larger than %d bytes", maxAnswerBytes)}
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		return c.refused(answer, body)
	case out == nil:
		return nil
	}
	return decodeAnswer(answer.StatusCode, body, out)
}

func decodeAnswer(status int, body []byte, out any) error {
	err := json.Unmarshal(body, out)
	switch {
	case err == nil:
		return nil
	case looksLikeHTML(body):
		return &failure{status: status, detail: "a web page instead of data; check the URL, or the org may be in maintenance"}
	case len(body) == 0:
		return &failure{status: status, detail: "an empty answer"}
	}
	return &failure{status: status, detail: "the answer is not the JSON expected", err: err}
}

// refused reads a refusal, and rests where the org's limit is used up.
func (c *client) refused(answer *http.Response, body []byte) *failure {
	f := refusal(answer, body)
	if f.code == limitCode {
		c.rest(f)
	}
	return f
}

const limitCode = "REQUEST_LIMIT_EXCEEDED"

// rest lets no request pass for a while. Salesforce does not say for how long.
func (c *client) rest(f *failure) {
	f.until = c.env.Clock.Now().Add(limitPause)
	c.governor.close(f.until)
	c.env.Log.Error("Salesforce takes no more requests for now", "err", f, "again_at", f.until)
}

// noteClock learns from the header Date how far apart the clocks are.
func (c *client) noteClock(date string) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	skew := at.Sub(c.env.Clock.Now().Truncate(time.Second))
	if skew.Abs() < skewTolerance {
		skew = 0
	}
	c.skew.Store(int64(skew))
}

// ours turns a moment of the org's clock into one of ours.
func (c *client) ours(at time.Time) tandem.Time {
	return tandem.At(at.Add(-time.Duration(c.skew.Load())))
}

// theirs is the time by the org's clock.
func (c *client) theirs() time.Time {
	return c.env.Clock.Now().Add(time.Duration(c.skew.Load()))
}

// cause leaves the address out of a network error: the base is known, and the
// query tells about agents.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
