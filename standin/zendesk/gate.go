package zendesk

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxBodyBytes    = 1 << 20
	loggedBodyBytes = 4 << 10
)

// serveAPI is the way every public request takes: read, break on purpose, limit,
// authenticate, do, log, answer. The answer is held back until the work is
// done, so that a fault can swallow it.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	entry := Entry{Time: s.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, "RequestTooLarge", "The body is larger than 1 MB or was cut off")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.URL.Path = strings.TrimSuffix(r.URL.Path, ".json")
	if !strings.HasPrefix(r.URL.Path, "/oauth/") {
		entry.Body = string(body[:min(len(body), loggedBodyBytes)])
	}
	answer := &heldAnswer{header: http.Header{}}
	fault := s.faults.take(r.Method, r.URL.Path)
	s.sleep(r, time.Duration(fault.DelayMillis)*time.Millisecond)
	entry.Client = s.answer(answer, r, fault)
	entry.Status, entry.Cut = answer.status, fault.cuts()
	s.log.add(entry)
	if entry.Cut {
		panic(http.ErrAbortHandler) // net/http: drops the connection without an answer
	}
	answer.send(w)
}

// answer does the work of one request, or what a fault puts in its place, and
// returns the client id it was done for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, fault Fault) string {
	client, allowed := s.tokens.check(r)
	switch {
	case fault.Cut == CutBeforeCommit:
	case fault.Status != 0:
		fault.write(w)
	case !s.withinLimits(w, r):
	case allowed != nil:
		allowed.write(w)
	default:
		s.api.ServeHTTP(w, r)
	}
	return client
}

// withinLimits charges the account's budget and, for listing availabilities,
// that endpoint's own. Asking for tokens is not charged.
func (s *Server) withinLimits(w http.ResponseWriter, r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/oauth/") {
		return true
	}
	state := s.limits.charge("account", s.config.RatePerMinute)
	if !state.refused && r.Method == http.MethodGet && r.URL.Path == "/api/v2/agent_availabilities" {
		if own := s.limits.charge(r.URL.Path, s.config.AvailabilityRatePerMinute); own.refused {
			state = own
		}
	}
	h := w.Header()
	h.Set("X-Rate-Limit", strconv.Itoa(state.limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(state.remaining))
	h.Set("Ratelimit-Limit", strconv.Itoa(state.limit))
	h.Set("Ratelimit-Remaining", strconv.Itoa(state.remaining))
	h.Set("Ratelimit-Reset", strconv.Itoa(state.resetSeconds))
	if state.refused {
		writeTooMany(w, state.resetSeconds)
	}
	return !state.refused
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
