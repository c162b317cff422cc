package kustomer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// peopleRoutes are the pages and the control API:
//
//	GET    /__standin/users                      users with their statuses
//	POST   /__standin/users                      add a User
//	POST   /__standin/users/{id}/status          {"status_id":"...","by":"..."}; by is a supervisor's id, default the user
//	POST   /__standin/users/{id}/team            {"team_id":"..."}
//	POST   /__standin/users/{id}/call            {"active":true}: Kustomer sets Busy, and the status before when it ends
//	POST   /__standin/users/{id}/capacity        {"remaining":4}; null: what the work explains
//	GET    /__standin/items                      work items
//	POST   /__standin/items                      {"conversation":"...","queue_id":"..."}
//	POST   /__standin/items/{id}/accept, /pause, /resume, /complete
//	POST   /__standin/conversations/{id}/reopen  open again what was done
//	GET    /__standin/statuses                   every Status
//	POST   /__standin/statuses                   add a custom Status
//	POST   /__standin/statuses/{id}/switch       {"off":true}
//	POST   /__standin/keys                       add a Key
//	DELETE /__standin/keys/{token}               revoke it
//	POST   /__standin/budget                     {"use":900}: what other programs of the organization send
//	POST   /__standin/clock                      {"advance_seconds":600}
//	GET, POST, DELETE /__standin/faults          Fault
//	POST, DELETE      /__standin/webhook_faults  HookFault
//	GET, DELETE       /__standin/journal         entries; ?method=PUT&path_prefix=/v1/routing/
func (s *Server) peopleRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showPage)
	mux.HandleFunc("GET /agents/{id}", s.showPage)
	mux.HandleFunc("POST /agents/{id}/{what}", s.submit)
	s.controlUsers(mux)
	s.controlWork(mux)
	mux.HandleFunc("GET /__standin/statuses", show(s.org.statusList))
	mux.HandleFunc("POST /__standin/statuses", order(func(r *http.Request, status Status) error {
		_, err := s.org.addStatus(status)
		return err
	}))
	mux.HandleFunc("POST /__standin/statuses/{id}/switch", order(func(r *http.Request, o struct{ Off bool }) error {
		return s.org.switchStatus(r.PathValue("id"), o.Off)
	}))
	mux.HandleFunc("POST /__standin/keys", order(func(_ *http.Request, k Key) error { return s.org.addKey(k) }))
	mux.HandleFunc("DELETE /__standin/keys/{token}", plain(func(r *http.Request) error {
		s.org.revokeKey(r.PathValue("token"))
		return nil
	}))
	mux.HandleFunc("POST /__standin/budget", order(func(_ *http.Request, o struct{ Use int }) error {
		s.limits.use(max(0, o.Use))
		return nil
	}))
	mux.HandleFunc("POST /__standin/clock", order(s.moveClock))
	mux.HandleFunc("GET /__standin/faults", show(s.faults.list))
	mux.HandleFunc("POST /__standin/faults", order(func(_ *http.Request, f Fault) error { return s.faults.add(f) }))
	mux.HandleFunc("DELETE /__standin/faults", plain(func(*http.Request) error { s.faults.clear(); return nil }))
	mux.HandleFunc("POST /__standin/webhook_faults", order(func(_ *http.Request, f HookFault) error { return s.hooks.addFault(f) }))
	mux.HandleFunc("DELETE /__standin/webhook_faults", plain(func(*http.Request) error { s.hooks.clearFaults(); return nil }))
	mux.HandleFunc("GET /__standin/journal", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.log.find(r.FormValue("method"), r.FormValue("path_prefix")))
	})
	mux.HandleFunc("DELETE /__standin/journal", plain(func(*http.Request) error { s.log.clear(); return nil }))
	return mux
}

func (s *Server) controlUsers(mux *http.ServeMux) {
	mux.HandleFunc("GET /__standin/users", show(s.org.desks))
	mux.HandleFunc("POST /__standin/users", order(func(_ *http.Request, u User) error { return s.org.addUser(u) }))
	mux.HandleFunc("POST /__standin/users/{id}/status", order(func(r *http.Request, o struct {
		StatusID string `json:"status_id"`
		By       string `json:"by"`
	}) error {
		if o.By == "" {
			o.By = r.PathValue("id")
		}
		return s.org.choose(r.PathValue("id"), o.StatusID, o.By)
	}))
	mux.HandleFunc("POST /__standin/users/{id}/team", order(func(r *http.Request, o struct {
		TeamID string `json:"team_id"`
	}) error {
		return s.org.switchTeam(r.PathValue("id"), o.TeamID)
	}))
	mux.HandleFunc("POST /__standin/users/{id}/call", order(func(r *http.Request, o struct{ Active bool }) error {
		if o.Active {
			return s.org.startCall(r.PathValue("id"))
		}
		return s.org.endCall(r.PathValue("id"))
	}))
	mux.HandleFunc("POST /__standin/users/{id}/capacity", order(func(r *http.Request, o struct{ Remaining *int }) error {
		return s.org.forceCapacity(r.PathValue("id"), o.Remaining)
	}))
}

func (s *Server) controlWork(mux *http.ServeMux) {
	mux.HandleFunc("GET /__standin/items", show(func() []object {
		all := []object{}
		for _, i := range s.org.itemList() {
			all = append(all, itemJSON(i))
		}
		return all
	}))
	mux.HandleFunc("POST /__standin/items", order(func(_ *http.Request, o struct {
		Conversation string `json:"conversation"`
		QueueID      string `json:"queue_id"`
	}) error {
		_, err := s.org.addItem(o.Conversation, o.QueueID)
		return err
	}))
	mux.HandleFunc("POST /__standin/items/{id}/{step}", plain(func(r *http.Request) error {
		return s.org.step(r.PathValue("id"), r.PathValue("step"))
	}))
	mux.HandleFunc("POST /__standin/conversations/{id}/reopen", plain(func(r *http.Request) error {
		_, err := s.org.setConversation(r.PathValue("id"), "open")
		return err
	}))
}

// step does with an item what an agent does with it.
func (o *org) step(id, step string) error {
	switch step {
	case "accept":
		return o.moveItem(id, itemAssigned, itemRouted)
	case "pause":
		return o.moveItem(id, itemPaused, itemAssigned)
	case "resume":
		return o.moveItem(id, itemAssigned, itemPaused)
	case "complete":
		return o.moveItem(id, itemCompleted, itemAssigned, itemPaused)
	}
	return fmt.Errorf("%w step %q: use accept, pause, resume or complete", errInvalid, step)
}

const furthestAdvance = 366 * 24 * time.Hour

func (s *Server) moveClock(_ *http.Request, o struct {
	AdvanceSeconds int64 `json:"advance_seconds"`
}) error {
	if o.AdvanceSeconds < 0 || o.AdvanceSeconds > int64(furthestAdvance/time.Second) {
		return fmt.Errorf("%w advance_seconds %d: time only moves forward, a year at most", errInvalid, o.AdvanceSeconds)
	}
	s.Advance(time.Duration(o.AdvanceSeconds) * time.Second)
	return nil
}

// show serves a control call that only reads.
func show[T any](read func() T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { writeJSON(w, http.StatusOK, read()) }
}

// order serves a control call that takes a JSON body and may be refused.
func order[T any](do func(*http.Request, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var value T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&value)
		if err != nil {
			err = fmt.Errorf("%w body: %w", errInvalid, err)
		} else {
			err = do(r, value)
		}
		answerOrder(w, err)
	}
}

// plain serves a control call without a body.
func plain(do func(*http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { answerOrder(w, do(r)) }
}

func answerOrder(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, ErrUnknown):
		writeJSON(w, http.StatusNotFound, object{"error": err.Error()})
	default:
		writeJSON(w, http.StatusBadRequest, object{"error": err.Error()})
	}
}
