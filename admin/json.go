package admin

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"tandem"
)

const maxBodyBytes = 256 << 10

// readUpTo decodes a body strictly: one JSON object, with known fields only.
func readUpTo(q *request, limit int64, into any) error {
	if kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type")); kind != "application/json" {
		return tandem.Errorf(tandem.Invalid, "Content-Type", "send application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(q.w, q.Body, limit))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return unreadable(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return tandem.Errorf(tandem.Invalid, "", "the body goes on after its JSON object")
	}
	return nil
}

var unknownField = regexp.MustCompile(`^json: unknown field "(.*)"$`)

func unreadable(err error) error {
	var large *http.MaxBytesError
	var typed *json.UnmarshalTypeError
	switch unknown := unknownField.FindStringSubmatch(err.Error()); {
	case errors.As(err, &large):
		return tandem.Errorf(tandem.Invalid, "", "the body is larger than %d bytes", large.Limit)
	case errors.As(err, &typed):
		return tandem.Errorf(tandem.Invalid, typed.Field, "want a %s, not a %s", typed.Type, typed.Value)
	case unknown != nil:
		return tandem.Errorf(tandem.Invalid, unknown[1], "there is no such field")
	}
	return tandem.Errorf(tandem.Invalid, "", "the body is not the JSON expected: %v", err)
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a caller who has gone is not our concern
}

// errorJSON says why a request was refused.
type errorJSON struct {
	Field   string `json:"field,omitempty" doc:"What was wrong, by its name in the request; left out where it is none of them."`
	Message string `json:"message" doc:"What was wrong and what to do, for people."`
}

// refusalJSON is the answer to a request that was refused.
type refusalJSON struct {
	Error errorJSON `json:"error" doc:"Why."`
}

func writeError(w http.ResponseWriter, status int, field, message string) {
	write(w, status, refusalJSON{errorJSON{field, message}})
}

var statusOf = map[tandem.ErrorKind]int{
	tandem.Invalid: http.StatusBadRequest, tandem.NotFound: http.StatusNotFound, tandem.Duplicate: http.StatusConflict,
	tandem.Conflict: http.StatusConflict, tandem.InUse: http.StatusConflict, tandem.Forbidden: http.StatusForbidden,
	tandem.Exhausted: http.StatusConflict, tandem.Gone: http.StatusGone, tandem.Busy: http.StatusServiceUnavailable,
}

// fail answers with an error. What is our own fault is logged and not told.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *tandem.Error
	status := http.StatusInternalServerError
	if errors.As(err, &refusal) && statusOf[refusal.Kind] != 0 {
		status = statusOf[refusal.Kind]
		if refusal.Kind == tandem.Busy {
			w.Header().Set("Retry-After", "1")
		}
		writeError(w, status, fieldName(refusal.Field), refusal.Message)
		return
	}
	h.cfg.Log.Error("admin API", "method", r.Method, "path", r.URL.Path, "err", err)
	writeError(w, status, "", "something went wrong here; the server's log says what")
}

// noRoute answers where there is no operation: 404, or 405 with Allow.
func (h *Handler) noRoute(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := h.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		writeError(w, http.StatusNotFound, "", "there is nothing at this path")
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	writeError(w, http.StatusMethodNotAllowed, "", "use "+strings.Join(allowed, " or "))
}

// fieldNames are this API's names for the fields of commands.
var fieldNames = strings.NewReplacer(
	"HeartbeatGraceSeconds", "heartbeat_grace_seconds", "MissedBeforePause", "missed_before_pause", "PauseStatusId", "pause_status",
	"ResumeWithinMinutes", "resume_within_minutes", "From", "from",
	"PartialCapacityStatusID", "partial_capacity_status", "AtCapacityStatusID", "at_capacity_status",
	"SessionEnd", "session_end", ".InitialStatusID", ".initial_status", ".DelayMillis", ".delay_ms",
	"Rules", "rules", "Criteria", "criteria", "OperandA", "operand_a", "OperandB", "operand_b", "Comparator", "comparator", "Value", "value",
	"Source", "source", "Destination", "destination", "State", "state",
	"Mapping", "mapping", ".Remote", ".remote", ".StatusID", ".status", ".Preferred", ".preferred",
	"URL", "url", "Name", "name", "Policy", "policy", "Focus", "focus", "InstanceId", "instance_id", "SystemId", "system_id", "UserId", "user_id",
	"RemoteId", "remote_id", "System", "kind", "Subject", "id",
)

func fieldName(s string) string { return fieldNames.Replace(s) }
