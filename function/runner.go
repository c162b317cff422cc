package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"tandem"
	"tandem/center"
	"tandem/errand"
)

const (
	maxAttempts    = 4                // the first try and three more
	maxAnswerBytes = 32 << 10         // Amazon Connect Administrator Guide: Lambda responses are less than 32 KB
	defaultLimit   = 8 * time.Second  // of a block that names none
	asyncLimit     = 60 * time.Second // of an invocation that nobody waits for
	unknownLane    = "unknown"        // of functions that are not configured
)

// Config is what a runner needs from outside.
type Config struct {
	Targets []Target
	// Do hands a command to an instance and returns once it is durable.
	Do  func(ctx context.Context, instance tandem.ID, command any) (any, error)
	Log *slog.Logger // nil: the default
}

// Runner asks functions. It is safe for many goroutines.
type Runner struct {
	desk    *errand.Desk
	targets map[string]invoker
}

// invocation is one time that a function is asked.
type invocation struct {
	arn   string
	id    tandem.ID
	event []byte
	async bool
}

// invoker is one way to reach a function. The error should be an
// [*errand.Failure].
type invoker interface {
	invoke(ctx context.Context, i invocation) ([]byte, error)
}

// New makes a runner; Close ends it. It goes to no network yet, and fails on a
// target that can never work.
func New(cfg Config) (*Runner, error) {
	r := &Runner{targets: map[string]invoker{}}
	client := errand.NewClient()
	for _, t := range cfg.Targets {
		if err := t.Check(); err != nil {
			return nil, err
		}
		if r.targets[t.Name] != nil {
			return nil, fmt.Errorf("function %s is configured twice", t.Name)
		}
		r.targets[t.Name] = newInvoker(t, client)
	}
	r.desk = errand.New(errand.Config{Do: cfg.Do, Log: cfg.Log})
	r.desk.Open(unknownLane, errand.Limits{})
	for _, t := range cfg.Targets {
		r.desk.Open(t.Name, t.Limits)
	}
	return r, nil
}

func newInvoker(t Target, client *http.Client) invoker {
	switch {
	case t.URL != "":
		return webhook{target: t, client: client}
	case len(t.Command) > 0:
		return program{command: t.Command}
	}
	return newService(t)
}

// find looks for a function under all the names that it may have.
func (r *Runner) find(arn string) (lane string, target invoker) {
	for _, name := range names(arn) {
		if target := r.targets[name]; target != nil {
			return name, target
		}
	}
	return unknownLane, nil
}

// Effect begins to carry out a wish of an instance, and never blocks. One that
// is under way already is ignored.
func (r *Runner) Effect(instance tandem.ID, wish center.InvokeFunction) {
	lane, target := r.find(wish.FunctionARN)
	i := invocation{arn: wish.FunctionARN, id: wish.InvocationID, event: []byte(wish.Request), async: wish.Async}
	e := errand.Errand{
		ID: wish.InvocationID, Instance: instance, Target: lane, Deadline: deadline(wish), Attempts: maxAttempts,
		Work: func(ctx context.Context) (string, error) { return ask(ctx, target, i) },
		Answer: func(result string, failure *errand.Failure) any {
			out := center.FunctionReturned{ContactID: wish.ContactID, InvocationID: wish.InvocationID, Result: tandem.Personal(result)}
			if failure != nil {
				out.Failure = failure.Error()
			}
			return out
		},
	}
	// AWS Lambda accepts an asynchronous event at once; others do the work.
	if _, lambda := target.(*service); wish.Async && target != nil && !lambda {
		e.Early, e.Deadline = true, time.Now().Add(asyncLimit)
	}
	r.desk.Take(e)
}

// deadline is when an answer comes too late.
func deadline(wish center.InvokeFunction) time.Time {
	limit := time.Duration(wish.TimeoutMillis) * time.Millisecond
	if limit <= 0 {
		limit = defaultLimit
	}
	at := time.Now().Add(limit)
	if !wish.Deadline.IsZero() && wish.Deadline.Std().Before(at) {
		at = wish.Deadline.Std()
	}
	return at
}

// ask invokes a function once and checks its answer.
func ask(ctx context.Context, target invoker, i invocation) (string, error) {
	if target == nil {
		return "", &errand.Failure{Status: 404, Code: errand.CodeUnknown, Err: fmt.Errorf("function %s is not configured: add a [[function]] with its ARN", i.arn)}
	}
	answer, err := target.invoke(ctx, i)
	switch {
	case err != nil:
		return "", err
	case i.async:
		return "{}", nil
	}
	return checked(answer)
}

var (
	errTooLong   = fmt.Errorf("the answer is longer than %d bytes", maxAnswerBytes)
	errNotObject = errors.New("the answer is not a JSON object")
)

// checked takes an answer that is a JSON object of the right size. What a flow
// wants of its members is the flow's business.
func checked(answer []byte) (string, error) {
	if len(answer) > maxAnswerBytes {
		return "", &errand.Failure{Code: errand.CodeAnswer, Err: errTooLong}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(answer, &object) != nil || object == nil {
		return "", &errand.Failure{Code: errand.CodeAnswer, Err: errNotObject}
	}
	return string(answer), nil
}

// Figures are the counts so far, by target.
func (r *Runner) Figures() map[string]errand.Figures { return r.desk.Figures() }

// Close ends all invocations and waits for their end.
func (r *Runner) Close() { r.desk.Close() }
