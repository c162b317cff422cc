package salesforce

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Shows returns the status that a user is in, 15 characters; empty is Offline.
func (s *Server) Shows(user string) string { return s.org.shown(user) }

// SetStatusByHand changes a status as the agent would in the console.
func (s *Server) SetStatusByHand(user, status string) error {
	return s.org.change(user, status, ReasonManual, false)
}

// SetStatusWithReason changes a status for another of the published reasons.
func (s *Server) SetStatusWithReason(user, status, reason string) error {
	return s.org.change(user, status, reason, false)
}

// SetStatusUnannounced changes a status without telling the console.
func (s *Server) SetStatusUnannounced(user, status string) error {
	return s.org.change(user, status, ReasonManual, true)
}

// LogOut ends a user's Omni-Channel session for a reason; empty is the agent.
func (s *Server) LogOut(user, reason string) error { return s.org.logout(user, reason, false) }

// Assign gives a user work of a channel and returns its id.
func (s *Server) Assign(user, channel, item string, weight int) (string, error) {
	return s.org.assign(user, channel, item, weight)
}

// Accept lets a user accept assigned work.
func (s *Server) Accept(user, work string) error {
	return s.org.move(user, work, "Opened", "omniChannelWorkAccepted")
}

// Decline lets a user decline assigned work.
func (s *Server) Decline(user, work string) error {
	return s.org.move(user, work, "Declined", "omniChannelWorkDeclined")
}

// Finish closes a user's work.
func (s *Server) Finish(user, work string) error {
	return s.org.move(user, work, "Closed", "omniChannelWorkClosed")
}

// RevokeTokens ends every session of the API.
func (s *Server) RevokeTokens() { s.tokens.revokeAll() }

// Break arms a fault; it fails on one that makes no sense.
func (s *Server) Break(fault Fault) error { return s.faults.add(fault) }

// ClearFaults disarms every fault.
func (s *Server) ClearFaults() { s.faults.clear() }

// DropStreamEvents loses the next count events of push topics.
func (s *Server) DropStreamEvents(count int) {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	s.stream.dropped += count
}

// CutStream forgets every client of the Streaming API; they must shake hands
// again.
func (s *Server) CutStream() {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	clear(s.stream.clients)
	s.stream.wakeAll()
}

// Subscribers is how many clients of the Streaming API are subscribed.
func (s *Server) Subscribers() int {
	s.stream.mu.Lock()
	defer s.stream.mu.Unlock()
	n := 0
	for _, c := range s.stream.clients {
		if len(c.told) > 0 {
			n++
		}
	}
	return n
}

// Requests returns the requests seen, oldest first; an empty method or prefix
// matches all.
func (s *Server) Requests(method, pathPrefix string) []Entry { return s.log.find(method, pathPrefix) }

// peopleRoutes are the page, the toolkit and the control API:
//
//	GET    /__standin/users                    users with their statuses
//	POST   /__standin/users/{id}/status        {"status_id":"0N5...","reason":"OmniManualStatusChange"}; the reason is optional
//	POST   /__standin/users/{id}/logout        {"reason":"MaintenanceLogout"}; empty is the agent
//	POST   /__standin/clock                    {"advance_seconds":600}
//	POST   /__standin/stream                   {"drop":3,"cut":true}
//	DELETE /__standin/tokens                   end every session of the API
//	POST, DELETE /__standin/faults             Fault
//	GET, DELETE  /__standin/journal            entries; ?method=GET&path_prefix=/services/
func (s *Server) peopleRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showPage)
	mux.HandleFunc("POST /users/{id}/status", s.submitStatus)
	mux.HandleFunc("GET /__standin/users", func(w http.ResponseWriter, r *http.Request) { writeJSON(w, http.StatusOK, s.rows()) })
	mux.HandleFunc("POST /__standin/users/{id}/status", func(w http.ResponseWriter, r *http.Request) {
		order(func(o struct {
			StatusID string `json:"status_id"`
			Reason   string `json:"reason"`
		}) error {
			if o.Reason == "" {
				o.Reason = ReasonManual
			}
			return s.SetStatusWithReason(r.PathValue("id"), o.StatusID, o.Reason)
		})(w, r)
	})
	mux.HandleFunc("POST /__standin/users/{id}/logout", func(w http.ResponseWriter, r *http.Request) {
		order(func(o struct {
			Reason string `json:"reason"`
		}) error {
			return s.LogOut(r.PathValue("id"), o.Reason)
		})(w, r)
	})
	mux.HandleFunc("POST /__standin/clock", order(s.moveClock))
	mux.HandleFunc("POST /__standin/stream", order(func(o struct {
		Drop int  `json:"drop"`
		Cut  bool `json:"cut"`
	}) error {
		s.DropStreamEvents(max(0, o.Drop))
		if o.Cut {
			s.CutStream()
		}
		return nil
	}))
	mux.HandleFunc("DELETE /__standin/tokens", plain(s.RevokeTokens))
	mux.HandleFunc("POST /__standin/faults", order(s.faults.add))
	mux.HandleFunc("DELETE /__standin/faults", plain(s.faults.clear))
	mux.HandleFunc("GET /__standin/journal", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.log.find(r.FormValue("method"), r.FormValue("path_prefix")))
	})
	mux.HandleFunc("DELETE /__standin/journal", plain(s.log.clear))
	s.lightningRoutes(mux)
	return http.NewCrossOriginProtection().Handler(mux)
}

type clockOrder struct {
	AdvanceSeconds int64 `json:"advance_seconds"`
}

const furthestAdvance = 366 * 24 * time.Hour

func (s *Server) moveClock(o clockOrder) error {
	if o.AdvanceSeconds < 0 || o.AdvanceSeconds > int64(furthestAdvance/time.Second) {
		return fmt.Errorf("%w advance_seconds %d: time only moves forward, a year at most", errInvalid, o.AdvanceSeconds)
	}
	s.Advance(time.Duration(o.AdvanceSeconds) * time.Second)
	return nil
}

// order serves a control call that takes a JSON body and may be refused.
func order[T any](do func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var value T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&value)
		if err != nil {
			err = fmt.Errorf("%w body: %w", errInvalid, err)
		} else {
			err = do(value)
		}
		answerOrder(w, err)
	}
}

func plain(do func()) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		do()
		answerOrder(w, nil)
	}
}

func answerOrder(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, ErrUnknownUser) || errors.Is(err, ErrUnknownStatus):
		writeJSON(w, http.StatusNotFound, object{"error": err.Error()})
	default:
		writeJSON(w, http.StatusBadRequest, object{"error": err.Error()})
	}
}
