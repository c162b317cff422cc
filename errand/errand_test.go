package errand

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
)

func id(name string) tandem.ID { return tandem.NameID("test", name) }

// counter is a core that counts what it is told.
type counter struct {
	mu    sync.Mutex
	told  []any
	tries int
	err   error
}

func (c *counter) do(_ context.Context, _ tandem.ID, command any) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tries++
	if c.err == nil {
		c.told = append(c.told, command)
	}
	return nil, c.err
}

func (c *counter) await(t *testing.T, what string, is func(*counter) bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		ok := is(c)
		c.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}

func newDesk(t *testing.T, c *counter) *Desk {
	d := New(Config{Do: c.do, Log: slog.New(slog.DiscardHandler)})
	d.Open("lane", Limits{})
	t.Cleanup(d.Close)
	return d
}

func do(name string, work func(context.Context) (string, error)) Errand {
	return Errand{
		ID: id(name), Target: "lane", Deadline: time.Now().Add(5 * time.Second), Attempts: 3, Work: work,
		Answer: func(result string, failure *Failure) any {
			if failure != nil {
				return failure.Error()
			}
			return result
		},
	}
}

func TestAnyErrorBecomesAFailure(t *testing.T) {
	c := &counter{}
	newDesk(t, c).Take(do("one", func(context.Context) (string, error) { return "", errors.New("the number +15550100 is wrong") }))
	c.await(t, "it is told", func(c *counter) bool { return len(c.told) == 1 })
	if c.told[0] != "Error Code: ConnectionFailed" {
		t.Errorf("told %v", c.told)
	}
}

func TestFinalRefusalOfTheCoreIsNotRepeated(t *testing.T) {
	c := &counter{err: tandem.Errorf(tandem.NotFound, "", "no such contact")}
	d := newDesk(t, c)
	d.Take(do("one", func(context.Context) (string, error) { return "x", nil }))
	c.await(t, "it was tried", func(c *counter) bool { return c.tries > 0 })
	for deadline := time.Now().Add(10 * time.Second); d.Figures()["lane"].Waiting > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it goes on")
		}
	}
	c.await(t, "it was tried once", func(c *counter) bool { return c.tries == 1 })
}

func TestEarlyErrandIsToldBeforeItsWorkIsDone(t *testing.T) {
	c := &counter{}
	began, release := make(chan struct{}), make(chan struct{})
	e := do("one", func(context.Context) (string, error) { close(began); <-release; return "late", nil })
	e.Early = true
	newDesk(t, c).Take(e)
	<-began
	c.await(t, "it is told", func(c *counter) bool { return len(c.told) == 1 })
	close(release)
	if c.told[0] != "{}" {
		t.Errorf("told %v", c.told)
	}
}

func TestErrandPastItsDeadlineFailsAtOnce(t *testing.T) {
	c := &counter{}
	d := newDesk(t, c)
	e := do("one", func(ctx context.Context) (string, error) { return "", ctx.Err() })
	e.Deadline = time.Now().Add(-time.Second)
	d.Take(e)
	c.await(t, "it is told", func(c *counter) bool { return len(c.told) == 1 })
	if c.told[0] != "Error Code: TimeLimitExceeded" || d.Figures()["lane"].Late != 1 {
		t.Errorf("told %v", c.told)
	}
}

func TestPassingFailureIsNotTriedWithoutTime(t *testing.T) {
	c := &counter{}
	tries := 0
	e := do("one", func(context.Context) (string, error) {
		tries++
		return "", &Failure{Status: 503, Code: "ServiceUnavailable", Passing: true}
	})
	e.Deadline = time.Now().Add(50 * time.Millisecond)
	newDesk(t, c).Take(e)
	c.await(t, "it is told", func(c *counter) bool { return len(c.told) == 1 })
	if tries != 1 || c.told[0] != "Status Code: 503; Error Code: ServiceUnavailable" {
		t.Errorf("it was tried %d times and told as %v", tries, c.told)
	}
}

func TestCustomersDataGoOnlyWhereItIsSafe(t *testing.T) {
	for _, tt := range []struct {
		url      string
		loopback bool
		ok       bool
	}{
		{"https://a.example/x", false, true}, {"https://a.example/x", true, true}, {"http://a.example/x", true, false},
		{"http://127.0.0.1:8/x", true, true}, {"http://localhost/x", true, true}, {"http://[::1]/x", true, true}, {"http://127.0.0.1:8/x", false, false},
		{"http://10.0.0.1/x", true, false}, {"ftp://a.example/x", true, false}, {"wss://a.example/x", true, false}, {"https://u:p@a.example/", false, false}, {"//a.example", false, false}, {"%", false, false},
	} {
		if err := CheckURL(tt.url, tt.loopback); (err == nil) != tt.ok {
			t.Errorf("%s, loopback %t: %v", tt.url, tt.loopback, err)
		}
	}
}

// The signature's value was computed with: printf '1700000000.{}' | openssl dgst
// -sha256 -hmac key
func TestSignatureIsAsDocumented(t *testing.T) {
	if got, want := Sign([]byte("key"), "1700000000", []byte("{}")), "v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"; got != want {
		t.Errorf("the signature is %s, want %s", got, want)
	}
}

func TestCodeTellsNothingAboutCustomers(t *testing.T) {
	for code, want := range map[string]string{
		"AccessDeniedException": "AccessDeniedException", "AccessDeniedException:http://x": "AccessDeniedException", "com.amazon.Fault": "com.amazon.Fault",
		"card 4111": "BadRequest", "+15550100": "BadRequest", "": "BadRequest", strings.Repeat("x", 81): "BadRequest",
	} {
		answer := &http.Response{StatusCode: 400, Header: http.Header{"X-Amzn-Errortype": {code}}}
		if got := errorCode(answer); got != want {
			t.Errorf("%q is told as %q, want %q", code, got, want)
		}
	}
}
