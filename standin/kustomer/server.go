package kustomer

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// settlePeriod is how often offers that run out and deliveries that are due are
// looked for between requests.
const settlePeriod = 100 * time.Millisecond

// Server is the stand-in. It is safe for use by many goroutines. Close it.
type Server struct {
	config  Config
	advance atomic.Int64 // nanoseconds added to the clock

	org    *org
	limits *limiter
	faults *faults
	log    *requestLog
	hooks  *hooks

	api    http.Handler
	people http.Handler

	closing chan struct{}
	close   sync.Once
	done    sync.WaitGroup
}

// New starts a stand-in. It fails on users, teams, queues or statuses that
// contradict each other, and says which.
func New(config Config) (*Server, error) {
	s := &Server{config: config.withDefaults(), closing: make(chan struct{})}
	s.limits = &limiter{now: s.Now}
	s.faults = &faults{}
	s.log = &requestLog{}
	s.hooks = newHooks(s.config, s.Now)
	var err error
	if s.org, err = newOrg(s.config, s.Now, s.hooks.publish); err != nil {
		s.hooks.stop()
		return nil, fmt.Errorf("start the Kustomer stand-in: %w", err)
	}
	s.api = s.apiRoutes()
	s.people = http.NewCrossOriginProtection().Handler(s.peopleRoutes())
	s.done.Go(s.keepSettling)
	return s, nil
}

// Close ends deliveries, delays and timers, and waits for them. Requests under
// way are answered at once.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.closing)
		s.hooks.stop()
	})
	s.done.Wait()
}

// Now is the stand-in's time: the configured clock plus what Advance added.
func (s *Server) Now() time.Time {
	return s.config.Clock().Add(time.Duration(s.advance.Load())).UTC()
}

// Advance moves the stand-in's time forward and applies what became due.
func (s *Server) Advance(span time.Duration) {
	s.advance.Add(int64(span))
	s.settle()
}

func (s *Server) settle() {
	s.org.settle()
	s.hooks.settle()
}

func (s *Server) keepSettling() {
	ticker := time.NewTicker(settlePeriod)
	defer ticker.Stop()
	for {
		select {
		case <-s.closing:
			return
		case <-ticker.C:
			s.settle()
		}
	}
}

// ServeHTTP answers the public API, the pages for people and /__standin/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.settle()
	if strings.HasPrefix(r.URL.Path, "/v1/") {
		s.serveAPI(w, r)
		return
	}
	s.people.ServeHTTP(w, r)
}

func (s *Server) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		mux.HandleFunc(e.pattern, func(w http.ResponseWriter, r *http.Request) {
			if !e.allows(clientOf(r)) {
				writeError(w, http.StatusForbidden, "forbidden", "Any one of these roles is required: "+strings.Join(e.roles, ", "))
				return
			}
			e.serve(w, r)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { notFound(w) })
	return mux
}
