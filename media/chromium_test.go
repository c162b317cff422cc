package media_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem"
	"tandem/media"
	"tandem/media/rtp"
	"tandem/media/webrtc/webrtctest"
	"tandem/voice"
)

// pageServer serves the page of the test and hands its offers on.
func pageServer(t *testing.T, offers chan<- string, answers <-chan voice.SignalAnswer) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/softphone.html") })
	mux.HandleFunc("POST /offer", func(w http.ResponseWriter, r *http.Request) {
		sdp, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		offers <- string(sdp)
		if err := json.NewEncoder(w).Encode(<-answers); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// browserPage is the page of the test in Chromium, which may connect over the
// relay only, as the page of every softphone library that asks for it.
type browserPage struct {
	*webrtctest.Chromium
	*softphone
	url     string
	offers  chan string
	answers chan voice.SignalAnswer
	relay   voice.Ephemeral
}

func newBrowserPage(t *testing.T) *browserPage {
	t.Helper()
	microphone := filepath.Join(t.TempDir(), "microphone.wav")
	if err := os.WriteFile(microphone, monoWAV(sine(1000, 8000, 5*rtp.SampleRateHz)), 0o600); err != nil {
		t.Fatal(err)
	}
	secret, relay := []byte("a secret of this test"), listenUDP(t)
	b := &browserPage{
		softphone: newSoftphone(t, func(c *media.Config) { c.RelayConn, c.RelaySecret = relay, secret }),
		offers:    make(chan string), answers: make(chan voice.SignalAnswer),
		Chromium: webrtctest.StartChromium(t, microphone),
	}
	b.url = pageServer(t, b.offers, b.answers)
	b.relay = voice.NewEphemeral(secret, []string{"turn:" + relay.LocalAddr().String() + "?transport=udp"}, b.userID, tandem.At(time.Now().Add(time.Hour)))
	return b
}

// load loads the page, anew if it is there, and connects it.
func (b *browserPage) load() {
	b.t.Helper()
	b.Open(b.url)
	b.Eval(fmt.Sprintf("window.connecting = connect([{urls: %q, username: %q, credential: %q}]); 0", b.relay.URLs[0], b.relay.Username, b.relay.Credential))
	select {
	case sdp := <-b.offers:
		b.answers <- b.ask(voice.Signal{Kind: voice.SignalOffer, Leg: b.agentLeg, SDP: sdp})
	case <-time.After(time.Minute):
		b.t.Fatal("the page makes no offer")
	}
	b.Eval("connecting")
	b.Await("connection.connectionState === 'connected'")
}

func (b *browserPage) hearsNobody() {
	b.t.Helper()
	b.Await("window.pitch && pitch() === 0")
}

// unheard waits until the customer hears nobody.
func (b *browserPage) unheard(why string) {
	b.t.Helper()
	b.customer.forget()
	eventually(b.t, "the customer hears nobody "+why, b.customer.hearsOnly())
}

func (b *browserPage) talks() {
	b.t.Helper()
	b.customer.forget()
	eventually(b.t, "the customer hears the browser", b.customer.hearsOnly(1000))
	b.Await("Math.abs(pitch() - 440) < 30")
}

func TestChromiumTalksWithACaller(t *testing.T) {
	b := newBrowserPage(t)
	b.load()
	b.expect(voice.LegAnswered, b.agentLeg)
	b.unheard("while it rings")
	b.hearsNobody()

	b.accept()
	b.talks()
	b.Eval("microphone.enabled = false")
	b.unheard("while the page is muted")
	b.Eval("microphone.enabled = true")
	b.talks()

	mix := b.room.Mix
	b.change(func(r *voice.Room) { r.Mix = nil })
	b.hearsNobody()
	b.unheard("on hold")
	b.change(func(r *voice.Room) { r.Mix = mix })
	b.talks()

	b.change(func(r *voice.Room) {
		r.Plays = []voice.Play{{ID: tandem.NameID("test", "play"), Listener: b.agentLeg, Items: []voice.Prompt{{Prompt: "tone.wav"}},
			Collect: &voice.Collect{MaxDigits: 2, FirstDigitMillis: 20_000, InterDigitMillis: 20_000}}}
	})
	b.Eval("connection.getSenders()[0].dtmf.insertDTMF('5#', 100, 70)")
	if got := b.expect(voice.PlayEnded, tandem.ID{}); got.Digits != "5#" {
		t.Errorf("the digits are %q, want 5#", got.Digits)
	}

	b.load()
	b.talks()
	if b.count(voice.LegEnded, b.agentLeg) != 0 || b.process.Metrics().Browsers != 1 {
		t.Error("the call did not outlive the reload")
	}
	b.change(func(r *voice.Room) { r.Ended = true })
	b.Await("['disconnected', 'failed', 'closed'].includes(connection.connectionState)")
	if got := b.process.Metrics().Relay; got.PacketsInTotal == 0 || got.ForeignTotal != 0 {
		t.Errorf("the relay counted %+v", got)
	}
}
