package kustomer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

type object map[string]any

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a caller who has gone is not our concern
}

// writeError answers in the form that most errors have ("Kustomer: Errors").
func writeError(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, object{"errors": []object{{"code": code, "message": message, "meta": object{}}}})
}

// writeJSONAPIError answers in the form of JSON:API, which some endpoints have.
// The page does not say which; here those of work sessions do.
func writeJSONAPIError(w http.ResponseWriter, status int, code, detail, pointer string) {
	writeJSON(w, status, object{"errors": []object{{
		"status": strconv.Itoa(status), "code": code, "title": http.StatusText(status), "detail": detail,
		"source": object{"pointer": pointer}, "meta": object{},
	}}})
}

func notFound(w http.ResponseWriter) {
	writeError(w, http.StatusNotFound, "not_found", "The resource was not found.")
}

// writeRefusal turns a refusal of the organization into an answer.
func writeRefusal(w http.ResponseWriter, err error) {
	if errors.Is(err, ErrUnknown) {
		notFound(w)
		return
	}
	writeError(w, http.StatusBadRequest, "bad_request", err.Error())
}

// readJSON decodes the body into value or answers 400. Fields that no page
// lists are refused, so that a client cannot come to rest on them.
func readJSON(w http.ResponseWriter, r *http.Request, value any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", fmt.Sprintf("Invalid request body or parameters: %v", err))
		return false
	}
	return true
}

// listing is how a list is paged: the parameters it takes beside page and
// pageSize, and the most that a page may hold.
type listing struct {
	parameters []string
	most       int
}

// writePage answers one page of items ("Kustomer: Pagination"). A parameter
// that the list does not have is refused.
func writePage[T any](w http.ResponseWriter, r *http.Request, l listing, items []T, show func(T) object) {
	query := r.URL.Query()
	number, size := 1, min(25, l.most)
	for name, values := range query {
		known := name == "page" || name == "pageSize"
		for _, p := range l.parameters {
			known = known || name == p
		}
		value, err := strconv.Atoi(values[0])
		switch {
		case !known:
			writeError(w, http.StatusBadRequest, "bad_request", "Unknown parameter "+name)
			return
		case name == "page" && (err != nil || value < 1), name == "pageSize" && (err != nil || value < 1 || value > l.most):
			writeError(w, http.StatusBadRequest, "bad_request", fmt.Sprintf("%s must be a number from 1 (pageSize: to %d)", name, l.most))
			return
		case name == "page":
			number = value
		case name == "pageSize":
			size = value
		}
	}
	from := min((number-1)*size, len(items))
	to := min(from+size, len(items))
	data := []object{}
	for _, item := range items[from:to] {
		data = append(data, show(item))
	}
	last := max(1, (len(items)+size-1)/size)
	writeJSON(w, http.StatusOK, object{
		"meta":  object{"pageSize": size, "page": number, "total": len(items), "totalPages": last},
		"links": pageLinks(r, query, number, last), "data": data,
	})
}

func pageLinks(r *http.Request, query url.Values, number, last int) object {
	link := func(n int) any {
		if n < 1 || n > last {
			return nil
		}
		query.Set("page", strconv.Itoa(n))
		return r.URL.Path + "?" + query.Encode()
	}
	return object{"self": link(number), "first": link(1), "prev": link(number - 1), "next": link(number + 1), "last": link(last)}
}

// resource is a JSON:API resource.
func resource(kind, id, self string, attributes, relationships object) object {
	return object{"type": kind, "id": id, "attributes": attributes, "relationships": relationships, "links": object{"self": self}}
}

// to is a relationship to one other resource; nil without an id.
func to(kind, id, self string) object {
	if id == "" {
		return object{"data": nil}
	}
	return object{"data": object{"type": kind, "id": id}, "links": object{"self": self + id}}
}
