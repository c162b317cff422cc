package zendesk

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
)

// withoutVersions stands before an account and tells no revisions in its
// answers.
func withoutVersions(t *testing.T, account string) string {
	t.Helper()
	target, err := url.Parse(account)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	version := regexp.MustCompile(`"version": ?\d+`)
	proxy.ModifyResponse = func(r *http.Response) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		b = version.ReplaceAll(b, []byte(`"version":0`))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
		r.Header.Set("Content-Length", strconv.Itoa(len(b)))
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// TestRepeatedWriteDoesNotCoverAChoiceWhereThereIsNoRevision holds that an
// account which tells no revisions is compared with what it showed when the
// write was decided.
func TestRepeatedWriteDoesNotCoverAChoiceWhereThereIsNoRevision(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 700}, nil)
	z := connectorFor(t, clock, withoutVersions(t, a.url), nil)
	agent := "10001"
	for _, tt := range []struct {
		shown string
		want  event.WriteOutcome
		sent  int
	}{{"4", event.WriteRetry, 0}, {"3", event.WriteDone, 1}} { // the account shows 3, Online
		ended := z.write(t.Context(), presence.Write{RemoteID: agent, Remote: "2", Shown: tt.shown, Again: true})
		if ended.Outcome != tt.want {
			t.Errorf("decided while %s was shown, the write ended as %+v, want %s", tt.shown, ended, tt.want)
		}
		if sent := len(a.Server.Requests(http.MethodPut, "")); sent != tt.sent {
			t.Errorf("decided while %s was shown, %d writes were sent, want %d", tt.shown, sent, tt.sent)
		}
	}
}
