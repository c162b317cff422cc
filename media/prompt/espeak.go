package prompt

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	speakTimeout   = 10 * time.Second
	maxSpeechBytes = 32 << 20 // about 12 minutes at 22,050 Hz
	maxSpeaking    = 4        // programs at a time
)

// Espeak speaks with the program espeak-ng, which reads the text from its
// standard input, never from its arguments.
type Espeak struct {
	Program string // path or name; empty: espeak-ng
	Voice   string // such as "en-us"; empty: the program's default
	slots   chan struct{}
}

// NewEspeak returns a speaker.
func NewEspeak(program, voice string) *Espeak {
	if program == "" {
		program = "espeak-ng"
	}
	return &Espeak{Program: program, Voice: voice, slots: make(chan struct{}, maxSpeaking)}
}

// Name implements [Speaker].
func (e *Espeak) Name() string { return e.Program + " " + e.Voice }

// Speak implements [Speaker]. The program is killed after 10 s.
func (e *Espeak) Speak(ctx context.Context, u Utterance) ([]int16, error) {
	if err := u.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, speakTimeout)
	defer cancel()
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("text-to-speech is busy: %w", ctx.Err())
	}
	main := espeakVoice(locale(u.Speech))
	if main == "" {
		main = e.Voice
	}
	args := []string{"--stdin", "--stdout"}
	if main != "" {
		args = append(args, "-v", main)
	}
	text := u.Text
	if u.SSML {
		args = append(args, "-m")
		text = espeakMarkup(readSSML(text, main), main)
	}
	return e.run(ctx, args, text)
}

// espeakMarkup writes segments for espeak-ng: voices beside each other and never
// inside each other, for it does not find back out of them.
func espeakMarkup(segments []segment, main string) string {
	var out strings.Builder
	out.WriteString("<speak>")
	for _, s := range segments {
		if s.pause > 0 {
			fmt.Fprintf(&out, `<break time="%dms"/>`, s.pause.Milliseconds())
			continue
		}
		s.openEspeak(&out, main)
		out.WriteString(escapeXML(s.text))
		s.closeEspeak(&out)
	}
	out.WriteString("</speak>")
	return out.String()
}

func (s *segment) openEspeak(out *strings.Builder, main string) {
	name := espeakVoice(s.lang)
	if name == "" {
		name = main
	}
	if name == "" {
		name = "en-us"
	}
	if s.whisper {
		name += "+whisper"
	}
	out.WriteString(`<voice name="` + name + `"><prosody`)
	for _, a := range [...]struct{ name, value string }{{"rate", s.rate}, {"pitch", s.pitch}, {"volume", s.volume}} {
		if value := prosodyValue(a.value); value != "" {
			out.WriteString(" " + a.name + `="` + value + `"`)
		}
	}
	out.WriteString(">")
	if s.spell {
		out.WriteString(`<say-as interpret-as="characters">`)
	}
}

func (s *segment) closeEspeak(out *strings.Builder) {
	if s.spell {
		out.WriteString("</say-as>")
	}
	out.WriteString("</prosody></voice>")
}

func (e *Espeak) run(ctx context.Context, args []string, text string) ([]int16, error) {
	cmd := exec.CommandContext(ctx, e.Program, args...)
	cmd.Stdin = strings.NewReader(text)
	cmd.WaitDelay = time.Second
	out, stderr := limitedBuffer{limit: maxSpeechBytes}, limitedBuffer{limit: 1024}
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("text-to-speech program %s: %w: %s", e.Program, err, strings.TrimSpace(stderr.String()))
	}
	if out.Len() == 0 {
		return nil, nil // nothing to say
	}
	return DecodeWAV(out.Bytes())
}

// limitedBuffer keeps the first bytes and drops the rest.
type limitedBuffer struct {
	bytes.Buffer
	limit int
}

// Write implements io.Writer.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, b.limit-b.Len()))])
	return len(p), nil
}

func escapeXML(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a Builder takes all
	return out.String()
}
