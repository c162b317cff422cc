package connect

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tandem/auth/sigv4"
)

const (
	testKeyID    = "AKIDTEST"
	testSecret   = "secret-of-the-test-key"
	testInstance = "11111111-2222-3333-4444-555555555555"
	testUser     = "66666666-7777-8888-9999-000000000000"
)

var testARNs = ARNs{Partition: "aws", Region: "eu-central-1", Account: "123456789012"}

type oneKey struct{}

func (oneKey) Secret(id string) (secret, principal string, ok bool) {
	if id != testKeyID {
		return "", "", false
	}
	return testSecret, "principal1", true
}

// startServer serves the bindings over HTTP. The test fails if a function
// answers an error that its operation does not list.
func startServer(t *testing.T, list ...binding) (*Server, *httptest.Server) {
	t.Helper()
	s, err := newServer(Config{Keys: oneKey{}, ARNs: testARNs, Log: slog.New(slog.DiscardHandler)}, list)
	if err != nil {
		t.Fatal(err)
	}
	s.unlisted = func(op *Operation, e apiError) {
		t.Errorf("%s answered %s, which the API does not list for it (%s)", op.Name, e.ErrorCode(), strings.Join(op.Errors, ", "))
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, web
}

// answer is a response as a test looks at it.
type answer struct {
	status    int
	errorType string
	requestID string
	body      string
}

// message is the text of an error's body.
func (a answer) message(t *testing.T) string {
	t.Helper()
	var body struct{ Message string }
	if err := json.Unmarshal([]byte(a.body), &body); err != nil {
		t.Fatalf("error body %q: %v", a.body, err)
	}
	return body.Message
}

// send signs and sends a request; path is escaped already.
func send(t *testing.T, web *httptest.Server, method, path, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, web.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	creds := sigv4.Credentials{AccessKeyID: testKeyID, Secret: testSecret, Region: testARNs.Region, Service: "connect"}
	if err := sigv4.Sign(r, []byte(body), creds, time.Now()); err != nil {
		t.Fatal(err)
	}
	return do(t, web, r)
}

func do(t *testing.T, web *httptest.Server, r *http.Request) answer {
	t.Helper()
	client := *web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("x-amzn-ErrorType"), resp.Header.Get("x-amzn-RequestId"), string(got)}
}
