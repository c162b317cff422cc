package zendesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a caller who has gone is not our concern
}

type object map[string]any

// writeError answers in the shape of the Support API: a name and a sentence.
func writeError(w http.ResponseWriter, status int, name, description string) {
	writeJSON(w, status, object{"error": name, "description": description})
}

func notFound(w http.ResponseWriter) {
	writeError(w, http.StatusNotFound, "RecordNotFound", "Not found")
}

// writeInvalid is the 422 of "Zendesk: Errors", with the field at fault.
func writeInvalid(w http.ResponseWriter, field, description string) {
	writeJSON(w, http.StatusUnprocessableEntity, object{
		"error":       "RecordInvalid",
		"description": "Record validation errors",
		"details":     object{field: []object{{"description": description, "error": "InvalidValue"}}},
	})
}

// writeTooMany is the 429, whose body is plain text.
func writeTooMany(w http.ResponseWriter, retryAfterSeconds int) {
	w.Header().Set("Retry-After", strconv.Itoa(retryAfterSeconds))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, "Number of allowed API requests per minute exceeded")
}

// writeRefusal turns a refusal of the account into an answer. The public pages
// give no shape for these; the general errors page is followed.
func writeRefusal(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrUnknownAgent):
		notFound(w)
	case errors.Is(err, ErrOmnichannelOff):
		writeError(w, http.StatusBadRequest, "BadRequest", "Omnichannel routing is not enabled for this account")
	default:
		writeInvalid(w, "id", err.Error())
	}
}

// readJSON decodes the body into value or answers 400.
func readJSON(w http.ResponseWriter, r *http.Request, value any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes)).Decode(value)
	if err != nil {
		writeError(w, http.StatusBadRequest, "BadRequest", fmt.Sprintf("The body is not the JSON expected: %v", err))
	}
	return err == nil
}

// pathID reads {id}; ok is false when it is no positive number.
func pathID(r *http.Request) (id int64, ok bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id, err == nil && id > 0
}
