package function

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/errand"
)

const (
	patience = 10 * time.Second
	arn      = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
	event    = `{"Name":"ContactFlowEvent","Details":{"Parameters":{"card":"4111"}}}`
)

func id(name string) tandem.ID { return tandem.NameID("test", name) }

// core takes the commands of a runner.
type core struct {
	t   *testing.T
	run *Runner
	log bytes.Buffer

	mu   sync.Mutex
	told []center.FunctionReturned
	busy int // commands to be turned away first
}

func newCore(t *testing.T, targets ...Target) *core {
	t.Helper()
	c := &core{t: t}
	var err error
	c.run, err = New(Config{Targets: targets, Do: c.do, Log: slog.New(slog.NewTextHandler(&syncWriter{w: &c.log}, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.run.Close)
	return c
}

type syncWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *syncWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}

func (c *core) do(_ context.Context, instance tandem.ID, command any) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy > 0 {
		c.busy--
		return nil, tandem.Errorf(tandem.Busy, "", "try again")
	}
	if instance != id("instance") {
		c.t.Errorf("the command goes to %s", instance)
	}
	c.told = append(c.told, command.(center.FunctionReturned))
	return nil, nil
}

func (c *core) answers() []center.FunctionReturned {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]center.FunctionReturned(nil), c.told...)
}

// await waits until so many invocations were told.
func (c *core) await(n int) []center.FunctionReturned {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if told := c.answers(); len(told) >= n {
			return told
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%d answers were told, want %d", len(c.answers()), n)
		}
	}
}

func wish(name string, limit time.Duration) center.InvokeFunction {
	return center.InvokeFunction{
		ContactID: id("contact"), InvocationID: id(name), FunctionARN: arn, Request: event,
		TimeoutMillis: limit.Milliseconds(), Deadline: tandem.At(time.Now().Add(limit)),
	}
}

// ask invokes a function and returns what was told of it.
func (c *core) ask(w center.InvokeFunction) center.FunctionReturned {
	c.t.Helper()
	before := len(c.answers())
	c.run.Effect(id("instance"), w)
	told := c.await(before + 1)[before]
	if told.InvocationID != w.InvocationID || told.ContactID != w.ContactID {
		c.t.Errorf("another invocation was told: %+v", told)
	}
	return told
}

// untilGone reads a request and answers nothing while the caller waits.
func untilGone(r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the caller go
	<-r.Context().Done()
}

func serve(t *testing.T, h http.HandlerFunc) string {
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web.URL
}

func TestURLGetsASignedEventWithItsInvocationID(t *testing.T) {
	secret := []byte("shared secret")
	var got *http.Request
	var body []byte
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		fmt.Fprint(w, `{"status":"shipped"}`)
	})
	c := newCore(t, Target{Name: "orders", URL: url, Loopback: true, Secret: secret})
	told := c.ask(wish("one", 5*time.Second))
	if told.Result != `{"status":"shipped"}` || told.Failure != "" {
		t.Errorf("told %+v", told)
	}
	if string(body) != event || got.Method != "POST" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("it got %s with %s", got.Method, body)
	}
	if got.Header.Get("Idempotency-Key") != id("one").String() || got.Header.Get("X-Tandem-Invocation-Type") != "RequestResponse" {
		t.Errorf("the headers are %v", got.Header)
	}
	if want := errand.Sign(secret, got.Header.Get("X-Tandem-Timestamp"), body); got.Header.Get("X-Tandem-Signature") != want {
		t.Errorf("the signature is %s, want %s", got.Header.Get("X-Tandem-Signature"), want)
	}
}

// Amazon Connect Administrator Guide: Invoke Lambda functions, retries.
func TestPassingFailuresAreTriedThreeTimesMore(t *testing.T) {
	for name, tt := range map[string]struct {
		statuses []int
		tries    int32
		failure  string
	}{
		"a server's fault passes":  {[]int{500, 503}, 3, ""},
		"throttling passes":        {[]int{429, 429, 429}, 4, ""},
		"four faults are final":    {[]int{500, 502, 503, 504}, 4, "Status Code: 504; Error Code: GatewayTimeout"},
		"a refusal is final":       {[]int{403}, 1, "Status Code: 403; Error Code: AccessDeniedException"},
		"a wrong request is final": {[]int{400}, 1, "Status Code: 400; Error Code: BadRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tries atomic.Int32
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if n := int(tries.Add(1)); n <= len(tt.statuses) {
					if tt.statuses[n-1] == 403 {
						w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException")
					}
					w.WriteHeader(tt.statuses[n-1])
					return
				}
				fmt.Fprint(w, `{}`)
			})
			told := newCore(t, Target{Name: arn, URL: url, Loopback: true}).ask(wish("one", 8*time.Second))
			if told.Failure != tt.failure || tries.Load() != tt.tries {
				t.Errorf("after %d tries it failed as %q, want %d and %q", tries.Load(), told.Failure, tt.tries, tt.failure)
			}
		})
	}
}

func TestSlowFunctionFailsAtTheTimeLimit(t *testing.T) {
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { untilGone(r) })
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true}, Target{Name: "sleepy", Command: []string{"/bin/sh", "-c", "sleep 60 & wait"}})
	for name, function := range map[string]string{"url": arn, "program": "sleepy"} {
		w := wish(name, 300*time.Millisecond)
		w.FunctionARN = function
		began := time.Now()
		told := c.ask(w)
		if told.Failure != "Error Code: TimeLimitExceeded" || told.Result != "" {
			t.Errorf("%s: told %+v", name, told)
		}
		if took := time.Since(began); took < 300*time.Millisecond || took > 3*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
	if f := c.run.Figures()[arn]; f.Late != 1 || f.Done != 0 {
		t.Errorf("the figures are %+v", f)
	}
}

func TestAnswersThatAreNoUseFail(t *testing.T) {
	for name, answer := range map[string]string{
		"a string": `"yes"`, "a list": `[1]`, "null": `null`, "nothing": ``, "half an object": `{"a":`, "two": `{} {}`,
		"33 KB": `{"a":"` + strings.Repeat("x", 33<<10) + `"}`,
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) })
		c := newCore(t, Target{Name: arn, URL: url, Loopback: true}, Target{Name: "echo", Command: []string{"cat"}})
		if told := c.ask(wish(name, 5*time.Second)); !strings.HasSuffix(told.Failure, "Error Code: InvalidResponse") || told.Result != "" {
			t.Errorf("%s: told %+v", name, told)
		}
		w := wish(name+", of a program", 5*time.Second)
		w.FunctionARN, w.Request = "echo", tandem.Personal(answer)
		if told := c.ask(w); !strings.HasSuffix(told.Failure, "Error Code: InvalidResponse") || told.Result != "" {
			t.Errorf("%s, of a program: told %+v", name, told)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the event went elsewhere") })
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
	})
	if told := newCore(t, Target{Name: arn, URL: url, Loopback: true}).ask(wish("one", 5*time.Second)); told.Failure != "Status Code: 307; Error Code: TemporaryRedirect" {
		t.Errorf("told %+v", told)
	}
}

func TestAsynchronousInvocationReturnsAtOnce(t *testing.T) {
	release, got := make(chan struct{}), make(chan string, 1)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		<-release
		got <- r.Header.Get("X-Tandem-Invocation-Type")
	})
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true})
	w := wish("one", 100*time.Millisecond)
	w.Async = true
	if told := c.ask(w); told.Failure != "" || told.Result != "{}" {
		t.Errorf("told %+v", told)
	}
	close(release)
	select {
	case kind := <-got:
		if kind != "Event" {
			t.Errorf("it was invoked as %s", kind)
		}
	case <-time.After(patience):
		t.Error("the function was not asked")
	}
}

func TestUnknownFunctionFails(t *testing.T) {
	c := newCore(t)
	if told := c.ask(wish("one", time.Second)); told.Failure != "Status Code: 404; Error Code: ResourceNotFoundException" {
		t.Errorf("told %+v", told)
	}
}

func TestWishHandedOutTwiceIsCarriedOutOnce(t *testing.T) {
	var tries atomic.Int32
	release := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { tries.Add(1); <-release; fmt.Fprint(w, `{}`) })
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true})
	w := wish("one", 8*time.Second)
	c.run.Effect(id("instance"), w)
	c.run.Effect(id("instance"), w)
	close(release)
	c.await(1)
	c.run.Effect(id("instance"), w)
	c.run.Close()
	if tries.Load() != 1 || len(c.answers()) != 1 || c.run.Figures()[arn].Repeated != 2 {
		t.Errorf("it was asked %d times and told %d times; figures %+v", tries.Load(), len(c.answers()), c.run.Figures()[arn])
	}
}

func TestLaneIsBoundedAndRefusesWhatFindsNoRoom(t *testing.T) {
	var running, most atomic.Int32
	release := make(chan struct{})
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		most.Store(max(most.Load(), running.Add(1)))
		<-release
		running.Add(-1)
		fmt.Fprint(w, `{}`)
	})
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true, Limits: errand.Limits{Running: 2, Waiting: 3}})
	for i := range 8 {
		c.run.Effect(id("instance"), wish(fmt.Sprint(i), 8*time.Second))
	}
	for _, told := range c.await(3) {
		if told.Failure != "Status Code: 429; Error Code: TooManyRequestsException" {
			t.Errorf("told %+v", told)
		}
	}
	close(release)
	c.await(8)
	if f := c.run.Figures()[arn]; f.Done != 5 || f.Refused != 3 || most.Load() > 2 || f.LatencySum == 0 {
		t.Errorf("%d ran at once; the figures are %+v", most.Load(), f)
	}
}

func TestOutcomeIsToldAgainWhileTheCoreIsBusy(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) })
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true})
	c.busy = 2
	if told := c.ask(wish("one", 8*time.Second)); told.Result != "{}" {
		t.Errorf("told %+v", told)
	}
}

func TestCloseEndsInvocationsUnderWay(t *testing.T) {
	started := make(chan struct{}, 2)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { started <- struct{}{}; untilGone(r) })
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true}, Target{Name: "sleepy", Command: []string{"sleep", "60"}})
	c.run.Effect(id("instance"), wish("one", time.Minute))
	w := wish("two", time.Minute)
	w.FunctionARN = "sleepy"
	c.run.Effect(id("instance"), w)
	<-started
	began := time.Now()
	c.run.Close()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	c.run.Effect(id("instance"), wish("three", time.Minute))
	if len(c.answers()) != 0 {
		t.Errorf("told %+v", c.answers())
	}
}

func TestLogNamesNoCustomer(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-ErrorType", "4111 1111")
		w.WriteHeader(400)
		fmt.Fprint(w, "no card 4111")
	})
	c := newCore(t, Target{Name: arn, URL: url, Loopback: true})
	c.ask(wish("one", 5*time.Second))
	c.run.Close()
	if log := c.log.String(); !strings.Contains(log, "an errand failed") || strings.Contains(log, "4111") {
		t.Errorf("the log says %s", log)
	}
}

func TestTargetThatCannotWorkIsRefused(t *testing.T) {
	key := Lambda{Region: "eu-central-1", AccessKeyID: "a", SecretKey: "s"}
	for name, tt := range map[string]struct {
		target Target
		want   string
	}{
		"no name":           {Target{URL: "https://x.example"}, "arn is missing"},
		"no way":            {Target{Name: "f"}, "exactly one of"},
		"two ways":          {Target{Name: "f", URL: "https://x.example", Command: []string{"x"}}, "exactly one of"},
		"plain http":        {Target{Name: "f", URL: "http://x.example"}, "https only"},
		"http to loopback":  {Target{Name: "f", URL: "http://127.0.0.1:1/"}, "loopback = true"},
		"http elsewhere":    {Target{Name: "f", URL: "http://127.0.0.1.example/", Loopback: true}, "https only"},
		"no URL":            {Target{Name: "f", URL: "x"}, "is not a URL"},
		"a password in it":  {Target{Name: "f", URL: "https://u:p@x.example"}, "must not carry"},
		"lambda, no key":    {Target{Name: arn, Lambda: &Lambda{}}, "access key"},
		"lambda, no region": {Target{Name: "f", Lambda: &Lambda{AccessKeyID: "a", SecretKey: "s"}}, "give the region"},
		"negative":          {Target{Name: arn, Lambda: &key, Limits: errand.Limits{Running: -1}}, "negative"},
	} {
		if err := tt.target.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := Target{Name: arn, Lambda: &key}
	if _, err := New(Config{Targets: []Target{good, good}}); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("one name twice: %v", err)
	}
}

func FuzzCheckedTakesOnlyObjects(f *testing.F) {
	f.Add([]byte(`{"a":1}`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`{"a":{"b":[null]}} `))
	f.Fuzz(func(t *testing.T, answer []byte) {
		result, err := checked(answer)
		if err != nil {
			return
		}
		var object map[string]any
		if json.Unmarshal([]byte(result), &object) != nil || object == nil || len(result) > 32<<10 {
			t.Errorf("%q was taken", answer)
		}
	})
}

// BenchmarkInvoke is one invocation from the wish to the outcome that was told.
func BenchmarkInvoke(b *testing.B) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }))
	defer web.Close()
	for name, target := range map[string]Target{"url": {Name: arn, URL: web.URL, Loopback: true}, "program": {Name: arn, Command: []string{"cat"}}} {
		b.Run(name, func(b *testing.B) {
			told := make(chan struct{})
			run, err := New(Config{Targets: []Target{target}, Do: func(context.Context, tandem.ID, any) (any, error) { told <- struct{}{}; return nil, nil }})
			if err != nil {
				b.Fatal(err)
			}
			defer run.Close()
			for i := 0; b.Loop(); i++ {
				run.Effect(id("instance"), wish(fmt.Sprint(i), 8*time.Second))
				<-told
			}
		})
	}
}
