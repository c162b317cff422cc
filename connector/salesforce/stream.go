package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	cometdPath    = "/cometd/" + apiVersion
	topicName     = "TandemPresence1" // 25 characters at most; a changed query needs another name
	topicQuery    = "SELECT " + recordFields + " FROM UserServicePresence"
	topicChannel  = "/topic/" + topicName
	replayNew     = -1 // only events from now on
	connectLimit  = 3 * time.Minute
	topicAttempts = time.Hour // between attempts to make a topic that was refused
)

// bayeux is a message of the Streaming API ("Bayeux Protocol").
type bayeux struct {
	Channel      string         `json:"channel"`
	ClientID     string         `json:"clientId,omitempty"`
	Version      string         `json:"version,omitempty"`
	Types        []string       `json:"supportedConnectionTypes,omitempty"`
	Connection   string         `json:"connectionType,omitempty"`
	Subscription string         `json:"subscription,omitempty"`
	Ext          map[string]any `json:"ext,omitempty"`
	Successful   bool           `json:"successful,omitempty"`
	Error        string         `json:"error,omitempty"`
	Data         *topicEvent    `json:"data,omitempty"`
}

// topicEvent is a change of a record.
type topicEvent struct {
	Event struct {
		Replay int64  `json:"replayId"`
		Kind   string `json:"type"`
	} `json:"event"`
	Record record `json:"sobject"`
}

// noTopicError is an org that does not let us make the push topic.
type noTopicError struct{ err error }

// Error implements error.
func (e *noTopicError) Error() string {
	return `there is no push topic for presence, so changes made outside of consoles are found by looking, within a minute; ` +
		`grant the integration user Read and Create on Push Topics, or create it as "` + topicName + `": ` + e.err.Error()
}

// Unwrap returns the cause.
func (e *noTopicError) Unwrap() error { return e.err }

// keepStreaming follows the push topic. What it misses, looking finds.
func (s *Salesforce) keepStreaming(ctx context.Context) {
	for failures := 1; ctx.Err() == nil; failures++ {
		began := s.env.Clock.Now()
		err := s.stream(ctx)
		if ctx.Err() != nil {
			return
		}
		if s.env.Clock.Now().Sub(began) > time.Minute {
			failures = 1
		}
		span := connector.Backoff(failures)
		var noTopic *noTopicError
		if errors.As(err, &noTopic) {
			span = topicAttempts
		}
		s.env.Log.Warn("the stream of presence changes has ended", "err", err, "again_in", span)
		if connector.Wait(ctx, s.env.Clock, span) != nil {
			return
		}
	}
}

// stream shakes hands, subscribes and follows until something goes wrong. Once
// subscribed all agents are looked at, so that nothing falls between.
func (s *Salesforce) stream(ctx context.Context) error {
	if err := s.ensureTopic(ctx); err != nil {
		return err
	}
	jar, _ := cookiejar.New(nil) // never fails
	link := &cometd{client: s.client, http: &http.Client{Transport: s.client.http.Transport, CheckRedirect: s.client.http.CheckRedirect, Jar: jar}}
	if err := link.handshake(ctx); err != nil {
		return err
	}
	if err := link.subscribe(ctx, s.replay); err != nil {
		if s.replay != replayNew && strings.HasPrefix(link.refusal, "400") { // too old to be replayed
			s.replay = replayNew
			err = link.subscribe(ctx, s.replay)
		}
		if err != nil {
			return err
		}
	}
	if err := s.lookAtAll(ctx, background); err != nil {
		return err
	}
	for {
		events, err := link.connect(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			s.takeTopicEvent(ctx, e)
		}
	}
}

// takeTopicEvent takes a change of a presence record. Of an agent whose console
// is open the console tells more, and soon enough.
func (s *Salesforce) takeTopicEvent(ctx context.Context, e topicEvent) {
	s.replay = max(s.replay, e.Event.Replay)
	r := e.Record
	r.ID, r.User, r.Status = short(r.ID), short(r.User), short(r.Status)
	if !s.isLinked(r.User) || s.hub.has(r.User) {
		return
	}
	if !r.Current {
		s.reads.Put(r.User, tandem.At(s.env.Clock.Now())) // it is over: a look says what came after
		return
	}
	s.tell(ctx, s.observation(r.User, s.history.queried(r.User, r, true, false, s.client.theirs())))
}

// ensureTopic makes the push topic unless it is there.
func (s *Salesforce) ensureTopic(ctx context.Context) error {
	found, err := query[struct{ Id string }](ctx, s.client, background, "SELECT Id FROM PushTopic WHERE Name = '"+topicName+"'")
	if hasCode(err, "INVALID_TYPE") {
		return &noTopicError{err}
	}
	if err != nil || len(found) > 0 {
		return err
	}
	err = s.client.call(ctx, background, http.MethodPost, dataPath+"sobjects/PushTopic", map[string]any{
		"Name": topicName, "Query": topicQuery, "ApiVersion": 62.0, "NotifyForFields": "Referenced",
		"NotifyForOperationCreate": true, "NotifyForOperationUpdate": true, "NotifyForOperationDelete": true, "NotifyForOperationUndelete": true,
	}, nil)
	var f *failure
	if errors.As(err, &f) && (f.status == http.StatusForbidden || f.status == http.StatusBadRequest) {
		return &noTopicError{err}
	}
	return err
}

// cometd is one client of the Streaming API. Its requests do not count against
// the org's API requests.
type cometd struct {
	client  *client
	http    *http.Client // with the cookies of the handshake
	id      string
	refusal string // the last error, as the server wrote it
}

func (l *cometd) handshake(ctx context.Context) error {
	all, err := l.post(ctx, bayeux{
		Channel: "/meta/handshake", Version: "1.0", Types: []string{"long-polling"}, Ext: map[string]any{"replay": true},
	})
	if err != nil {
		return err
	}
	l.id = all[len(all)-1].ClientID
	return nil
}

func (l *cometd) subscribe(ctx context.Context, replay int64) error {
	_, err := l.post(ctx, bayeux{
		Channel: "/meta/subscribe", ClientID: l.id, Subscription: topicChannel,
		Ext: map[string]any{"replay": map[string]int64{topicChannel: replay}},
	})
	return err
}

// connect waits for events; the server answers after about two minutes without.
func (l *cometd) connect(ctx context.Context) ([]topicEvent, error) {
	all, err := l.post(ctx, bayeux{Channel: "/meta/connect", ClientID: l.id, Connection: "long-polling"})
	var events []topicEvent
	for _, m := range all {
		if m.Data != nil && m.Channel == topicChannel {
			events = append(events, *m.Data)
		}
	}
	if len(events) > 0 {
		return events, nil // an error comes again with the next connect
	}
	return nil, err
}

// post sends one message. The answer holds a message of the same channel, which
// says whether it succeeded.
func (l *cometd) post(ctx context.Context, m bayeux) ([]bayeux, error) {
	token, err := l.client.tokens.get(ctx)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal([]bayeux{m})
	if err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	limit := l.client.timeout
	if m.Channel == "/meta/connect" {
		limit = connectLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	streaming := client{base: l.client.base, http: l.http, governor: l.client.governor, env: l.client.env}
	var all []bayeux
	if err := streaming.send(ctx, token, http.MethodPost, cometdPath, "application/json", bytes.NewReader(body), &all); err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.Channel == m.Channel && a.Successful {
			return all, nil
		}
		if a.Error != "" {
			l.refusal = a.Error
		}
	}
	if strings.HasPrefix(l.refusal, "401") { // the session has ended: the next try has a new one
		_, _ = l.client.tokens.replace(ctx, token) // its error comes again with the next try
	}
	return all, &failure{detail: "the Streaming API refused " + m.Channel, err: errors.New(shorten(l.refusal))}
}
