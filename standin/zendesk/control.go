package zendesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// peopleRoutes are the pages and the control API:
//
//	GET    /__standin/agents                     agents with their statuses
//	POST   /__standin/agents                     add an Agent
//	POST   /__standin/agents/{id}/status         {"id":3,"reason":"AGENT_STATUS_SWITCHER"}; the reason is optional
//	POST   /__standin/agents/{id}/activity       mouse or keyboard was used
//	POST   /__standin/agents/{id}/idle           the idle time-out strikes now
//	POST   /__standin/agents/{id}/disconnect     the browser is gone: Offline
//	POST   /__standin/agents/{id}/reconnect      back to the status before
//	POST   /__standin/agents/{id}/logout         Offline for good
//	GET    /__standin/statuses                   every Status
//	POST   /__standin/statuses                   add a custom Status
//	DELETE /__standin/statuses/{id}              delete a custom status
//	POST   /__standin/omnichannel                {"enabled":false}
//	POST   /__standin/clock                      {"advance_seconds":600}
//	DELETE /__standin/tokens                     revoke every token
//	GET, POST, DELETE /__standin/faults          Fault
//	POST, DELETE      /__standin/webhook_faults  HookFault
//	GET, DELETE       /__standin/journal         entries; ?method=PUT&path_prefix=/api/v2/
func (s *Server) peopleRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showPage)
	mux.HandleFunc("GET /agents/{id}", s.showPage)
	mux.HandleFunc("POST /agents/{id}/status", s.submitStatus)
	s.controlAgents(mux)
	mux.HandleFunc("GET /__standin/statuses", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.account.statusList())
	})
	mux.HandleFunc("POST /__standin/statuses", order(s.account.addStatus))
	mux.HandleFunc("DELETE /__standin/statuses/{id}", onID(s.account.deleteStatus))
	mux.HandleFunc("POST /__standin/omnichannel", order(func(o struct{ Enabled bool }) error {
		s.account.setOmnichannel(o.Enabled)
		return nil
	}))
	mux.HandleFunc("POST /__standin/clock", order(s.moveClock))
	mux.HandleFunc("DELETE /__standin/tokens", plain(s.tokens.revokeAll))
	mux.HandleFunc("GET /__standin/faults", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.faults.list())
	})
	mux.HandleFunc("POST /__standin/faults", order(s.faults.add))
	mux.HandleFunc("DELETE /__standin/faults", plain(s.faults.clear))
	mux.HandleFunc("POST /__standin/webhook_faults", order(s.hooks.addFault))
	mux.HandleFunc("DELETE /__standin/webhook_faults", plain(s.hooks.clearFaults))
	mux.HandleFunc("GET /__standin/journal", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.log.find(r.FormValue("method"), r.FormValue("path_prefix")))
	})
	mux.HandleFunc("DELETE /__standin/journal", plain(s.log.clear))
	return mux
}

func (s *Server) controlAgents(mux *http.ServeMux) {
	mux.HandleFunc("GET /__standin/agents", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, s.account.views())
	})
	mux.HandleFunc("POST /__standin/agents", order(s.account.addAgent))
	mux.HandleFunc("POST /__standin/agents/{id}/status", s.controlStatus)
	mux.HandleFunc("POST /__standin/agents/{id}/activity", onID(s.account.touch))
	mux.HandleFunc("POST /__standin/agents/{id}/idle", onID(s.account.idle))
	mux.HandleFunc("POST /__standin/agents/{id}/disconnect", onID(s.account.disconnect))
	mux.HandleFunc("POST /__standin/agents/{id}/reconnect", onID(s.account.reconnect))
	mux.HandleFunc("POST /__standin/agents/{id}/logout", onID(s.account.logout))
}

func (s *Server) controlStatus(w http.ResponseWriter, r *http.Request) {
	onID(func(agentID int64) error {
		wish := struct {
			ID     int64  `json:"id"`
			Reason string `json:"reason"`
		}{Reason: ReasonSwitcher}
		if err := decodeOrder(w, r, &wish); err != nil {
			return err
		}
		_, err := s.account.setStatus(agentID, wish.ID, wish.Reason)
		return err
	})(w, r)
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
		err := decodeOrder(w, r, &value)
		if err == nil {
			err = do(value)
		}
		answerOrder(w, err)
	}
}

func decodeOrder(w http.ResponseWriter, r *http.Request, value any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		return fmt.Errorf("%w body: %w", errInvalid, err)
	}
	return nil
}

func onID(do func(int64) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, ok := pathID(r)
		if !ok {
			answerOrder(w, fmt.Errorf("%w id %q: use a positive number", errInvalid, r.PathValue("id")))
			return
		}
		answerOrder(w, do(id))
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
	case errors.Is(err, ErrUnknownAgent) || errors.Is(err, ErrUnknownStatus):
		writeJSON(w, http.StatusNotFound, object{"error": err.Error()})
	default:
		writeJSON(w, http.StatusBadRequest, object{"error": err.Error()})
	}
}
