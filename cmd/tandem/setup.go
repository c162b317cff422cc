package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed" // the page
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"sync"
	"time"

	"tandem/cmd/tandem/config"
)

//go:embed setup.html
var setupHTML string

var setupPage = template.Must(template.New("setup").Parse(setupHTML))

// setup is the page behind the one-time link that a first start prints: it
// creates the instance and shows its secrets, once.
type setup struct {
	cfg    config.Config
	token  string
	create func(ctx context.Context, alias, timeZone string) (created, error)

	mu   sync.Mutex
	done chan struct{} // closed once the instance is there
	over bool
}

// setupData is what the page shows.
type setupData struct {
	Action, Error, Data string
	Alias, TimeZone     string
	Rows                [][2]string // after the creation
}

// setUp serves the page on the API's socket until an instance was created. The
// socket's other copy, which the core inherits, stays open.
func setUp(ctx context.Context, cfg config.Config, l net.Listener, announce func(link string)) error {
	var random [32]byte
	rand.Read(random[:])
	s := &setup{cfg: cfg, token: base64.RawURLEncoding.EncodeToString(random[:]), done: make(chan struct{})}
	s.create = func(ctx context.Context, alias, timeZone string) (created, error) {
		return createInstance(ctx, cfg, alias, timeZone)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	announce("http://" + l.Addr().String() + s.path())
	var err error
	select {
	case <-s.done:
	case <-ctx.Done():
		err = errStopped
	case err = <-failed:
	}
	closing, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	return errors.Join(err, server.Shutdown(closing))
}

// errStopped says that nobody used the link before the server was stopped.
var errStopped = errors.New("stopped before the instance was created; the link is no longer valid")

func (s *setup) path() string { return "/setup/" + s.token }

// ServeHTTP implements http.Handler.
func (s *setup) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	header.Set("Content-Type", "text/html; charset=utf-8")
	if subtle.ConstantTimeCompare([]byte(r.URL.Path), []byte(s.path())) != 1 {
		http.Error(w, "This server is not set up yet. Its start printed a link that does it.", http.StatusNotFound)
		return
	}
	data := setupData{Action: s.path(), Data: s.cfg.Data, Alias: "tandem", TimeZone: "UTC"}
	switch r.Method {
	case http.MethodGet:
	case http.MethodPost:
		r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
		data.Alias, data.TimeZone = r.PostFormValue("alias"), r.PostFormValue("timezone")
		s.submit(r.Context(), w, &data)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if err := setupPage.Execute(w, data); err != nil {
		return // the visitor has gone
	}
	if data.Rows != nil {
		close(s.done)
	}
}

// submit creates the instance, for the first visitor who asks.
func (s *setup) submit(ctx context.Context, w http.ResponseWriter, data *setupData) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		data.Error = "The instance was created already; its secrets are shown only once."
		w.WriteHeader(http.StatusConflict)
		return
	}
	out, err := s.create(context.WithoutCancel(ctx), data.Alias, data.TimeZone)
	if err != nil {
		data.Error = fmt.Sprintf("That did not work: %v.", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.over = true
	data.Rows = out.rows()
}
