package connect

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"tandem/auth/sigv4"
)

// Defaults for what a Config leaves zero.
const (
	DefaultMaxBodyBytes = 1 << 20
	DefaultCallTimeout  = 30 * time.Second
)

// Config is what a Server needs.
type Config struct {
	Keys         sigv4.Keys       // the access keys; required
	ARNs         ARNs             // how this installation's ARNs begin; required
	Backend      Backend          // what the operations work on; required
	Permit       Permit           // who may do what; required
	Log          *slog.Logger     // slog.Default if nil
	Now          func() time.Time // the clock; time.Now if nil
	MaxBodyBytes int64            // DefaultMaxBodyBytes if 0
	CallTimeout  time.Duration    // for reading a request and answering it; DefaultCallTimeout if 0
}

// Server serves the API. Its methods may be used by several goroutines.
type Server struct {
	cfg      Config
	arns     ARNs
	router   *router
	bindings map[string]binding
	verifier sigv4.Verifier
	turns    turns

	// unlisted hears of errors that a function answered although its
	// operation does not list them.
	unlisted func(op *Operation, e apiError)
}

var _ http.Handler = (*Server)(nil)

// New makes a Server, or reports what the configuration lacks.
func New(cfg Config) (*Server, error) {
	if err := cfg.Backend.check(); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if cfg.Permit == nil {
		return nil, errors.New("connect: Config.Permit is missing: everyone could do everything")
	}
	return newServer(cfg, implemented())
}

func newServer(cfg Config, list []binding) (*Server, error) {
	if cfg.Keys == nil {
		return nil, errors.New("connect: Config.Keys is missing: requests could not be verified")
	}
	if err := cfg.ARNs.check(); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	bindings, err := bind(list)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	cfg.setDefaults()
	s := &Server{
		cfg:      cfg,
		arns:     cfg.ARNs,
		router:   newRouter(operations),
		bindings: bindings,
		verifier: sigv4.Verifier{Keys: cfg.Keys, Services: []string{"connect"}, Now: cfg.Now},
	}
	s.unlisted = s.logUnlisted
	return s, nil
}

func (cfg *Config) setDefaults() {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxBodyBytes == 0 {
		cfg.MaxBodyBytes = DefaultMaxBodyBytes
	}
	if cfg.CallTimeout == 0 {
		cfg.CallTimeout = DefaultCallTimeout
	}
}

func (s *Server) logUnlisted(op *Operation, e apiError) {
	s.cfg.Log.Error("an operation answered an error that the API does not list for it",
		"operation", op.Name, "error", e.ErrorCode())
}
