package media_test

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"tandem"
	"tandem/media"
	"tandem/media/encrypt/encrypttest"
	"tandem/media/speech"
	"tandem/media/speech/speechtest"
	"tandem/voice"
)

// wiretap keeps all that is written through it.
type wiretap struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (w *wiretap) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *wiretap) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

// tapped is a listener whose connections are overheard.
type tapped struct {
	net.Listener
	tap *wiretap
}

func (l tapped) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return tappedConn{c, l.tap}, err
}

type tappedConn struct {
	net.Conn
	tap *wiretap
}

func (c tappedConn) Write(p []byte) (int, error) {
	_, _ = c.tap.Write(p)
	return c.Conn.Write(p)
}

// asked is a customer's call that hears a tone and is asked for something.
func asked(t *testing.T, c *center, customer *phone, collect voice.Collect) voice.Room {
	t.Helper()
	customer.dial(c.sipAddr, "call-"+t.Name(), "030123456", "+4989654321")
	leg := c.expect(voice.CallArrived, tandem.ID{}).Leg
	room := voice.Room{
		ID: tandem.NameID("test", "room"), Epoch: 1, Rev: 1,
		Legs:  []voice.Leg{{ID: leg, Role: voice.Customer, Wish: voice.WishAnswered}},
		Plays: []voice.Play{{ID: tandem.NameID("test", "play"), Listener: leg, Items: []voice.Prompt{{Prompt: "tone.wav"}}, Collect: &collect}},
	}
	c.send(room)
	c.expect(voice.LegAnswered, leg)
	return room
}

func (p *phone) typeIn(keys string) {
	for _, key := range []byte(keys) {
		p.press(key)
		eventually(p.t, "the key is released", p.is(func(p *phone) bool { return p.digit == 0 }))
	}
}

// Amazon Connect Administrator Guide: Store customer input, encrypt entry.
func TestEncryptedDigitsLeaveTheProcessInNoOtherForm(t *testing.T) {
	const digits = "8675309"
	owner := encrypttest.NewOwner(t)
	log, wire := &wiretap{}, &wiretap{}
	customer := newPhone(t, 440)
	c := newCenter(t, nil, func(cfg *media.Config) {
		cfg.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		cfg.LinkListener = tapped{cfg.LinkListener, wire}
	})
	room := asked(t, c, customer, voice.Collect{
		MaxDigits: len(digits), FirstDigitMillis: 10_000, InterDigitMillis: 10_000, Encrypt: &voice.Encrypt{KeyID: "key-1", Certificate: owner.Certificate},
	})
	eventually(t, "the customer hears the prompt", func() bool { return customer.hears(700) })
	customer.typeIn(digits)
	played := c.expect(voice.PlayEnded, tandem.ID{})
	if got, err := owner.Open(string(played.Digits), "key-1"); err != nil || got != digits || played.Outcome != voice.PlayDigits {
		t.Errorf("the play ended with %+v, which the owner of the key reads as %q: %v", played, got, err)
	}
	room.Rev++ // the result is told again, as it was
	c.send(room)
	eventually(t, "the result is told again", func() bool { return strings.Count(wire.String(), string(played.Digits)) >= 2 })
	c.stop()
	for name, text := range map[string]string{"the log": log.String(), "the link": wire.String()} {
		if strings.Contains(text, digits) || strings.Contains(text, digits[:6]) {
			t.Errorf("%s has the digits in clear", name)
		}
	}
}

func TestDigitsThatCannotBeEncryptedAreNotReported(t *testing.T) {
	customer := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	asked(t, c, customer, voice.Collect{MaxDigits: 2, FirstDigitMillis: 10_000, InterDigitMillis: 10_000, Encrypt: &voice.Encrypt{KeyID: "key-1", Certificate: "none"}})
	eventually(t, "the customer hears the prompt", func() bool { return customer.hears(700) })
	customer.typeIn("42")
	if played := c.expect(voice.PlayEnded, tandem.ID{}); played.Outcome != voice.PlayFailed || played.Digits != "" {
		t.Errorf("the play ended with %+v", played)
	}
}

// hearing is a call whose customer says "yes" all the time, until they fall
// silent.
func hearing(t *testing.T, fault speechtest.Fault) (*center, *phone) {
	t.Helper()
	stand := speechtest.New(t, map[int]string{440: "yes"})
	stand.Break(fault)
	engine, err := speech.NewWebSocket(speech.Config{URL: stand.URL})
	if err != nil {
		t.Fatal(err)
	}
	customer := newPhone(t, 440)
	c := newCenter(t, nil, func(cfg *media.Config) { cfg.Recognizer = engine })
	asked(t, c, customer, voice.Collect{
		MaxDigits: 1, FirstDigitMillis: 10_000, InterDigitMillis: 1000,
		Listen: &voice.Listen{Locale: "en_US", StartTimeoutMillis: 10_000, EndTimeoutMillis: 5000, MaxMillis: 10_000},
	})
	return c, customer
}

func TestWhatACallerSaysIsReported(t *testing.T) {
	c, customer := hearing(t, speechtest.None)
	eventually(t, "the customer is understood, and the prompt stops", func() bool { customer.forget(); return heardNothing(t, customer) })
	customer.mute()
	if played := c.expect(voice.PlayEnded, tandem.ID{}); played.Outcome != voice.PlaySpoken || played.Text != "yes" || played.Digits != "" {
		t.Errorf("the play ended with %+v", played)
	}
}

// heardNothing waits for a quarter of a second of audio and says whether it is
// silent.
func heardNothing(t *testing.T, p *phone) bool {
	t.Helper()
	silent := false
	eventually(t, "audio comes", p.is(func(p *phone) bool {
		const enough = 2000
		if len(p.heard) < enough {
			return false
		}
		silent = loudness(p.heard[len(p.heard)-enough:], 700) < 500
		return true
	}))
	return silent
}

func TestPlayFailsWhenTheSpeechEngineIsDown(t *testing.T) {
	for _, fault := range []speechtest.Fault{speechtest.Refusing, speechtest.Dying} {
		c, _ := hearing(t, fault)
		if played := c.expect(voice.PlayEnded, tandem.ID{}); played.Outcome != voice.PlayFailed || played.Text != "" {
			t.Errorf("the play ended with %+v", played)
		}
		if m := c.process.Metrics(); m.SpeechListenedTotal != 1 || m.SpeechFailedTotal != 1 {
			t.Errorf("%d utterances were listened to, and %d failed", m.SpeechListenedTotal, m.SpeechFailedTotal)
		}
		c.stop()
	}
}
