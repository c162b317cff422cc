package admin

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tandem"
	"tandem/admin/pages"
	"tandem/auth"
	"tandem/center"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
	"tandem/presence/rule"
	"tandem/view/audit"
	"tandem/view/flowlog"
	"tandem/view/flowuse"
	"tandem/view/lately"
	"tandem/view/notice"
	"tandem/view/statustime"
)

const requestTimeout = 30 * time.Second

// Principal is who makes a request.
type Principal struct {
	Name  string // for the log, and for people
	Actor tandem.Actor
	Role  auth.Role // what they may do; the zero Role may do nothing
}

// Instance is a contact center of this server.
type Instance struct {
	ID    tandem.ID `json:"id" doc:"Its id."`
	Alias string    `json:"alias" doc:"Its name."`
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
	// Why explains what the systems show for a user.
	Why func(user tandem.ID) (presence.Why, bool)
	// Center is the contact center.
	Center *center.Machine
}

// Tables reads what the journal's readers keep. Everything that is durable is
// in it when it is asked.
type Tables interface {
	// Notices lists notices after a place, at most limit.
	Notices(ctx context.Context, instance tandem.ID, after notice.Place, limit int) (notice.Page, error)
	// Notice finds one notice.
	Notice(ctx context.Context, instance, id tandem.ID) (notice.Notice, error)
	// Changes lists who changed what before a place, at most limit; see
	// [audit.List].
	Changes(ctx context.Context, shard tandem.ID, seq tandem.Seq, place, limit int) ([]audit.Change, error)
	// Lines lists the last sentences about a user.
	Lines(ctx context.Context, instance, user tandem.ID) ([]lately.Line, error)
	// LastFired tells when the rules of a system fired last.
	LastFired(ctx context.Context, instance, system tandem.ID) (map[tandem.ID]lately.Fired, error)
}

// Check is one thing that a health check, or a test of a connection, looked at.
type Check struct {
	Name   string `json:"name" doc:"What was looked at."`
	OK     bool   `json:"ok" doc:"Whether it is as it should be."`
	Detail string `json:"detail,omitempty" doc:"What was found, and what to do where it is wrong."`
}

// Connectors are the running connectors; *connector.Manager is one.
type Connectors interface {
	// Refresh reads a system's statuses and agents again.
	Refresh(ctx context.Context, system tandem.ID) error
	// Agents lists a system's agents.
	Agents(ctx context.Context, system tandem.ID) ([]connector.Agent, error)
	// Restart makes a system's connector anew, for a changed secret.
	Restart(system tandem.ID)
	// Figures counts what the connectors that run do.
	Figures() map[tandem.ID]connector.Figures
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
	// StatusTime lists how long agents were in their statuses.
	StatusTime func(ctx context.Context, instance tandem.ID, f statustime.Filter) ([]statustime.Interval, error)
	Tables     Tables
	// Keys lists the keys of this API, ended ones too, by id.
	Keys func(ctx context.Context) ([]event.AdminKeySaved, error)
	// FlowLogs lists entries of an instance's flow log.
	FlowLogs func(ctx context.Context, instance tandem.ID, f flowlog.Filter) ([]flowlog.Row, error)
	// FlowUses tells which flows use a resource, by name, id or ARN.
	FlowUses func(ctx context.Context, instance tandem.ID, resource string) (flowuse.Answer, error)
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
	for _, o := range operations() {
		h.handle(o)
	}
	return h
}

type principalKey struct{}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == DocumentPath:
		serveDocument(w, r)
		return
	case strings.HasPrefix(r.URL.Path+"/", pages.Prefix):
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
