package stories

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"tandem/auth/sigv4"
)

// caller calls the API from many goroutines while the server comes and goes:
// its address and keys stay as they were when it was made.
type caller struct {
	endpoint, instance string
	credentials        sigv4.Credentials
	client             *http.Client
}

func (s *server) caller() *caller {
	return &caller{
		endpoint: s.ready.Endpoint, instance: s.born.InstanceID,
		credentials: sigv4.Credentials{AccessKeyID: s.born.AccessKeyID, Secret: s.born.SecretAccessKey, Region: s.born.Region, Service: "connect"},
		client:      &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}},
	}
}

// refusal is an answer that is not a success.
type refusal struct {
	status int
	code   string
	body   []byte
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.code, r.body) }

// once calls an operation and returns the id of the request.
func (c *caller) once(ctx context.Context, method, path string, in, out any) (requestID string, err error) {
	var body []byte
	if in != nil {
		if body, err = json.Marshal(in); err != nil {
			return "", err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if err := sigv4.Sign(req, body, c.credentials, time.Now()); err != nil {
		return "", err
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<22))
	if err != nil {
		return "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", &refusal{resp.StatusCode, resp.Header.Get("x-amzn-ErrorType"), answer}
	}
	if out != nil {
		err = json.Unmarshal(answer, out)
	}
	return resp.Header.Get("x-amzn-RequestId"), err
}

// retryPause is how long a client waits before it asks again.
const retryPause = 50 * time.Millisecond

// insist calls an operation until it is answered: a broken connection and a
// server that is not there lead to another attempt. A refusal is an answer;
// attempts tells whether an earlier call may have had its effect already.
func (c *caller) insist(ctx context.Context, method, path string, in, out any) (attempts int, err error) {
	for {
		attempts++
		_, err = c.once(ctx, method, path, in, out)
		var no *refusal
		if err == nil || ctx.Err() != nil || errors.As(err, &no) && no.status < 500 {
			return attempts, err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
		}
	}
}

// insistent is insist for calls that cannot be refused.
func (c *caller) insistent(t *testing.T, method, path string, in, out any) {
	t.Helper()
	if _, err := c.insist(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// queueFlow is a flow that puts a contact into a queue at once.
func queueFlow(queue string) string {
	return fmt.Sprintf(`{
  "Version": "2019-10-30", "StartAction": "Choose",
  "Actions": [
    {"Identifier": "Choose", "Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": %q},
     "Transitions": {"NextAction": "Queue", "Errors": [{"NextAction": "End", "ErrorType": "NoMatchingError"}]}},
    {"Identifier": "Queue", "Type": "TransferContactToQueue", "Parameters": {},
     "Transitions": {"NextAction": "End", "Errors": [
       {"NextAction": "End", "ErrorType": "QueueAtCapacity"}, {"NextAction": "End", "ErrorType": "NoMatchingError"}]}},
    {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
  ]
}`, queue)
}

// ids lists things by name.
func (c *caller) ids(t *testing.T, path, member string) map[string]string {
	t.Helper()
	var out map[string]json.RawMessage
	c.insistent(t, "GET", path, nil, &out)
	var all []struct{ Id, Name string }
	if err := json.Unmarshal(out[member], &all); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, x := range all {
		ids[x.Name] = x.Id
	}
	return ids
}

// named finds the id of a thing in a list by its name.
func (c *caller) named(t *testing.T, path, member, name string) string {
	t.Helper()
	id := c.ids(t, path, member)[name]
	if id == "" {
		t.Fatalf("%s lists no %q", path, name)
	}
	return id
}

// newQueueFlow makes a flow into the basic queue.
func (c *caller) newQueueFlow(t *testing.T) (flow string) {
	t.Helper()
	queue := c.named(t, "/queues-summary/"+c.instance, "QueueSummaryList", "BasicQueue")
	var out struct{ ContactFlowId string }
	c.insistent(t, "PUT", "/contact-flows/"+c.instance, map[string]any{"Name": "Straight to the queue", "Type": "CONTACT_FLOW", "Content": queueFlow(queue)}, &out)
	return out.ContactFlowId
}
