package salesforce

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// retention is how long events can be replayed ("Message Durability").
const retention = 24 * time.Hour

// stream is the Streaming API: Bayeux messages over long polling.
type stream struct {
	config  Config
	now     func() time.Time
	closing <-chan struct{}

	mu      sync.Mutex
	topics  []topic
	events  []streamEvent
	replay  int64
	clients map[string]*streamClient
	made    int
	dropped int // so many events to come are lost
	wake    chan struct{}
}

// topic is a push topic.
type topic struct {
	id, name, query string
	fields          []string
}

// streamEvent is a change of a presence record.
type streamEvent struct {
	replay int64
	kind   string
	at     time.Time
	record presence
}

// streamClient is one handshake with what it has subscribed to, and up to
// which event it has been told.
type streamClient struct{ told map[string]int64 }

func newStream(config Config, now func() time.Time, closing <-chan struct{}) *stream {
	return &stream{config: config, now: now, closing: closing, clients: map[string]*streamClient{}, wake: make(chan struct{})}
}

func (s *stream) topicRows() []object {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []object
	for _, t := range s.topics {
		rows = append(rows, object{"Id": long(t.id), "Name": t.name, "Query": t.query, "IsActive": true})
	}
	return rows
}

// createTopic takes a topic on UserServicePresence and nothing else.
func (s *Server) createTopic(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name, Query, NotifyForFields                                                                             string
		ApiVersion                                                                                               float64
		NotifyForOperationCreate, NotifyForOperationUpdate, NotifyForOperationDelete, NotifyForOperationUndelete bool
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&in)
	q, parseErr := parseQuery(in.Query)
	switch {
	case s.config.NoPushTopics:
		writeErrors(w, http.StatusForbidden, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
	case err != nil:
		writeErrors(w, http.StatusBadRequest, "INVALID_FIELD", err.Error())
	case parseErr != nil || q.object != "UserServicePresence" || !slices.Contains(q.fields, "Id") || s.config.OmniOff:
		writeErrors(w, http.StatusBadRequest, "INVALID_FIELD", "the query must select Id from a supported object")
	case in.Name == "" || len(in.Name) > 25:
		writeErrors(w, http.StatusBadRequest, "STRING_TOO_LONG", "Name: 1 to 25 characters")
	default:
		s.stream.mu.Lock()
		defer s.stream.mu.Unlock()
		t := topic{id: newID("0IF", len(s.stream.topics)+1), name: in.Name, query: in.Query, fields: q.fields}
		s.stream.topics = append(s.stream.topics, t)
		writeJSON(w, http.StatusCreated, object{"id": long(t.id), "success": true, "errors": []string{}})
	}
}

// publish takes a change of a presence record.
func (s *stream) publish(kind string, p presence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay++
	if s.dropped > 0 {
		s.dropped--
		return
	}
	s.events = append(s.events, streamEvent{replay: s.replay, kind: kind, at: s.now(), record: p})
	s.wakeAll()
}

func (s *stream) wakeAll() {
	close(s.wake)
	s.wake = make(chan struct{})
}

// bayeux is one message of a client.
type bayeux struct {
	ID           string `json:"id"`
	Channel      string `json:"channel"`
	ClientID     string `json:"clientId"`
	Subscription string `json:"subscription"`
	Ext          struct {
		Replay json.RawMessage `json:"replay"`
	} `json:"ext"`
}

func (s *stream) serve(w http.ResponseWriter, r *http.Request) {
	var messages []bayeux
	if err := json.NewDecoder(r.Body).Decode(&messages); err != nil || len(messages) != 1 {
		http.Error(w, "want an array of one message", http.StatusBadRequest)
		return
	}
	m := messages[0]
	reply := object{"id": m.ID, "channel": m.Channel, "successful": true, "clientId": m.ClientID}
	var events []object
	switch s.mu.Lock(); m.Channel {
	case "/meta/handshake":
		s.made++
		id := fmt.Sprintf("client%d", s.made)
		s.clients[id] = &streamClient{told: map[string]int64{}}
		reply["clientId"], reply["version"], reply["supportedConnectionTypes"] = id, "1.0", []string{"long-polling"}
		reply["ext"] = object{"replay": true}
		s.mu.Unlock()
	case "/meta/subscribe":
		reply["subscription"] = m.Subscription
		s.subscribe(m, reply)
		s.mu.Unlock()
	case "/meta/connect":
		s.mu.Unlock()
		events = s.connect(r, m, reply)
	case "/meta/disconnect":
		delete(s.clients, m.ClientID)
		s.mu.Unlock()
	default:
		s.mu.Unlock()
		refuse(reply, "404::Unknown channel", "none")
	}
	writeJSON(w, http.StatusOK, append(events, reply))
}

func refuse(reply object, problem, reconnect string) {
	reply["successful"], reply["error"], reply["advice"] = false, problem, object{"reconnect": reconnect, "interval": 0}
}

// subscribe wants mu held. A replay id that is too old is refused.
func (s *stream) subscribe(m bayeux, reply object) {
	client := s.clients[m.ClientID]
	name := strings.TrimPrefix(m.Subscription, "/topic/")
	known := slices.ContainsFunc(s.topics, func(t topic) bool { return t.name == name })
	from := map[string]int64{}
	_ = json.Unmarshal(m.Ext.Replay, &from) // absent: only new events
	at, asked := from[m.Subscription]
	switch {
	case client == nil:
		refuse(reply, "403::Unknown client", "handshake")
	case !known:
		refuse(reply, "404::Unknown channel", "none")
	case !asked || at == -1:
		client.told[name] = s.replay
	case at == -2:
		client.told[name] = 0
	case at > s.replay || at < s.replay && s.forgotten(at):
		refuse(reply, fmt.Sprintf("400::The replayId {%d} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.", at), "none")
	default:
		client.told[name] = at
	}
}

// forgotten reports whether the event after a replay id is older than the
// retention.
func (s *stream) forgotten(at int64) bool {
	for _, e := range s.events {
		if e.replay > at {
			return s.now().Sub(e.at) > retention
		}
	}
	return false
}

// connect holds the request until there is something to tell.
func (s *stream) connect(r *http.Request, m bayeux, reply object) []object {
	hold := time.NewTimer(s.config.StreamHold)
	defer hold.Stop()
	for {
		s.mu.Lock()
		client := s.clients[m.ClientID]
		if client == nil {
			s.mu.Unlock()
			refuse(reply, "403::Unknown client", "handshake")
			return nil
		}
		events, wake := s.due(client), s.wake
		s.mu.Unlock()
		if len(events) > 0 {
			return events
		}
		select {
		case <-wake:
		case <-hold.C:
			reply["advice"] = object{"reconnect": "retry", "interval": 0, "timeout": 110000}
			return nil
		case <-r.Context().Done():
			return nil
		case <-s.closing:
			return nil
		}
	}
}

// due takes what a client was not told yet; it wants mu held.
func (s *stream) due(c *streamClient) []object {
	var all []object
	for _, t := range s.topics {
		told, subscribed := c.told[t.name]
		for _, e := range s.events {
			if subscribed && e.replay > told && s.now().Sub(e.at) <= retention {
				all = append(all, t.message(e))
			}
		}
		if subscribed {
			c.told[t.name] = s.replay
		}
	}
	return all
}

func (t topic) message(e streamEvent) object {
	row := object{
		"Id": long(e.record.id), "UserId": long(e.record.user), "ServicePresenceStatusId": long(e.record.status),
		"IsCurrentState": e.record.current, "CreatedDate": e.record.created.Format(timeShape),
	}
	sobject := object{}
	for _, f := range t.fields {
		sobject[f] = row[f]
	}
	return object{"channel": "/topic/" + t.name, "data": object{
		"event":   object{"createdDate": e.at.Format(timeShape), "replayId": e.replay, "type": e.kind},
		"sobject": sobject,
	}}
}
