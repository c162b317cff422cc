package salesforce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxBodyBytes    = 1 << 20
	loggedBodyBytes = 4 << 10
)

var errInvalid = errors.New("invalid")

// Server is the stand-in. It is safe for use by many goroutines. Close it.
type Server struct {
	config  Config
	advance atomic.Int64           // nanoseconds added to the clock
	address atomic.Pointer[string] // where Tandem serves the component

	org    *org
	tokens *tokens
	limits *dailyLimit
	faults *faults
	log    *requestLog
	stream *stream
	pages  *queryPages

	api    http.Handler
	people http.Handler

	closing chan struct{}
	close   sync.Once
}

// New starts a stand-in. It fails on users or statuses that contradict each
// other, and says which.
func New(config Config) (*Server, error) {
	s := &Server{config: config.withDefaults(), closing: make(chan struct{})}
	s.tokens = newTokens(s.config, s.Now)
	s.limits = &dailyLimit{now: s.Now, limit: s.config.DailyRequests}
	s.faults, s.log = &faults{}, &requestLog{}
	s.pages = &queryPages{size: s.config.BatchSize, left: map[string][]object{}}
	s.stream = newStream(s.config, s.Now, s.closing)
	var err error
	if s.org, err = newOrg(s.config, s.Now, s.stream.publish); err != nil {
		return nil, fmt.Errorf("start the Salesforce stand-in: %w", err)
	}
	s.api = s.apiRoutes()
	s.people = s.peopleRoutes()
	return s, nil
}

// Close ends requests that are held.
func (s *Server) Close() { s.close.Do(func() { close(s.closing) }) }

// Now is the stand-in's time: the configured clock plus what Advance added.
func (s *Server) Now() time.Time {
	return s.config.Clock().Add(time.Duration(s.advance.Load())).UTC()
}

// Advance moves the stand-in's time forward.
func (s *Server) Advance(span time.Duration) { s.advance.Add(int64(span)) }

// ServeHTTP answers the public API, the toolkit, the pages and /__standin/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.Now().Format(http.TimeFormat))
	if strings.HasPrefix(r.URL.Path, "/services/") || strings.HasPrefix(r.URL.Path, "/cometd/") {
		s.serveAPI(w, r)
		return
	}
	s.people.ServeHTTP(w, r)
}

func (s *Server) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /services/oauth2/token", s.tokens.issue)
	mux.HandleFunc("GET /services/oauth2/authorize", s.authorize)
	const data = "/services/data/{version}/"
	mux.HandleFunc("GET "+data+"query", s.query)
	mux.HandleFunc("GET "+data+"query/{locator}", s.queryMore)
	mux.HandleFunc("GET "+data+"limits", s.showLimits)
	mux.HandleFunc("POST "+data+"sobjects/PushTopic", s.createTopic)
	mux.HandleFunc("DELETE "+data+"sobjects/UserServicePresence/{id}", s.deletePresence)
	for _, verb := range []string{"POST " + data + "sobjects/UserServicePresence", "PATCH " + data + "sobjects/UserServicePresence/{id}"} {
		mux.HandleFunc(verb, func(w http.ResponseWriter, r *http.Request) {
			writeErrors(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "HTTP Method '"+r.Method+"' not allowed. Allowed are HEAD,GET,DELETE")
		})
	}
	mux.HandleFunc("POST /cometd/{version}", s.stream.serve)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeErrors(w, http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
	})
	return mux
}

// serveAPI is the way every public request takes: read, break on purpose,
// authenticate, charge, do, log, answer. The answer is held back until the
// work is done, so that a fault can swallow it.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	entry := Entry{Time: s.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		writeErrors(w, http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE", "The body is larger than 1 MB or was cut off")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if r.URL.Path != "/services/oauth2/token" {
		entry.Body = string(body[:min(len(body), loggedBodyBytes)])
	}
	answer := &heldAnswer{header: http.Header{}}
	fault := s.faults.take(r.Method, r.URL.Path)
	s.sleep(r, time.Duration(fault.DelayMillis)*time.Millisecond)
	if fault.Status != 0 {
		fault.write(answer)
	} else {
		s.answer(answer, r)
	}
	entry.Status = answer.status
	s.log.add(entry)
	if fault.Lose {
		panic(http.ErrAbortHandler) // net/http: drops the connection without an answer
	}
	answer.send(w)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/services/data/") {
		if !s.tokens.valid(r) {
			writeErrors(w, http.StatusUnauthorized, "INVALID_SESSION_ID", "Session expired or invalid")
			return
		}
		used, ok := s.limits.charge()
		w.Header().Set("Sforce-Limit-Info", fmt.Sprintf("api-usage=%d/%d", used, s.config.DailyRequests))
		if !ok {
			writeErrors(w, http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
			return
		}
	}
	if strings.HasPrefix(r.URL.Path, "/cometd/") && !s.tokens.valid(r) {
		writeJSON(w, http.StatusOK, []object{{"successful": false, "error": "401::Authentication invalid", "advice": object{"reconnect": "none"}}})
		return
	}
	s.api.ServeHTTP(w, r)
}

func (s *Server) sleep(r *http.Request, span time.Duration) {
	if span <= 0 {
		return
	}
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.closing:
	}
}

// heldAnswer keeps an answer until it is sent or swallowed.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *heldAnswer) Header() http.Header { return a.header }

func (a *heldAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *heldAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *heldAnswer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(a.body.Bytes()) // a caller who has gone is not our concern
}

// object is a JSON object of no fixed shape.
type object map[string]any

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a caller who has gone is not our concern
}

// writeErrors answers in the shape of the REST API: an array of errors.
func writeErrors(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, []object{{"message": message, "errorCode": code}})
}

// dailyLimit counts requests in windows of 24 hours.
type dailyLimit struct {
	mu     sync.Mutex
	now    func() time.Time
	limit  int
	opened time.Time
	used   int
}

func (l *dailyLimit) charge() (used int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); l.opened.IsZero() || now.Sub(l.opened) >= 24*time.Hour {
		l.opened, l.used = now, 0
	}
	if l.used >= l.limit {
		return l.used, false
	}
	l.used++
	return l.used, true
}
