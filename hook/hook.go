package hook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"tandem"
	"tandem/connector"
	"tandem/connector/zendesk"
	"tandem/event"
)

// Limits of a receiver.
const (
	maxBodyBytes  = 64 << 10
	maxAge        = 5 * time.Minute // of a signature's timestamp, either way
	perSecond     = 200             // requests, of all systems together
	burst         = 400
	maxUnderWay   = 64
	commitTimeout = 5 * time.Second // Zendesk waits for about ten
)

// System is a connected system that may send webhooks.
type System struct {
	InstanceID tandem.ID
	Kind       event.SystemKind
}

// Config is what the receiver needs from outside.
type Config struct {
	// Find finds an enabled system by its id.
	Find func(ctx context.Context, system tandem.ID) (System, bool)
	// Secrets has the systems' webhook secrets; see connector.SecretName.
	Secrets interface {
		Secret(ctx context.Context, name string) ([]byte, error)
	}
	// Do hands a command to an instance and returns once it is durable; its actor
	// is the system's connector.
	Do  func(ctx context.Context, instance, system tandem.ID, body any) (any, error)
	Now func() time.Time // nil: the machine's clock
	Log *slog.Logger     // nil: the default
}

// Handler receives webhooks at /hooks/zendesk/{systemId}.
type Handler struct {
	cfg      Config
	mux      *http.ServeMux
	limiter  *rate.Limiter
	underWay chan struct{}
	seen     *recent
	counts   [len(verdicts)]atomic.Int64
}

// New makes a receiver.
func New(cfg Config) *Handler {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	h := &Handler{
		cfg: cfg, mux: http.NewServeMux(), limiter: rate.NewLimiter(perSecond, burst),
		underWay: make(chan struct{}, maxUnderWay), seen: newRecent(),
	}
	h.mux.HandleFunc("POST "+zendesk.HookPath+"{systemId}", h.zendesk)
	return h
}

// ServeHTTP implements http.Handler. Answers: 200 taken, known already, or
// nothing to do; 400 not understood; 401 not signed as it should be; 403 signed
// too long ago; 404 no such system; 413 too large; 429 and 503 try again.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !h.limiter.AllowN(h.cfg.Now(), 1) {
		h.answer(w, r, busy, errors.New("too many webhooks at once"))
		return
	}
	select {
	case h.underWay <- struct{}{}:
		defer func() { <-h.underWay }()
		h.mux.ServeHTTP(w, r)
	default:
		h.answer(w, r, busy, errors.New("too many webhooks under way"))
	}
}

// verdict is what became of a webhook.
type verdict int

const (
	taken verdict = iota
	repeated
	ignored
	unknown
	unsigned
	stale
	unreadable
	tooLarge
	busy
	unavailable
)

// verdicts are the names of verdicts, in figures, and how they are answered.
var verdicts = [...]struct {
	name   string
	status int
	text   string
}{
	taken:       {"taken", http.StatusOK, "taken"},
	repeated:    {"repeated", http.StatusOK, "known already"},
	ignored:     {"ignored", http.StatusOK, "nothing to do"},
	unknown:     {"unknown_system", http.StatusNotFound, "there is no such system here"},
	unsigned:    {"unsigned", http.StatusUnauthorized, "the signature is missing or wrong"},
	stale:       {"stale", http.StatusForbidden, "the signature is more than five minutes old, or from the future; check both clocks"},
	unreadable:  {"unreadable", http.StatusBadRequest, "the body is not the event expected"},
	tooLarge:    {"too_large", http.StatusRequestEntityTooLarge, "the body is larger than 64 KB"},
	busy:        {"busy", http.StatusTooManyRequests, "too many webhooks; try again"},
	unavailable: {"unavailable", http.StatusServiceUnavailable, "not taken; try again"},
}

// Figures counts webhooks since the start, by what became of them.
func (h *Handler) Figures() map[string]int64 {
	all := map[string]int64{}
	for v := range verdicts {
		all[verdicts[v].name] = h.counts[v].Load()
	}
	return all
}

// answer ends a request. Only what an operator can mend is logged: senders who
// prove nothing cannot fill the log.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, v verdict, err error) {
	h.counts[v].Add(1)
	if v == unavailable || v == unreadable || v == stale {
		h.cfg.Log.Warn("a webhook was not taken", "system", r.PathValue("systemId"), "why", verdicts[v].name, "err", err)
	}
	if v == busy || v == unavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(verdicts[v].status)
	fmt.Fprintln(w, verdicts[v].text)
}

// secret reads a system's webhook secret; nil when it has none.
func (h *Handler) secret(ctx context.Context, system tandem.ID) ([]byte, error) {
	secret, err := h.cfg.Secrets.Secret(ctx, connector.SecretName(system, connector.WebhookSecret))
	if kind(err) == tandem.NotFound {
		return nil, nil
	}
	return secret, err
}

// kind is the kind of a refusal; Internal for any other error.
func kind(err error) tandem.ErrorKind {
	var refusal *tandem.Error
	if errors.As(err, &refusal) {
		return refusal.Kind
	}
	return tandem.Internal
}

// read reads a body up to the limit.
func read(w http.ResponseWriter, r *http.Request) ([]byte, verdict, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, tooLarge, err
	}
	return body, unreadable, err
}
