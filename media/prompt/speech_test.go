package prompt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/flow"
	"tandem/voice"
)

var update = flag.Bool("update", false, "record the sentences of the default flows with espeak-ng")

func speak(t *testing.T, u Utterance) []int16 {
	t.Helper()
	clip, err := NewEspeak("", "en-us").Speak(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

func ssml(text string) Utterance { return Utterance{Text: text, SSML: true} }

func loudness(clip []int16) float64 {
	var sum float64
	for _, s := range clip {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(clip))))
}

func TestEspeakSpeaksEachTag(t *testing.T) {
	plain := speak(t, Utterance{Text: "Please hold the line."})
	if seconds := float64(len(plain)) / 8000; seconds < 0.5 || seconds > 5 {
		t.Fatalf("one sentence takes %.1f s", seconds)
	}
	longer := func(clip []int16, by float64) bool { return float64(len(clip)) > float64(len(plain))*by }
	for name, heard := range map[string]bool{
		"break":             longer(speak(t, ssml(`<speak>Please hold<break time="2s"/> the line.</speak>`)), 1.8),
		"prosody rate":      longer(speak(t, ssml(`<speak><prosody rate="60%">Please hold the line.</prosody></speak>`)), 1.2),
		"prosody volume":    loudness(speak(t, ssml(`<speak><prosody volume="-6dB">Please hold the line.</prosody></speak>`))) < 0.7*loudness(plain),
		"say-as characters": len(speak(t, ssml(`<speak><say-as interpret-as="spell-out">PLEASE</say-as></speak>`))) > len(speak(t, Utterance{Text: "PLEASE"}))*3/2,
		"whispered":         loudness(speak(t, ssml(`<speak><amazon:effect name="whispered">Please hold the line.</amazon:effect></speak>`))) < 0.8*loudness(plain),
		"sub":               longer(speak(t, ssml(`<speak><sub alias="a very long alias that is spoken instead">x</sub></speak>`)), 1),
		"unknown tag":       len(speak(t, ssml(`<speak><strange>Please hold the line.</strange></speak>`))) > len(plain)/2,
	} {
		if !heard {
			t.Errorf("%s is not heard", name)
		}
	}
}

func TestVoicesChooseTheLanguage(t *testing.T) {
	german := speak(t, Utterance{Text: "77", Speech: voice.Speech{Voice: "Vicki"}})
	byLocale := speak(t, Utterance{Text: "77", Speech: voice.Speech{Locale: "de_DE"}})
	english := speak(t, Utterance{Text: "77"})
	if len(german) != len(byLocale) || len(german) == len(english) {
		t.Errorf("77 takes %d samples in German, %d by locale, %d in English", len(german), len(byLocale), len(english))
	}
	for tag, want := range map[string]string{"en-US": "en-us", "en_GB": "en-gb", "de-AT": "de", "es-MX": "es-419", "pt-BR": "pt-br", "cmn-CN": "cmn",
		"../x": "", "a": "", "": "", `x"><audio`: ""} {
		if got := espeakVoice(tag); got != want {
			t.Errorf("%q is spoken by %q, want %q", tag, got, want)
		}
	}
}

func TestTextIsNeverAnOption(t *testing.T) {
	if clip := speak(t, Utterance{Text: "--version"}); len(clip) < 2000 {
		t.Errorf("the text --version gave %d samples", len(clip))
	}
}

func TestSpeakingFailsKindly(t *testing.T) {
	if _, err := NewEspeak("/nonexistent/espeak-ng", "").Speak(context.Background(), Utterance{Text: "hello"}); err == nil {
		t.Error("a missing program spoke")
	}
	if _, err := NewEspeak("", "").Speak(context.Background(), Utterance{Text: strings.Repeat("a", maxTextBytes+1)}); err == nil {
		t.Error("a text over the limit was spoken")
	}
	if _, err := NewLibrary(Config{}).Load(context.Background(), voice.Prompt{Text: "hello"}); err == nil {
		t.Error("text was spoken without a program")
	}
}

func TestSpeakingIsKilledAtItsDeadline(t *testing.T) {
	program := filepath.Join(t.TempDir(), "slow")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	started := time.Now()
	if _, err := NewEspeak(program, "").Speak(ctx, Utterance{Text: "hello"}); err == nil {
		t.Error("it spoke")
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestSSMLIsReadAsConnectListsIt(t *testing.T) {
	for in, want := range map[string]string{
		`<speak>a<break time="1s"/>b</speak>`:                                  `a | 1s | b`,
		`a<break strength="strong"/>b`:                                         `a | 600ms | b`,
		`a<break time="20s"/>b`:                                                `a | 10s | b`,
		`<p><s>One.</s><s>Two.</s></p>`:                                        `One. | 600ms | Two. | 1s`,
		`<audio src="/etc/x.wav">text</audio>`:                                 `text`,
		`<lang xml:lang="de">gut</lang> bad`:                                   `gut [de] | bad`,
		`<say-as interpret-as="digits">12</say-as>`:                            `1 2`,
		`<say-as interpret-as="telephone">555-12</say-as>`:                     `5 5 5, 1 2`,
		`<say-as interpret-as="ordinal">22</say-as>`:                           `22nd`,
		`<say-as interpret-as="ordinal">112</say-as>`:                          `112th`,
		`<say-as interpret-as="fraction">3/8</say-as>`:                         `3 over 8`,
		`<say-as interpret-as="fraction">1+1/2</say-as>`:                       `1 and a half`,
		`<say-as interpret-as="unit">1kg</say-as>`:                             `1 kilogram`,
		`<say-as interpret-as="date">20261120</say-as>`:                        `November 20th, 2026`,
		`<say-as interpret-as="date" format="dm">1-2</say-as>`:                 `February 1st`,
		`<say-as interpret-as="date" format="my">13/1</say-as>`:                `13 1`,
		`<say-as interpret-as="time">1'21"</say-as>`:                           `1 minute 21 seconds`,
		`<say-as interpret-as="characters">ab</say-as>`:                        `ab [spell]`,
		`<say-as interpret-as="expletive">darn</say-as>`:                       `beep`,
		`<lang xml:lang="fr"><say-as interpret-as="ordinal">2</say-as></lang>`: `2 [fr]`,
		`<sub alias="World Wide Web">WWW</sub> here`:                           `World Wide Web here`,
		`<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>`:                 `pecan`,
		`<w role="amazon:VB">read</w><mark name="x"/>`:                         `read`,
		`<prosody rate="slow" volume="+6dB">a</prosody>`:                       `a [slow 100%]`,
		`<prosody rate="slow"><prosody pitch="low">a</prosody></prosody>`:      `a [slow low]`,
		`<amazon:effect name="whispered">psst</amazon:effect>`:                 `psst [whisper]`,
		`5 &lt; 6`:       `5 < 6`,
		`broken <b text`: `broken`,
	} {
		if got := printed(readSSML(in, "en-us")); got != want {
			t.Errorf("%s is read as %q, want %q", in, got, want)
		}
	}
}

func printed(segments []segment) string {
	var parts []string
	for _, s := range segments {
		if s.pause > 0 {
			parts = append(parts, s.pause.String())
			continue
		}
		var how []string
		for _, word := range []string{s.lang, s.rate, s.pitch, s.volume} {
			if word != "" {
				how = append(how, word)
			}
		}
		if s.whisper {
			how = append(how, "whisper")
		}
		if s.spell {
			how = append(how, "spell")
		}
		text := strings.TrimSpace(s.text)
		if len(how) > 0 {
			text += " [" + strings.Join(how, " ") + "]"
		}
		parts = append(parts, text)
	}
	return strings.ReplaceAll(strings.Join(parts, " | "), "  ", " ")
}

func TestMarkupForTheProgramHasNoTagOfTheText(t *testing.T) {
	for _, hostile := range []string{
		`<lang xml:lang='x"/><audio src="/etc/passwd"/><voice name="'>a</lang>`, `<prosody rate='1"><audio src="x"/>'>a</prosody>`, `&lt;audio src="x"/&gt;`,
	} {
		out := espeakMarkup(readSSML(hostile, "en-us"), "en-us")
		if strings.Contains(out, "<audio") {
			t.Errorf("%s became %s", hostile, out)
		}
	}
}

func FuzzReadSSML(f *testing.F) {
	f.Add(`<speak>a<break time="1s"/></speak>`)
	f.Add(`<audio src="x"><speak`)
	f.Add(`<say-as interpret-as="date" format="ymd">2026-1-</say-as><sub alias="">`)
	f.Fuzz(func(t *testing.T, text string) {
		segments := readSSML(text, "en-us")
		for _, s := range segments {
			if s.pause < 0 || s.pause > maxBreak || s.pause > 0 && s.text != "" {
				t.Errorf("%q has the segment %+v", text, s)
			}
		}
		if out := espeakMarkup(segments, "en-us"); strings.Contains(out, "<audio") || strings.Contains(out, "src=\"") {
			t.Errorf("%q became %q", text, out)
		}
	})
}

// service answers as Amazon Polly does, a tone whose length says what was asked.
func service(t *testing.T, answer func(n int32, w http.ResponseWriter, asked map[string]string)) (*httptest.Server, *atomic.Int32) {
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := map[string]string{"path": r.Method + " " + r.URL.Path, "authorization": r.Header.Get("Authorization")}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &asked)
		}
		if err != nil {
			t.Error(err)
		}
		answer(calls.Add(1), w, asked)
	}))
	t.Cleanup(s.Close)
	return s, &calls
}

func pcm(w http.ResponseWriter, samples int) {
	w.Header().Set("Content-Type", "audio/pcm")
	var out []byte
	for i := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(int16(i)))
	}
	_, _ = w.Write(out)
}

func TestSpeechServiceIsAskedAsPollyIs(t *testing.T) {
	var asked map[string]string
	s, _ := service(t, func(_ int32, w http.ResponseWriter, a map[string]string) { asked = a; pcm(w, 800) })
	p := NewPolly(PollyConfig{URL: s.URL + "/", Region: "us-east-1", AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"})
	for _, test := range []struct {
		u    Utterance
		want map[string]string
	}{
		{Utterance{Text: "Hello"}, map[string]string{"Text": "Hello", "TextType": "text", "VoiceId": "Joanna", "Engine": "standard"}},
		{Utterance{Text: "<speak>Hi</speak>", SSML: true, Speech: voice.Speech{Voice: "Vicki", Engine: "Neural", Locale: "de-DE"}},
			map[string]string{"Text": "<speak>Hi</speak>", "TextType": "ssml", "VoiceId": "Vicki", "Engine": "neural", "LanguageCode": "de-DE"}},
		{Utterance{Text: "a < b", Speech: voice.Speech{Style: "Newscaster"}},
			map[string]string{"Text": `<speak><amazon:domain name="news">a &lt; b</amazon:domain></speak>`, "TextType": "ssml"}},
	} {
		clip, err := p.Speak(context.Background(), test.u)
		if err != nil || len(clip) != 800 || clip[799] != 799 {
			t.Fatalf("%+v gave %d samples: %v", test.u, len(clip), err)
		}
		test.want["path"], test.want["OutputFormat"], test.want["SampleRate"] = "POST /v1/speech", "pcm", "8000"
		for name, want := range test.want {
			if asked[name] != want {
				t.Errorf("%s is %q, want %q", name, asked[name], want)
			}
		}
		if !strings.HasPrefix(asked["authorization"], "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") || strings.Contains(asked["authorization"], "secret") {
			t.Errorf("the request is signed with %q", asked["authorization"])
		}
	}
}

func TestSpeechServiceThatFailsIsAskedTwiceAtMost(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(n int32, w http.ResponseWriter)
		calls  int32
		fails  bool
	}{
		{"busy once", func(n int32, w http.ResponseWriter) {
			if n == 1 {
				http.Error(w, "ThrottlingException", http.StatusTooManyRequests)
				return
			}
			pcm(w, 10)
		}, 2, false},
		{"always failing", func(_ int32, w http.ResponseWriter) {
			http.Error(w, "ServiceFailureException", http.StatusInternalServerError)
		}, 2, true},
		{"wrong voice", func(_ int32, w http.ResponseWriter) { http.Error(w, "InvalidParameterValue", http.StatusBadRequest) }, 1, true},
		{"a page instead of audio", func(_ int32, w http.ResponseWriter) { fmt.Fprint(w, "<html>sign in</html>") }, 1, true},
		{"elsewhere", func(_ int32, w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(http.StatusFound)
		}, 1, true},
	} {
		s, calls := service(t, func(n int32, w http.ResponseWriter, _ map[string]string) { test.answer(n, w) })
		_, err := NewPolly(PollyConfig{URL: s.URL, Token: "t"}).Speak(context.Background(), Utterance{Text: "hello"})
		if calls.Load() != test.calls || (err != nil) != test.fails {
			t.Errorf("%s: %d calls, error %v", test.name, calls.Load(), err)
		}
	}
}

func TestSpokenTextsAreKeptOverRestartsAndBounded(t *testing.T) {
	dir := t.TempDir()
	unfinished := filepath.Join(dir, "new-1") // as a process leaves it that is killed
	if err := os.WriteFile(unfinished, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func(s *countingSpeaker, text string) {
		t.Helper()
		l := NewLibrary(Config{Speaker: s, KeepDir: dir, KeepBytes: 1000})
		if clip, err := l.Load(context.Background(), voice.Prompt{Text: tandem.Personal(text)}); err != nil || len(clip) != len(text) {
			t.Fatalf("%q gave %d samples: %v", text, len(clip), err)
		}
	}
	first, second := &countingSpeaker{}, &countingSpeaker{}
	load(first, "hello")
	load(second, "hello")
	if first.calls.Load() != 1 || second.calls.Load() != 0 {
		t.Errorf("spoken %d times, and %d times after a restart", first.calls.Load(), second.calls.Load())
	}
	for i := range 20 {
		load(second, strings.Repeat(string(rune('a'+i)), 200))
	}
	var kept int64
	for _, f := range (&shelf{dir: dir}).files() {
		kept += f.size
	}
	if kept > 1000 || kept < 400 {
		t.Errorf("%d bytes are kept", kept)
	}
	if _, err := os.Stat(unfinished); err == nil {
		t.Error("an unfinished file is kept for ever")
	}
}

// staticTexts are the sentences in which nothing changes, of the default flows
// and of the one that a new instance's first caller hears.
func staticTexts(t *testing.T) []Utterance {
	var all []Utterance
	for _, s := range flow.Samples() {
		if s.Name != flow.SampleInbound && !strings.HasPrefix(s.Name, "Default") {
			continue
		}
		var doc any
		if err := json.Unmarshal([]byte(s.Content), &doc); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		collectTexts(doc, &all)
	}
	return all
}

func collectTexts(node any, all *[]Utterance) {
	switch node := node.(type) {
	case map[string]any:
		for name, value := range node {
			if text, ok := value.(string); ok && (name == "Text" || name == "SSML") && !strings.Contains(text, "$.") {
				*all = append(*all, Utterance{Text: text, SSML: name == "SSML"})
			}
			collectTexts(value, all)
		}
	case []any:
		for _, value := range node {
			collectTexts(value, all)
		}
	}
}

func TestDefaultFlowsSpeakWithoutAnyEngine(t *testing.T) {
	texts := staticTexts(t)
	if len(texts) < 10 {
		t.Fatalf("only %d sentences", len(texts))
	}
	if *update {
		record(t, texts)
		return
	}
	l := NewLibrary(Config{})
	for _, u := range texts {
		p := voice.Prompt{Text: tandem.Personal(u.Text)}
		if u.SSML {
			p = voice.Prompt{SSML: tandem.Personal(u.Text)}
		}
		clip, err := l.Load(context.Background(), p)
		if err != nil || len(clip) < 4000 || loudness(clip) < 300 {
			t.Errorf("%q: %d samples, %v: run go test ./media/prompt -run WithoutAnyEngine -update", u.Text, len(clip), err)
		}
	}
}

func record(t *testing.T, texts []Utterance) {
	old, err := filepath.Glob("spoken/*" + shelfSuffix)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range texts {
		if err := os.WriteFile(spokenName(u.Text, u.SSML), toMuLaw(speak(t, u)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
