package prompt

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	maxTextBytes   = 6000 // Amazon Polly: SynthesizeSpeech takes 6,000 characters
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
func (e *Espeak) Speak(ctx context.Context, text string, ssml bool) ([]int16, error) {
	if len(text) > maxTextBytes {
		return nil, fmt.Errorf("text of %d bytes cannot be spoken: at most %d", len(text), maxTextBytes)
	}
	ctx, cancel := context.WithTimeout(ctx, speakTimeout)
	defer cancel()
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("text-to-speech is busy: %w", ctx.Err())
	}
	args := []string{"--stdin", "--stdout"}
	if e.Voice != "" {
		args = append(args, "-v", e.Voice)
	}
	if ssml {
		args = append(args, "-m")
		text = cleanSSML(text)
	}
	return e.run(ctx, args, text)
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
