package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"gocloud.dev/pubsub"
	_ "gocloud.dev/pubsub/mempubsub" // mem: topics

	"tandem"
	"tandem/view/flowlog"
)

// The metadata of the messages of a topic.
const (
	metadataInstance = "instance"
	metadataKind     = "kind"
	kindEntry        = "entry"
	kindAlert        = "alert"
)

const (
	closeTimeout    = 5 * time.Second
	mostAnswerBytes = 64 << 10 // of what an address answers
)

// Poster sends messages, each a JSON object.
type Poster interface {
	// Post sends the bodies, all of them before it returns.
	Post(ctx context.Context, instance tandem.ID, kind string, bodies [][]byte) error
	// Close lets go of what the poster holds.
	Close() error
}

// OpenPoster opens what a URL names: an address that takes JSON lines by POST
// (http: or https:), or a topic of the Go CDK (mem: in this process, for tests).
func OpenPoster(ctx context.Context, address string) (Poster, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address %q cannot be read: %w", address, err)
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return &webPoster{url: address, client: &http.Client{Timeout: takeTimeout}}, nil
	}
	t, err := pubsub.OpenTopic(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("open the topic %s: %w", u.Redacted(), err)
	}
	return topicPoster{t}, nil
}

// topicPoster sends each body as a message, one after the other: in their order.
type topicPoster struct{ topic *pubsub.Topic }

// Post implements Poster.
func (p topicPoster) Post(ctx context.Context, instance tandem.ID, kind string, bodies [][]byte) error {
	for _, body := range bodies {
		err := p.topic.Send(ctx, &pubsub.Message{Body: body, Metadata: map[string]string{metadataInstance: instance.String(), metadataKind: kind}})
		if err != nil {
			return fmt.Errorf("send to the flow log's topic: %w", err)
		}
	}
	return nil
}

// Close implements Poster.
func (p topicPoster) Close() error {
	ctx, done := context.WithTimeout(context.Background(), closeTimeout)
	defer done()
	return p.topic.Shutdown(ctx)
}

// webPoster sends the bodies as the lines of one request.
type webPoster struct {
	url    string
	client *http.Client
}

// Post implements Poster.
func (p *webPoster) Post(ctx context.Context, instance tandem.ID, kind string, bodies [][]byte) error {
	lines := append(bytes.Join(bodies, []byte("\n")), '\n')
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(lines))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	r.Header.Set("Tandem-Instance", instance.String())
	r.Header.Set("Tandem-Kind", kind)
	answer, err := p.client.Do(r)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // without the address, which may have a secret
		}
		return fmt.Errorf("post to the flow log's address: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("post to the flow log's address: it answered %s", answer.Status) // its body may repeat entries
	}
	_, err = io.CopyN(io.Discard, answer.Body, mostAnswerBytes) // so that the connection can be used again
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Close implements Poster.
func (p *webPoster) Close() error {
	p.client.CloseIdleConnections()
	return nil
}

// Topic is a destination that posts the entries. What was posted cannot be called
// back: who takes it erases it.
type Topic struct{ poster Poster }

// NewTopic returns the destination, which closes the poster.
func NewTopic(p Poster) Topic { return Topic{p} }

// Take implements Destination.
func (t Topic) Take(ctx context.Context, instance tandem.ID, batch []flowlog.Row) error {
	bodies := make([][]byte, len(batch))
	for i := range batch {
		bodies[i] = batch[i].Line
	}
	return t.poster.Post(ctx, instance, kindEntry, bodies)
}

// Erase implements Destination.
func (Topic) Erase(context.Context, tandem.ID, []tandem.ID) error { return nil }

// Close implements Destination.
func (t Topic) Close() error { return t.poster.Close() }
