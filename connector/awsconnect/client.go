package awsconnect

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"tandem/connector"
	"tandem/event"
)

const maxAnswerBytes = 16 << 20 // Kinesis answers up to 10 MB

// client sends requests for one system.
type client struct {
	settings
	connect  *connect.Client
	kinesis  *kinesis.Client // nil without a stream
	keys     *keys
	http     *http.Client
	timeout  time.Duration
	governor *governor // of Amazon Connect; Kinesis has a quota for each shard
	env      connector.Env
}

func newClient(system event.SystemSaved, env connector.Env, timeout time.Duration) (*client, error) {
	s, err := readSettings(system)
	if err != nil {
		return nil, err
	}
	c := &client{
		settings: s, keys: &keys{id: system.ClientID, name: connector.SecretName(system.SystemID, connector.ClientSecret), secrets: env.Secrets},
		http: newHTTPClient(), timeout: timeout, governor: newGovernor(env.Clock, s.perSecond), env: env,
	}
	base := strings.TrimSuffix(s.base.String(), "/")
	c.connect = connect.New(connect.Options{
		Region: s.region, BaseEndpoint: &base, Credentials: c.keys, HTTPClient: (*transport)(c), HTTPSignerV4: signer{}, Retryer: aws.NopRetryer{},
	})
	if s.stream != "" {
		c.kinesis = kinesis.New(kinesis.Options{
			Region: s.region, BaseEndpoint: &c.streamURL, Credentials: c.keys, HTTPClient: (*transport)(c), HTTPSignerV4: signer{}, Retryer: aws.NopRetryer{},
		})
	}
	return c, nil
}

// newHTTPClient follows no redirect, uses no proxy and keeps few connections.
func newHTTPClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, MaxIdleConnsPerHost: 2 * workers, IdleConnTimeout: 2 * time.Minute,
			TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// exchange is what became of one request.
type exchange struct {
	connected  bool
	status     int
	webPage    bool
	retryAfter time.Duration
	ahead      time.Duration // the service's clock, compared with the machine's
}

type exchangeKey struct{}

// transport is the client as the SDK's HTTP client: it notes what becomes of
// each request in its exchange.
type transport client

// Do implements the SDK's HTTPClient.
func (t *transport) Do(r *http.Request) (*http.Response, error) {
	e, _ := r.Context().Value(exchangeKey{}).(*exchange)
	if e == nil {
		e = &exchange{}
	}
	r, err := withOwnBody(r)
	if err != nil {
		return nil, err
	}
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { e.connected = true }}
	answer, err := t.http.Do(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil {
		t.env.Stats.Requested(0)
		return nil, err
	}
	t.env.Stats.Requested(answer.StatusCode)
	e.status = answer.StatusCode
	e.webPage = strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html")
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil {
		e.retryAfter = time.Duration(max(0, min(seconds, int(longestPause/time.Second)))) * time.Second
	}
	if date, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		e.ahead = time.Until(date.Add(500 * time.Millisecond)) // a Date has no fraction
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, maxAnswerBytes), answer.Body}
	return answer, nil
}

// withOwnBody gives a request a copy of its body. The SDK closes its own as
// soon as the answer begins; where net/http looks only after that whether there
// is more of it, it gets an error, and drops the connection with the rest of
// the answer.
func withOwnBody(r *http.Request) (*http.Request, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read a request's body: %w", err)
	}
	own := r.Clone(r.Context())
	own.Body = io.NopCloser(bytes.NewReader(body))
	return own, nil
}

// call makes one request of Amazon Connect, of any priority, when the governor
// lets it. An access key that is not accepted is read anew for the next one.
func call[Out any](ctx context.Context, c *client, p priority, operation string, do func(ctx context.Context) (Out, error)) (out Out, e exchange, err error) {
	if err := c.governor.wait(ctx, p); err != nil {
		return out, e, &failure{operation: operation, detail: "the connector is stopping", err: err}
	}
	out, e, err = exchanged(ctx, c, "connect:"+operation, c.base.Host, do)
	if f, ok := err.(*failure); !ok {
		c.governor.served()
	} else if f.throttled() {
		f.until = c.governor.throttle(e.retryAfter)
	}
	return out, e, err
}

// exchanged makes one request and says what its failure means.
func exchanged[Out any](ctx context.Context, c *client, operation, host string, do func(ctx context.Context) (Out, error)) (out Out, e exchange, err error) {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, exchangeKey{}, &e), c.timeout)
	defer cancel()
	if out, err = do(ctx); err == nil && !e.webPage {
		return out, e, nil
	}
	f := newFailure(operation, &e, host, err)
	if f.ofKey() {
		c.keys.forget()
	}
	return out, e, f
}

// keys gives the SDK the access key.
type keys struct {
	id, name string
	secrets  connector.Secrets

	mu     sync.Mutex
	secret string // "" until read
}

// noKeyError says that there is no secret access key.
type noKeyError struct{ err error }

// Error implements error.
func (e *noKeyError) Error() string {
	return "the secret access key could not be read; store it as the client secret: " + e.err.Error()
}

// Unwrap returns the cause.
func (e *noKeyError) Unwrap() error { return e.err }

// Retrieve implements aws.CredentialsProvider.
func (k *keys) Retrieve(ctx context.Context) (aws.Credentials, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.secret == "" {
		secret, err := k.secrets.Secret(ctx, k.name)
		if err != nil {
			return aws.Credentials{}, &noKeyError{err}
		}
		k.secret = strings.TrimSpace(string(secret))
	}
	return aws.Credentials{AccessKeyID: k.id, SecretAccessKey: k.secret, Source: "Tandem"}, nil
}

// forget makes the next request read the secret again.
func (k *keys) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.secret = ""
}
