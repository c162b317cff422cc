package admin

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tandem"
	"tandem/admin/pages"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
)

const requestTimeout = 30 * time.Second

// Principal is who makes a request.
type Principal struct {
	Name  string // for the log
	Actor tandem.Actor
}

// Instance is a contact center of this server.
type Instance struct {
	ID    tandem.ID `json:"id"`
	Alias string    `json:"alias"`
}

// User is a user of the contact center.
type User struct {
	ID       tandem.ID
	Username string
	Email    string
}

// View is an instance as it is now. It must not be kept or changed.
type View struct {
	Presence *presence.State
	// Users lists the users of the center.
	Users func() []User
	// Desired is what a system should show for an agent, in the system's words;
	// empty where it is left as it is.
	Desired func(user, system tandem.ID) string
	// Known is what the rules of a system can speak of.
	Known func(system tandem.ID) rule.Known
}

// Notice is something that an agent or the administrators were told.
type Notice struct {
	ID       tandem.ID
	At       tandem.Time
	UserID   tandem.ID // zero: for administrators
	SystemID tandem.ID
	Notice   string
	Detail   string
}

// Check is one thing that a health check looked at.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

// Connectors are the running connectors; *connector.Manager is one.
type Connectors interface {
	// Refresh reads a system's statuses and agents again.
	Refresh(ctx context.Context, system tandem.ID) error
	// Agents lists a system's agents.
	Agents(ctx context.Context, system tandem.ID) ([]connector.Agent, error)
	// Restart makes a system's connector anew, for a changed secret.
	Restart(system tandem.ID)
}

// Secrets is where secrets are kept; *vault.Vault is one.
type Secrets interface {
	Secret(ctx context.Context, name string) ([]byte, error)
	PutSecret(ctx context.Context, name string, secret []byte) error
	DeleteSecret(ctx context.Context, name string) error
}

// Config is what the API needs from outside.
type Config struct {
	// Authorize says who makes a request, if they may; [Bearer] makes one.
	Authorize func(*http.Request) (Principal, bool)
	// Instances lists the instances.
	Instances func(ctx context.Context) ([]Instance, error)
	// Do hands a command to an instance and returns once it is durable.
	Do func(ctx context.Context, instance tandem.ID, actor tandem.Actor, body any) (any, error)
	// Look calls look with the instance as it is now.
	Look func(ctx context.Context, instance tandem.ID, look func(View)) error
	// Notices lists the newest notices of an instance, newest first.
	Notices func(ctx context.Context, instance tandem.ID, limit int) ([]Notice, error)
	// Health looks at the server.
	Health func(ctx context.Context) []Check
	// CheckSystem refuses settings of a system that can never work.
	CheckSystem func(event.SystemSaved) error
	Connectors  Connectors
	Secrets     Secrets
	Log         *slog.Logger // nil: the default
}

// Handler serves the API.
type Handler struct {
	cfg Config
	mux *http.ServeMux
}

// New makes the API.
func New(cfg Config) *Handler {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	h := &Handler{cfg: cfg, mux: http.NewServeMux()}
	const instance, system = "/admin/instances/{instanceId}", "/admin/instances/{instanceId}/systems/{systemId}"
	h.route("GET /admin/health", h.health)
	h.route("GET /admin/instances", h.instances)
	h.route("GET /admin/rules/words", h.ruleWords)
	h.route("GET "+instance+"/statuses", h.listCenterStatuses)
	h.route("GET "+instance+"/users", h.listUsers)
	h.route("GET "+instance+"/systems", h.listSystems)
	h.route("POST "+instance+"/systems", h.createSystem)
	h.route("GET "+system, h.showSystem)
	h.route("PUT "+system, h.updateSystem)
	h.route("DELETE "+system, h.deleteSystem)
	h.route("GET "+system+"/statuses", h.listStatuses)
	h.route("POST "+system+"/refresh", h.refreshSystem)
	h.route("GET "+system+"/agents", h.listAgents)
	h.route("GET "+system+"/rules", h.showRules)
	h.route("PUT "+system+"/rules", h.saveRules)
	h.route("POST "+system+"/rules/import", h.importRules)
	h.route("POST "+system+"/rules/try", h.tryRules)
	h.route("GET "+system+"/links", h.listLinks)
	h.route("POST "+system+"/links/auto", h.autoLink)
	h.route("PUT "+system+"/links/{userId}", h.link)
	h.route("DELETE "+system+"/links/{userId}", h.unlink)
	h.route("POST "+system+"/links/{userId}/release", h.release)
	h.route("GET "+instance+"/presence", h.presence)
	h.route("GET "+instance+"/notices", h.notices)
	h.route("POST "+instance+"/contacts/{contactId}/erase", h.eraseContact)
	h.route("POST "+instance+"/users/{userId}/erase", h.eraseUser)
	return h
}

// request is one authorized request with the ids of its path.
type request struct {
	*http.Request
	w         http.ResponseWriter
	principal Principal
	instance  tandem.ID
	system    tandem.ID
	user      tandem.ID
	contact   tandem.ID
}

// route serves one operation: it returns the answer's body, or an error.
func (h *Handler) route(pattern string, serve func(*request) (any, error)) {
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		q := &request{Request: r.WithContext(ctx), w: w}
		q.principal, _ = ctx.Value(principalKey{}).(Principal)
		body, err := q.serve(serve)
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

func (q *request) serve(serve func(*request) (any, error)) (any, error) {
	for _, part := range []struct {
		name, field string
		id          *tandem.ID
	}{
		{"instanceId", "instance_id", &q.instance}, {"systemId", "system_id", &q.system},
		{"userId", "user_id", &q.user}, {"contactId", "contact_id", &q.contact},
	} {
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
	return serve(q)
}

type principalKey struct{}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path+"/", pages.Prefix) {
		pages.ServeHTTP(w, r)
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	p, ok := h.cfg.Authorize(r)
	if !ok {
		header.Set("WWW-Authenticate", `Bearer realm="Tandem admin"`)
		writeError(w, http.StatusUnauthorized, "", "send the admin token: Authorization: Bearer <token>")
		return
	}
	if _, pattern := h.mux.Handler(r); pattern == "" {
		h.noRoute(w, r)
		return
	}
	h.mux.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, p)))
}

// do hands a command to the request's instance.
func (h *Handler) do(q *request, body any) (any, error) {
	return h.cfg.Do(q.Context(), q.instance, q.principal.Actor, body)
}

// look calls look with the request's instance as it is now.
func (h *Handler) look(q *request, look func(View)) error {
	return h.cfg.Look(q.Context(), q.instance, look)
}
