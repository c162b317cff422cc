package admin

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"tandem"
	"tandem/auth"
)

// operation is one operation of the API: what serves it and what its
// description says. The types of body and answer are those of the function
// that serves it, so that the two cannot differ.
type operation struct {
	method, path string
	id           string // unique, for programs
	permission   auth.Permission
	summary      string
	details      string
	parameters   []parameter // of the query
	in, out      reflect.Type
	accepts      []string // other types of content that serve reads by itself
	maxBody      int64
	serve        func(*Handler, *request) (any, error)
}

// parameter is a parameter of the query.
type parameter struct {
	name, doc string
	integer   bool
}

// op describes an operation without a body.
func op[Out any](method, path string, needs auth.Permission, id, summary string, serve func(*Handler, *request) (Out, error)) operation {
	return operation{
		method: method, path: path, permission: needs, id: id, summary: summary, out: reflect.TypeFor[Out](), maxBody: maxBodyBytes,
		serve: func(h *Handler, q *request) (any, error) { return serve(h, q) },
	}
}

// opWith describes an operation with a JSON object as its body, which is read
// and checked before serve is called.
func opWith[In, Out any](method, path string, needs auth.Permission, id, summary string, serve func(*Handler, *request, *In) (Out, error)) operation {
	o := operation{method: method, path: path, permission: needs, id: id, summary: summary, in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), maxBody: maxBodyBytes}
	o.serve = func(h *Handler, q *request) (any, error) {
		in := new(In)
		if err := readUpTo(q, q.maxBody, in); err != nil {
			return nil, err
		}
		return serve(h, q, in)
	}
	return o
}

// upTo lets a body be larger than others.
func (o operation) upTo(bytes int64) operation {
	o.maxBody = bytes
	return o
}

// asks adds a parameter of the query.
func (o operation) asks(name, doc string, integer bool) operation {
	o.parameters = append(o.parameters, parameter{name, doc, integer})
	return o
}

// tells adds what the summary leaves out.
func (o operation) tells(details string) operation {
	o.details = details
	return o
}

// takes says that the body is a file of one of these types.
func (o operation) takes(types ...string) operation {
	o.accepts = types
	return o
}

// errors are the statuses with which the operation may refuse.
func (o *operation) errors() []int {
	list := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError}
	if o.in != nil || len(o.parameters) > 0 || len(o.accepts) > 0 || strings.Contains(o.path, "{") {
		list = append(list, http.StatusBadRequest)
	}
	if strings.Contains(o.path, "{") {
		list = append(list, http.StatusNotFound, http.StatusServiceUnavailable)
	}
	if o.method != http.MethodGet {
		list = append(list, http.StatusConflict)
	}
	return list
}

// request is one authorized request with the ids of its path.
type request struct {
	*http.Request
	w         http.ResponseWriter
	principal Principal
	maxBody   int64
	instance  tandem.ID
	system    tandem.ID
	user      tandem.ID
	contact   tandem.ID
	key       tandem.ID
}

// pathIDs are the ids that paths have, as the API calls them in refusals.
func (q *request) pathIDs() []pathID {
	return []pathID{
		{"instanceId", "instance_id", "The contact center.", &q.instance}, {"systemId", "system_id", "The connected system.", &q.system},
		{"userId", "user_id", "The user of the contact center.", &q.user}, {"contactId", "contact_id", "The contact.", &q.contact},
		{"keyId", "key_id", "The key of this API.", &q.key},
	}
}

type pathID struct {
	name, field, doc string
	id               *tandem.ID
}

// handle serves an operation to those who may call it.
func (h *Handler) handle(o operation) {
	h.mux.HandleFunc(o.method+" "+o.path, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		q := &request{Request: r.WithContext(ctx), w: w, maxBody: o.maxBody}
		q.principal, _ = ctx.Value(principalKey{}).(Principal)
		body, err := h.run(&o, q)
		if err != nil {
			h.fail(w, r, err)
			return
		}
		if r.Method != http.MethodGet {
			h.cfg.Log.Info("admin API", "method", r.Method, "path", r.URL.Path, "by", q.principal.Name)
		}
		write(w, http.StatusOK, body)
	})
}

func (h *Handler) run(o *operation, q *request) (any, error) {
	if role := q.principal.Role; !role.May(o.permission) {
		return nil, tandem.Errorf(tandem.Forbidden, "", "this needs the permission %q, which %s does not have; use a key with the role %s",
			o.permission, described(role), anyOf(auth.WhoMay(o.permission)))
	}
	for _, part := range q.pathIDs() {
		text := q.PathValue(part.name)
		if text == "" {
			continue
		}
		id, err := tandem.ParseID(text)
		if err != nil {
			return nil, tandem.Errorf(tandem.Invalid, part.field, "%v", err)
		}
		*part.id = id
	}
	return o.serve(h, q)
}

func described(r auth.Role) string {
	if r == "" {
		return "this key"
	}
	return "the role " + string(r)
}

// anyOf joins roles for people.
func anyOf(roles []auth.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, " or ")
}
