// Package speechtest is a stand-in for a speech recognition engine, for tests:
// it speaks the protocol of docs/SPEECH.md and "understands" tones. A tone that
// it knows is a word; silence after words ends the utterance.
package speechtest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const (
	windowSamples = 800 // 100 ms, in which one word is heard
	silentWindows = 5   // that end the utterance
	loudEnough    = 300
)

// Fault is how an engine goes wrong.
type Fault int

// The faults.
const (
	None     Fault = iota
	Deaf           // takes the connection and reads nothing
	Refusing       // refuses the connection
	Dying          // breaks off after the first audio
	Lying          // answers what is not of the protocol
	Erring         // answers an error
	Endless        // never ends an utterance itself
)

// Engine is the stand-in.
type Engine struct {
	URL   string
	words map[int]string // by pitch in Hz
	ctx   context.Context

	mu     sync.Mutex
	fault  Fault
	starts []map[string]any
	tokens []string
}

// New starts an engine that knows these words; it ends with the test.
func New(t testing.TB, words map[int]string) *Engine {
	e := &Engine{words: words}
	web := httptest.NewServer(e)
	var cancel context.CancelFunc
	e.ctx, cancel = context.WithCancel(context.Background())
	t.Cleanup(func() {
		cancel()
		web.Close()
	})
	e.URL = "ws" + strings.TrimPrefix(web.URL, "http")
	return e
}

// Break makes the next connections go wrong.
func (e *Engine) Break(f Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fault = f
}

// Starts are the start messages so far, and the Authorization headers.
func (e *Engine) Starts() (starts []map[string]any, tokens []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]map[string]any(nil), e.starts...), append([]string(nil), e.tokens...)
}

// ServeHTTP has one conversation.
func (e *Engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	fault := e.fault
	e.tokens = append(e.tokens, r.Header.Get("Authorization"))
	e.mu.Unlock()
	if fault == Refusing {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer c.CloseNow()
	ctx, cancel := context.WithTimeout(e.ctx, 30*time.Second)
	defer cancel()
	if fault == Deaf {
		<-ctx.Done()
		return
	}
	e.converse(ctx, c, fault)
}

func (e *Engine) converse(ctx context.Context, c *websocket.Conn, fault Fault) {
	_, raw, err := c.Read(ctx)
	var start map[string]any
	if err != nil || json.Unmarshal(raw, &start) != nil {
		return
	}
	e.mu.Lock()
	e.starts = append(e.starts, start)
	e.mu.Unlock()
	var audio []float64
	var heard []string
	silent := 0
	for {
		_, raw, err := c.Read(ctx)
		if err != nil {
			return
		}
		switch fault {
		case Dying:
			return
		case Lying:
			say(ctx, c, "gossip", "")
			continue
		case Erring:
			say(ctx, c, "error", "")
			continue
		}
		for b := raw; len(b) >= 2; b = b[2:] {
			audio = append(audio, float64(int16(binary.LittleEndian.Uint16(b))))
		}
		if len(audio) < windowSamples {
			continue
		}
		word := e.word(audio[:windowSamples])
		audio = audio[windowSamples:]
		switch {
		case word == "":
			if silent++; silent >= silentWindows && len(heard) > 0 && fault != Endless {
				say(ctx, c, "final", strings.Join(heard, " "))
				return
			}
		case silent > 0 || len(heard) == 0 || heard[len(heard)-1] != word:
			heard = append(heard, word)
			silent = 0
			say(ctx, c, "partial", strings.Join(heard, " "))
		}
	}
}

func say(ctx context.Context, c *websocket.Conn, kind, text string) {
	raw, _ := json.Marshal(map[string]string{"type": kind, "text": text})
	_ = c.Write(ctx, websocket.MessageText, raw) // a listener who has gone is not our concern
}

// word is the known tone that sounds in a window.
func (e *Engine) word(samples []float64) string {
	for hz, word := range e.words {
		var re, im float64
		for i, s := range samples {
			angle := 2 * math.Pi * float64(hz*i) / 8000
			re, im = re+s*math.Cos(angle), im+s*math.Sin(angle)
		}
		if 2*math.Hypot(re, im)/float64(len(samples)) > loudEnough {
			return word
		}
	}
	return ""
}
