package zendesk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/zendesk"
)

// TestFocusStatusIsOneThatOnlyTalks holds ZD-K2.
func TestFocusStatusIsOneThatOnlyTalks(t *testing.T) {
	for _, custom := range []bool{true, false} {
		for _, talk := range []string{"online", "away", "offline", "transfers_only", ""} {
			for _, support := range []string{"online", "away", "offline", "transfers_only", ""} {
				for _, messaging := range []string{"online", "away", "offline", "transfers_only", ""} {
					s := statusJSON{ID: "102"}
					s.Attributes.Channels = map[string]string{"talk": talk, "support": support, "messaging": messaging}
					quiet := func(c string) bool { return c == "away" || c == "offline" }
					want := custom && talk == "online" && quiet(support) && quiet(messaging)
					if got := s.remote(custom).Focusing; got != want {
						t.Errorf("custom %t, talk %q, support %q, messaging %q: focusing %t, want %t", custom, talk, support, messaging, got, want)
					}
				}
			}
		}
	}
}

func TestAllPagesAreRead(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 205, RatePerMinute: 700}, func(c *standin.Config) {
		for i := range int64(120) {
			c.CustomStatuses = append(c.CustomStatuses, standin.Status{ID: 1000 + i, Name: "s"})
		}
	})
	z := connectorFor(t, clock, a.url, nil)
	agents, err := z.Agents(t.Context())
	if err != nil || len(agents) != 205 || agents[204].Email != "Agent204@example.com" {
		t.Errorf("%d agents, error %v, want 205", len(agents), err)
	}
	statuses, err := z.client.statuses(t.Context(), urgent)
	if err != nil || len(statuses) != 4+2+120 {
		t.Errorf("%d statuses, error %v, want 126, the default ones once", len(statuses), err)
	}
	seen := 0
	err = z.client.availabilities(t.Context(), urgent, func(page []availability, _ tandem.Time) error {
		seen += len(page)
		return nil
	})
	if err != nil || seen != 205 {
		t.Errorf("%d availabilities, error %v, want 205", seen, err)
	}
}

func TestFailureSaysWhatBecameOfTheWrite(t *testing.T) {
	z := connectorFor(t, connectortest.NewClock(began), "http://127.0.0.1:1", nil)
	answered := func(status int) error { return &failure{status: status, sent: true, detail: "x"} }
	tests := []struct {
		name string
		err  error
		want event.WriteOutcome
	}{
		{"400", answered(400), event.WriteRefused}, {"401", answered(401), event.WriteRefused}, {"403", answered(403), event.WriteRefused},
		{"404", answered(404), event.WriteRefused}, {"422", answered(422), event.WriteRefused}, {"302", answered(302), event.WriteRefused},
		{"408", answered(408), event.WriteUnknown}, {"409", answered(409), event.WriteRetry}, {"425", answered(425), event.WriteRetry},
		{"429", &failure{status: 429, sent: true, until: began.Add(time.Minute)}, event.WriteRetry},
		{"500", answered(500), event.WriteUnknown}, {"502", answered(502), event.WriteUnknown}, {"504", answered(504), event.WriteUnknown},
		{"503", answered(503), event.WriteRetry}, {"200 unreadable", answered(200), event.WriteUnknown},
		{"no answer", &failure{sent: true}, event.WriteUnknown}, {"no connection", &failure{}, event.WriteRetry},
		{"no access", &credentialError{answered(401)}, event.WriteRetry}, {"stopping", errors.New("x"), event.WriteRetry},
	}
	for _, tt := range tests {
		ended := z.failed("1", tt.err)
		if ended.Outcome != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, ended.Outcome, tt.want)
		}
		if later := ended.RetryAt > tandem.At(began); later != (tt.want != event.WriteRefused) {
			t.Errorf("%s: RetryAt is %s", tt.name, ended.RetryAt)
		}
	}
}

// TestUnreachableAccountIsTriedAgain holds that a write to nobody is surely not
// done.
func TestUnreachableAccountIsTriedAgain(t *testing.T) {
	z := connectorFor(t, connectortest.NewClock(began), "http://127.0.0.1:1", nil)
	ended := z.write(t.Context(), presence.Write{RemoteID: "10001", Remote: "3"})
	if ended.Outcome != event.WriteRetry || !strings.Contains(ended.Detail, "127.0.0.1:1") {
		t.Errorf("the outcome is %+v, want retry, naming the address", ended)
	}
}

func TestStatusThatIsNoNumberIsRefusedUnsent(t *testing.T) {
	z := connectorFor(t, connectortest.NewClock(began), "http://127.0.0.1:1", nil)
	if ended := z.write(t.Context(), presence.Write{RemoteID: "10001", Remote: "lunch"}); ended.Outcome != event.WriteRefused {
		t.Errorf("the outcome is %+v, want refused", ended)
	}
}

func TestWebhookIsRegisteredOnceAndItsSecretKept(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 700}, nil)
	secrets := vault{connector.SecretName(systemID, connector.ClientSecret): "client secret"}
	for range 2 { // the second is a restart, with nothing but the vault
		z := connectorFor(t, clock, a.url, func(e *connector.Env) { e.PublicURL, e.Secrets = "https://tandem.example.com/", secrets })
		for range 2 {
			if err := z.registerWebhook(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	created := a.Server.Requests(http.MethodPost, webhooksPath)
	if len(created) != 1 || !strings.Contains(created[0].Body, "https://tandem.example.com/hooks/zendesk/"+systemID.String()) {
		t.Errorf("%d webhooks were registered, want one, at our address: %+v", len(created), created)
	}
	if secrets[connector.SecretName(systemID, connector.WebhookSecret)] == "" {
		t.Error("the signing secret is not kept")
	}
	z := connectorFor(t, clock, a.url, nil)
	before := len(a.Server.Requests("", ""))
	if err := z.registerWebhook(t.Context()); err != nil || len(a.Server.Requests("", "")) != before {
		t.Errorf("without a public URL the account was asked; error %v", err)
	}
}

// TestStatusSwitchedOffIsNotObserved holds that without omnichannel routing
// (ZD-K1) nothing is reported, and the account is looked at again.
func TestStatusSwitchedOffIsNotObserved(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 2, RatePerMinute: 700}, func(c *standin.Config) { c.OmnichannelOff = true })
	told := 0
	z := connectorFor(t, clock, a.url, func(e *connector.Env) {
		e.Linked = func(context.Context) (map[string]bool, error) { return map[string]bool{a.agents[0]: true}, nil }
		e.Do = func(context.Context, any) (any, error) { told++; return nil, nil }
	})
	if err := z.lookAtAll(t.Context(), urgent); err != nil || told > 0 {
		t.Errorf("%d observations, error %v, want neither", told, err)
	}
	z.Read(presence.Read{RemoteID: a.agents[0]})
	if err := z.read(t.Context()); err == nil || len(z.reads.Wanted()) != 1 {
		t.Errorf("error %v, %d reads left, want the read to be tried again", err, len(z.reads.Wanted()))
	}
}

func TestReadOfAnAgentWhoIsGoneEnds(t *testing.T) {
	clock := connectortest.NewClock(began)
	a := startAccount(t, connectortest.Options{Clock: clock, Agents: 1, RatePerMinute: 700}, nil)
	z := connectorFor(t, clock, a.url, nil)
	z.Read(presence.Read{RemoteID: "99999"})
	if err := z.read(t.Context()); err != nil || len(z.reads.Wanted()) != 0 {
		t.Errorf("error %v, %d reads left, want none", err, len(z.reads.Wanted()))
	}
}

// TestWriteReachesTheAccountWithinTwentyMilliseconds measures from the effect
// to the request at the stand-in, over loopback, at the 99th percentile.
func TestWriteReachesTheAccountWithinTwentyMilliseconds(t *testing.T) {
	const writes, most = 300, 20 * time.Millisecond
	spans := writeSpans(t, writes)
	slices.Sort(spans)
	if p99 := spans[writes*99/100]; p99 > most*raceFactor {
		t.Errorf("the 99th percentile is %s, want at most %s; the median is %s", p99, most*raceFactor, spans[writes/2])
	} else {
		t.Logf("median %s, 99th percentile %s", spans[writes/2], p99)
	}
}

// writeSpans makes writes one after the other and returns how long each took
// until the account had the request.
func writeSpans(t testing.TB, writes int) []time.Duration {
	var mu sync.Mutex
	arrived := map[string]time.Time{}
	ended := make(chan presence.FinishWrite, 1)
	server := serveWrites(t, func(agent string) {
		mu.Lock()
		defer mu.Unlock()
		arrived[agent] = time.Now()
	})
	z := connectorFor(t, connector.SystemClock{}, server, func(e *connector.Env) {
		e.Do = func(_ context.Context, body any) (any, error) {
			if f, ok := body.(presence.FinishWrite); ok {
				ended <- f
			}
			return nil, nil
		}
	})
	z.client.governor.learn("1000000")
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { defer close(stopped); z.Run(ctx) }()
	defer func() { cancel(); <-stopped }()
	var spans []time.Duration
	for i := range writes {
		sent := time.Now()
		z.Write(presence.Write{RemoteID: "10001", Remote: "3", WriteID: tandem.NameID("write", "x").Derive(uint64(i))})
		if f := <-ended; f.Ended.Outcome != event.WriteDone {
			t.Fatalf("write %d ended as %+v", i, f.Ended)
		}
		mu.Lock()
		spans = append(spans, arrived["10001"].Sub(sent))
		mu.Unlock()
	}
	return spans
}
