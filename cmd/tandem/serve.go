package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"tandem/cmd/tandem/config"
	"tandem/journal"
	"tandem/supervise"
)

// serveCommand runs the supervisor.
type serveCommand struct {
	settingFlags
	HTTP      string `name:"http" help:"Address of the API and pages, plain HTTP; port 0 picks a free one." placeholder:"ADDR"`
	HTTPS     string `name:"https" help:"Address of the API and pages over TLS." placeholder:"ADDR"`
	SIP       string `name:"sip" help:"Address of the SIP user agent, UDP." placeholder:"ADDR"`
	ReadyFile string `help:"Write addresses and process ids here, as JSON, once everything serves." placeholder:"FILE" type:"path"`
	JSON      bool   `help:"Print the addresses as JSON."`
}

// endpoints is what --ready-file and --json tell.
type endpoints struct {
	Endpoint string `json:"endpoint"`
	Admin    string `json:"admin"`
	Console  string `json:"console,omitempty"`
	CCP      string `json:"ccp,omitempty"`
	HTTPS    string `json:"https,omitempty"`
	SIP      string `json:"sip,omitempty"`
	WebRTC   string `json:"webrtc,omitempty"` // where browsers' audio arrives

	Relay []string `json:"relay,omitempty"` // TURN URLs for pages

	PID      int `json:"pid"`
	CorePID  int `json:"corePid"`
	MediaPID int `json:"mediaPid,omitempty"`

	PresenceOnly bool `json:"presenceOnly,omitempty"` // no SIP, no voice
}

// childSettings is what the supervisor tells its children.
type childSettings struct {
	Config config.Config
	Link   string // the unix socket between core and media; empty without voice
	HTTPS  bool   // the core has a third socket, for TLS
	SIPTCP bool   // the voice process has a further socket, for TCP
	SIPTLS bool   // and one for TLS

	PresenceOnly bool // no instance here has a contact center
	Browser      browserSettings
}

// Run implements the command.
func (c *serveCommand) Run(ctx context.Context) error {
	cfg, err := c.load(map[string]string{"http": c.HTTP, "https": c.HTTPS, "sip": c.SIP})
	if err != nil {
		return err
	}
	return serve(ctx, cfg, c.ReadyFile, c.announceSetup, func(e endpoints) { c.announce(cfg, e) })
}

// announceSetup tells the one-time link of a first start.
func (c *serveCommand) announceSetup(link string) {
	if c.JSON {
		json.NewEncoder(os.Stdout).Encode(map[string]string{"setup": link})
		return
	}
	fmt.Printf("There is no contact center in this folder yet. Open this link to create it; it works once:\n\n  %s\n\nOr stop here and run: tandem init\n", link)
}

func (c *serveCommand) announce(cfg config.Config, e endpoints) {
	if c.JSON {
		json.NewEncoder(os.Stdout).Encode(e)
		return
	}
	rows := [][2]string{{"version", version}, {"data", cfg.Data + " (kept)"}, {"API endpoint", e.Endpoint}, {"admin API", e.Admin}, {"admin pages", e.Admin + "/ui/"}}
	if e.HTTPS != "" {
		rows = append(rows, [2]string{"over TLS", e.HTTPS})
	}
	if e.PresenceOnly {
		rows = append(rows, [2]string{"runs", presenceOnlyText})
	} else {
		rows = append(rows, [2]string{"SIP", e.SIP})
	}
	if e.WebRTC != "" {
		rows = append(rows, [2]string{"browsers", e.WebRTC})
	}
	for _, url := range e.Relay {
		rows = append(rows, [2]string{"relay", url})
	}
	rows = append(rows, [2]string{"health", e.Endpoint + "/healthz"}, [2]string{"metrics", e.Endpoint + "/metrics"})
	for _, r := range rows {
		fmt.Printf("%-14s %s\n", r[0], r[1])
	}
	fmt.Printf("next: tandem doctor --data %s\n", cfg.Data)
}

// serve opens the sockets, runs core and media, and drains at the first
// interrupt; the second stops at once.
func serve(ctx context.Context, cfg config.Config, readyFile string, announceSetup func(string), announce func(endpoints)) error {
	held, err := ready(ctx, cfg, readyFile)
	if err != nil {
		return err
	}
	s, err := openSockets(cfg, held.presenceOnly)
	if err != nil {
		return err
	}
	defer s.close()
	if held.instances == 0 {
		waiting, done := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		err := setUp(waiting, cfg, s.http, announceSetup)
		done()
		if err != nil {
			return err
		}
	}
	log := logger(cfg.Log, "supervisor")
	sup, err := newCrew(cfg, s, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan error, 1)
	go func() { ended <- sup.Run(ctx) }()
	go publish(ctx, sup, s, readyFile, announce, log)
	signals := interrupts()
	for asked := 0; ; {
		select {
		case <-signals:
			if asked++; asked == 1 {
				go drain(ctx, sup, log, func() { stop(context.Canceled) })
				continue
			}
			stop(context.Canceled)
		case err := <-ended:
			if readyFile != "" {
				os.Remove(readyFile)
			}
			return err
		}
	}
}

// lockWait is how long the journal may still be held by a server that ends.
const lockWait = 3 * time.Second

// ready refuses what the children would find out one by one: a folder or a
// ready file that cannot be written, a journal or a key that cannot be used.
// It reports what there is to serve.
func ready(ctx context.Context, cfg config.Config, readyFile string) (held holding, err error) {
	if err := cfg.Writable(); err != nil {
		return held, err
	}
	if readyFile != "" {
		if err := os.WriteFile(readyFile+".new", nil, 0o600); err != nil {
			return held, fmt.Errorf("the ready file cannot be written: %w; choose another with --ready-file", err)
		}
		os.Remove(readyFile + ".new")
	}
	for deadline := time.Now().Add(lockWait); ; time.Sleep(lockWait / 50) {
		held, err = holds(ctx, cfg)
		if !errors.Is(err, journal.ErrLocked) || time.Now().After(deadline) {
			return held, err
		}
	}
}

// drain lets live calls end: no new contacts, and once the voice process has
// no call any more everything stops.
func drain(ctx context.Context, c *crew, log *slog.Logger, stop func()) {
	if c.media == nil {
		stop()
		return
	}
	log.Info("draining: no new contacts; interrupt again to stop at once")
	c.media.Order("drain")
	c.core.Order("drain")
	c.media.Expect()
	for {
		pid, _, _, changed := c.media.State()
		if pid == 0 {
			stop()
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// crew is the supervisor with its children.
type crew struct {
	*supervise.Supervisor
	core, media *supervise.Child // media is nil where there is no voice
}

func newCrew(cfg config.Config, s *sockets, log *slog.Logger) (*crew, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	settings := childSettings{
		Config: cfg, Link: s.linkPath, HTTPS: s.httpsFile != nil, SIPTCP: s.sipTCPFile != nil, SIPTLS: s.sipTLSFile != nil,
		PresenceOnly: s.sip == nil, Browser: s.browser.settings(cfg),
	}
	s.relayURLs = settings.Browser.RelayURLs
	media := supervise.Spec{Name: "media", Path: self, Args: []string{"media"}, Settings: settings, Output: os.Stderr, Files: []*os.File{s.sipFile, s.linkFile}}
	for _, file := range []*os.File{s.sipTCPFile, s.sipTLSFile} {
		if file != nil {
			media.Files = append(media.Files, file)
		}
	}
	media.Files = append(media.Files, s.browser.files...)
	core := supervise.Spec{Name: "core", Path: self, Args: []string{"core"}, Settings: settings, Output: os.Stderr, Files: []*os.File{s.httpFile}}
	if s.httpsFile != nil {
		core.Files = append(core.Files, s.httpsFile)
	}
	if s.sip == nil {
		sup := supervise.New(log, core)
		return &crew{Supervisor: sup, core: sup.Child(0)}, nil
	}
	sup := supervise.New(log, media, core)
	return &crew{Supervisor: sup, media: sup.Child(0), core: sup.Child(1)}, nil
}

// publish announces the addresses once, and keeps the ready file true while
// children come and go.
func publish(ctx context.Context, c *crew, s *sockets, readyFile string, announce func(endpoints), log *slog.Logger) {
	for announced := false; ; {
		if c.AwaitReady(ctx) != nil {
			return
		}
		e := s.endpoints()
		var mediaChanged, coreChanged <-chan struct{}
		if c.media != nil {
			e.MediaPID, _, _, mediaChanged = c.media.State()
		}
		e.CorePID, _, _, coreChanged = c.core.State()
		if readyFile != "" {
			if err := writeWhole(readyFile, e); err != nil {
				log.Error("the ready file was not written", "err", err)
			}
		}
		if !announced {
			announced = true
			announce(e)
		}
		select {
		case <-mediaChanged:
		case <-coreChanged:
		case <-ctx.Done():
			return
		}
	}
}

// writeWhole writes JSON so that a reader sees all of it or nothing.
func writeWhole(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = os.WriteFile(path+".new", append(b, '\n'), 0o600)
	}
	if err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// sockets are the listening sockets, which outlive the children. Without voice
// there is none for SIP, and no link.
type sockets struct {
	http, https, link             net.Listener
	sip                           net.PacketConn
	httpFile, httpsFile, linkFile *os.File
	sipFile                       *os.File
	sipTCP, sipTLS                net.Listener
	sipTCPFile, sipTLSFile        *os.File
	linkDir, linkPath             string
	browser                       browserSockets
	relayURLs                     []string
}

func openSockets(cfg config.Config, presenceOnly bool) (s *sockets, err error) {
	s = &sockets{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.http, s.httpFile, err = listenTCP("http", cfg.HTTP); err != nil {
		return s, err
	}
	if cfg.HTTPS != "" {
		if s.https, s.httpsFile, err = listenTCP("https", cfg.HTTPS); err != nil {
			return s, err
		}
	}
	if presenceOnly {
		return s, nil
	}
	return s, s.openVoice(cfg)
}

// openVoice opens what the voice process needs.
func (s *sockets) openVoice(cfg config.Config) (err error) {
	if s.sip, err = net.ListenPacket("udp", cfg.SIP); err != nil {
		return busy("sip", cfg.SIP, err)
	}
	if s.sipFile, err = s.sip.(*net.UDPConn).File(); err != nil {
		return err
	}
	if s.browser, err = openBrowserSockets(cfg); err != nil {
		return err
	}
	if cfg.SIPTCP != "" {
		if s.sipTCP, s.sipTCPFile, err = listenTCP("sip-tcp", cfg.SIPTCP); err != nil {
			return err
		}
	}
	if cfg.SIPTLS != "" {
		if s.sipTLS, s.sipTLSFile, err = listenTCP("sip-tls", cfg.SIPTLS); err != nil {
			return err
		}
	}
	if s.linkDir, err = os.MkdirTemp("", "tandem-"); err != nil {
		return fmt.Errorf("make a folder for the socket between core and media: %w", err)
	}
	s.linkPath = filepath.Join(s.linkDir, "voice.sock")
	if s.link, err = net.Listen("unix", s.linkPath); err != nil {
		return err
	}
	s.linkFile, err = s.link.(*net.UnixListener).File()
	return err
}

func listenTCP(name, address string) (net.Listener, *os.File, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, nil, busy(name, address, err)
	}
	f, err := l.(*net.TCPListener).File()
	return l, f, err
}

func busy(name, address string, err error) error {
	return fmt.Errorf("cannot listen on %s: %w; choose another address with --%s, port 0 picks a free one", address, errors.Unwrap(err), name)
}

func (s *sockets) endpoints() endpoints {
	base := "http://" + s.http.Addr().String()
	e := endpoints{Endpoint: base, Admin: base + "/admin", Relay: s.relayURLs, PID: os.Getpid(), PresenceOnly: s.sip == nil}
	if s.sip != nil {
		e.Console, e.CCP, e.SIP = base+"/console", base+"/ccp", s.sip.LocalAddr().String()
	}
	if s.browser.audio != nil {
		e.WebRTC = s.browser.audio.LocalAddr().String()
	}
	if s.https != nil {
		e.HTTPS = "https://" + s.https.Addr().String()
	}
	return e
}

func (s *sockets) close() {
	for _, c := range []interface{ Close() error }{s.http, s.https, s.link, s.sip, s.sipTCP, s.sipTLS} {
		if c != nil {
			c.Close()
		}
	}
	for _, f := range []*os.File{s.httpFile, s.httpsFile, s.linkFile, s.sipFile, s.sipTCPFile, s.sipTLSFile} {
		if f != nil {
			f.Close()
		}
	}
	s.browser.close()
	if s.linkDir != "" {
		os.RemoveAll(s.linkDir)
	}
}

// stopWithin bounds how long a server waits for requests under way.
const stopWithin = 5 * time.Second
