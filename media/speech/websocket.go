package speech

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"tandem/media/rtp"
	"tandem/voice"
)

const (
	dialTimeout     = 3 * time.Second
	writeTimeout    = 2 * time.Second
	maxMessageBytes = 64 << 10
	maxTextBytes    = 4 << 10 // of an utterance
	waitingFrames   = 250     // 5 s of audio that the engine has not taken yet
	defaultMost     = 200
)

// Config says where the engine is.
type Config struct {
	URL   string // wss://..., or ws:// to this machine
	Token string // sent as a bearer token; empty: none
	Most  int    // utterances at a time; zero: 200
}

// WebSocket is an engine behind a web socket (RFC 6455), one connection for
// each utterance.
type WebSocket struct {
	config Config
	slots  chan struct{}
	client *http.Client

	listened, failed atomic.Uint64
}

// The faults of an engine.
var (
	errBusy    = errors.New("speech: all connections to the engine are in use: raise its limit")
	errSlow    = errors.New("speech: the engine does not take audio as fast as it comes")
	errEnded   = errors.New("speech: the engine ended before it understood anything")
	errMessage = errors.New("speech: the engine's message is not of the protocol")
	errFailed  = errors.New("speech: the engine reported an error; its own log says why")
)

// NewWebSocket makes an engine. It fails on an address that audio must not go
// to: any that is neither encrypted nor this machine.
func NewWebSocket(cfg Config) (*WebSocket, error) {
	u, err := url.Parse(cfg.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return nil, fmt.Errorf("speech: %q is not a URL such as wss://speech.example.com/listen", cfg.URL)
	case u.Scheme != "wss" && (u.Scheme != "ws" || !isLoopback(u.Hostname())):
		return nil, fmt.Errorf("speech: callers' voices go over wss only, or over ws to this machine; the URL begins with %s", u.Scheme)
	}
	if cfg.Most == 0 {
		cfg.Most = defaultMost
	}
	client := &http.Client{
		Transport:     &http.Transport{Proxy: nil, TLSHandshakeTimeout: dialTimeout, MaxResponseHeaderBytes: 16 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &WebSocket{config: cfg, slots: make(chan struct{}, cfg.Most), client: client}, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Figures implements [Engine].
func (w *WebSocket) Figures() Figures {
	return Figures{Listened: w.listened.Load(), Failed: w.failed.Load()}
}

// Listen implements [Engine].
func (w *WebSocket) Listen(ctx context.Context, want voice.Listen) Hearing {
	h := &hearing{engine: w, want: want, audio: make(chan rtp.Frame, waitingFrames)}
	h.ctx, h.cancel = context.WithCancel(ctx)
	w.listened.Add(1)
	select {
	case w.slots <- struct{}{}:
		go h.run()
	default:
		h.fail(errBusy)
	}
	return h
}

// hearing is one connection.
type hearing struct {
	engine *WebSocket
	want   voice.Listen
	ctx    context.Context
	cancel context.CancelFunc
	audio  chan rtp.Frame

	mu    sync.Mutex
	state State
}

// Write implements [Hearing].
func (h *hearing) Write(f *rtp.Frame) {
	select {
	case h.audio <- *f:
	default:
		h.fail(errSlow)
	}
}

// State implements [Hearing].
func (h *hearing) State() State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// Close implements [Hearing].
func (h *hearing) Close() { h.cancel() }

// fail ends the hearing with an error, unless it is over.
func (h *hearing) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() == nil && !h.state.Final && h.state.Err == nil {
		h.state.Err = err
		h.engine.failed.Add(1)
	}
	h.cancel()
}

// The messages of the protocol: docs/SPEECH.md.
type (
	startMessage struct {
		Type             string `json:"type"` // start
		Locale           string `json:"locale"`
		Encoding         string `json:"encoding"` // pcm_s16le
		SampleRateHz     int    `json:"sampleRateHz"`
		EndTimeoutMillis int64  `json:"endTimeoutMillis"`
		MaxMillis        int64  `json:"maxMillis"`
	}
	engineMessage struct {
		Type string `json:"type"` // partial, final or error
		Text string `json:"text"`
	}
)

// run is the life of the connection.
func (h *hearing) run() {
	defer func() { <-h.engine.slots }()
	defer h.cancel()
	c, err := h.dial()
	if err != nil {
		h.fail(fmt.Errorf("speech: the engine cannot be reached: %w", withoutAddress(err)))
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(maxMessageBytes)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer h.cancel()
		h.read(c)
	})
	h.write(c)
	c.CloseNow()
	reading.Wait()
}

func (h *hearing) dial() (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(h.ctx, dialTimeout)
	defer cancel()
	header := http.Header{"User-Agent": {"Tandem"}}
	if h.engine.config.Token != "" {
		header.Set("Authorization", "Bearer "+h.engine.config.Token)
	}
	c, _, err := websocket.Dial(ctx, h.engine.config.URL, &websocket.DialOptions{HTTPClient: h.engine.client, HTTPHeader: header})
	return c, err
}

// write sends the start and then audio, until the hearing is over.
func (h *hearing) write(c *websocket.Conn) {
	start, err := json.Marshal(startMessage{
		Type: "start", Locale: h.want.Locale, Encoding: "pcm_s16le", SampleRateHz: rtp.SampleRateHz,
		EndTimeoutMillis: h.want.EndTimeoutMillis, MaxMillis: h.want.MaxMillis,
	})
	if err == nil {
		err = h.send(c, websocket.MessageText, start)
	}
	for packet := make([]byte, 0, 2*rtp.FrameSamples); err == nil; {
		select {
		case <-h.ctx.Done():
			return
		case f := <-h.audio:
			packet = packet[:0]
			for _, s := range f {
				packet = binary.LittleEndian.AppendUint16(packet, uint16(s))
			}
			err = h.send(c, websocket.MessageBinary, packet)
		}
	}
	h.fail(fmt.Errorf("speech: the engine does not take the audio: %w", err))
}

func (h *hearing) send(c *websocket.Conn, kind websocket.MessageType, message []byte) error {
	ctx, cancel := context.WithTimeout(h.ctx, writeTimeout)
	defer cancel()
	return c.Write(ctx, kind, message)
}

// read takes the engine's words until the utterance is over.
func (h *hearing) read(c *websocket.Conn) {
	for {
		kind, raw, err := c.Read(h.ctx)
		if err != nil {
			h.fail(fmt.Errorf("%w: %w", errEnded, err))
			return
		}
		m, err := readMessage(kind, raw)
		if err != nil {
			h.fail(err)
			return
		}
		h.mu.Lock()
		h.state.Text, h.state.Final = m.Text, m.Type == "final"
		h.mu.Unlock()
		if m.Type == "final" {
			return
		}
	}
}

// readMessage reads one message of the engine.
func readMessage(kind websocket.MessageType, raw []byte) (engineMessage, error) {
	var m engineMessage
	if kind != websocket.MessageText || json.Unmarshal(raw, &m) != nil || len(m.Text) > maxTextBytes {
		return engineMessage{}, errMessage
	}
	switch m.Type {
	case "partial", "final":
		return m, nil
	case "error":
		return engineMessage{}, errFailed
	}
	return engineMessage{}, errMessage
}

// withoutAddress leaves the URL out of a network error.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
