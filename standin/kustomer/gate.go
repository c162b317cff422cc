package kustomer

import (
	"bytes"
	"context"
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

// clientKey is where a request's context has the API key that it was made with.
type clientKey struct{}

func clientOf(r *http.Request) Key {
	k, _ := r.Context().Value(clientKey{}).(Key)
	return k
}

// serveAPI is the way every public request takes: read, break on purpose,
// authenticate, limit, do, log, answer. The answer is held back until the work
// is done, so that a fault can swallow it.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	entry := Entry{Time: s.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, "payload_too_large", "The body is larger than 1 MB or was cut off")
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	entry.Body = string(body[:min(len(body), loggedBodyBytes)])
	answer := &heldAnswer{header: http.Header{}}
	fault := s.faults.take(r.Method, r.URL.Path)
	s.sleep(r, time.Duration(fault.DelayMillis)*time.Millisecond)
	answer.header.Set("Date", s.Now().Format(http.TimeFormat))
	entry.Client = s.answer(answer, r, fault)
	entry.Status, entry.Cut = answer.status, fault.Cut != ""
	s.log.add(entry)
	if entry.Cut {
		panic(http.ErrAbortHandler) // net/http: drops the connection without an answer
	}
	answer.send(w)
}

// answer does the work of one request, or what a fault puts in its place, and
// returns the machine user that it was done for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, fault Fault) string {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	key, known := s.org.key(token)
	known = known && strings.EqualFold(kind, "Bearer")
	switch {
	case fault.Cut == CutBeforeCommit:
	case fault.Status == http.StatusTooManyRequests:
		w.Header().Set("x-ratelimit-limit", strconv.Itoa(s.config.RatePerMinute))
		w.Header().Set("x-ratelimit-remaining", "0")
		w.Header().Set("x-ratelimit-reset", unixUp(s.Now().Add(time.Duration(fault.ResetSeconds)*time.Second)))
		fault.write(w)
	case fault.Status != 0:
		fault.write(w)
	case !known:
		writeError(w, http.StatusUnauthorized, "unauthorized", "Authentication failed.")
	case s.withinLimits(w):
		s.api.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), clientKey{}, key)))
	}
	if !known {
		return ""
	}
	return key.UserID
}

// withinLimits charges the organization's budget, which all keys share.
func (s *Server) withinLimits(w http.ResponseWriter) bool {
	remaining, reset, ok := s.limits.charge(s.config.RatePerMinute)
	w.Header().Set("x-ratelimit-limit", strconv.Itoa(s.config.RatePerMinute))
	w.Header().Set("x-ratelimit-remaining", strconv.Itoa(remaining))
	w.Header().Set("x-ratelimit-reset", unixUp(reset))
	if !ok {
		writeError(w, http.StatusTooManyRequests, "rate_limit", "Too many requests; wait until the window resets.")
	}
	return ok
}

// unixUp is a moment in whole seconds since 1970, not before it. The page shows
// no unit; this is the choice made here.
func unixUp(at time.Time) string { return strconv.FormatInt(at.Add(time.Second-1).Unix(), 10) }

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
