package zendesk

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// settlePeriod is how often idle time-outs are looked at between requests.
const settlePeriod = 100 * time.Millisecond

// Server is the stand-in. It is safe for use by many goroutines. Close it.
type Server struct {
	config  Config
	advance atomic.Int64 // nanoseconds added to the clock

	account *account
	tokens  *tokens
	limits  *limiter
	faults  *faults
	log     *requestLog
	hooks   *hooks

	api    http.Handler
	people http.Handler

	closing chan struct{}
	close   sync.Once
	done    sync.WaitGroup
}

// New starts a stand-in. It fails on agents or statuses that contradict each
// other, and says which.
func New(config Config) (*Server, error) {
	s := &Server{config: config.withDefaults(), closing: make(chan struct{})}
	s.tokens = newTokens(s.config, s.Now)
	s.limits = newLimiter(s.Now)
	s.faults = &faults{}
	s.log = &requestLog{}
	s.hooks = newHooks(s.config, s.Now)
	var err error
	if s.account, err = newAccount(s.config, s.Now, s.hooks.publish); err != nil {
		s.hooks.stop()
		return nil, fmt.Errorf("start the Zendesk stand-in: %w", err)
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
// Webhook signatures keep the configured clock's time, so that a receiver that
// checks their age is not misled.
func (s *Server) Advance(span time.Duration) {
	s.advance.Add(int64(span))
	s.account.settle()
}

func (s *Server) keepSettling() {
	ticker := time.NewTicker(settlePeriod)
	defer ticker.Stop()
	for {
		select {
		case <-s.closing:
			return
		case <-ticker.C:
			s.account.settle()
		}
	}
}

// ServeHTTP answers the public API, the pages for people and /__standin/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.account.settle()
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/oauth/") {
		s.serveAPI(w, r)
		return
	}
	s.people.ServeHTTP(w, r)
}

func (s *Server) apiRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/tokens", s.tokens.issue)
	mux.HandleFunc("GET /api/v2/users", s.listUsers)
	mux.HandleFunc("GET /api/v2/users/me", s.showMe)
	mux.HandleFunc("GET /api/v2/users/{id}", s.showUser)
	const availabilities = "/api/v2/agent_availabilities"
	mux.HandleFunc("GET "+availabilities, s.listAvailabilities)
	mux.HandleFunc("GET "+availabilities+"/{id}", s.showAvailability)
	mux.HandleFunc("GET "+availabilities+"/agent_statuses", s.listStatuses)
	mux.HandleFunc("PUT "+availabilities+"/agent_statuses/agents/{id}", s.updateStatus)
	mux.HandleFunc("GET /api/v2/webhooks", s.hooks.list)
	mux.HandleFunc("POST /api/v2/webhooks", s.hooks.create)
	mux.HandleFunc("GET /api/v2/webhooks/{id}", s.hooks.show)
	mux.HandleFunc("DELETE /api/v2/webhooks/{id}", s.hooks.remove)
	mux.HandleFunc("GET /api/v2/webhooks/{id}/signing_secret", s.hooks.showSecret)
	mux.HandleFunc("POST /api/v2/webhooks/{id}/signing_secret", s.hooks.resetSecret)
	mux.HandleFunc("GET /api/v2/webhooks/{id}/invocations", s.hooks.listInvocations)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { notFound(w) })
	return mux
}
