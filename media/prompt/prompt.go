package prompt

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/singleflight"

	"tandem/voice"
)

const (
	maxWAVBytes       = 50 << 20 // Amazon Connect: prompts are smaller than 50 MB
	defaultCacheBytes = 64 << 20
	defaultKeepBytes  = 256 << 20
	makeTimeout       = 30 * time.Second
)

// ErrNotFound says that there is no prompt of that name.
var ErrNotFound = errors.New("prompt not found: upload a wav file of this name, or choose another")

// maxTextBytes is the longest text that is spoken (Amazon Polly API:
// SynthesizeSpeech takes 6,000 characters).
const maxTextBytes = 6000

// Utterance is a text to be spoken.
type Utterance struct {
	Text   string
	SSML   bool
	Speech voice.Speech
}

func (u Utterance) check() error {
	if len(u.Text) > maxTextBytes {
		return fmt.Errorf("text of %d bytes cannot be spoken: at most %d", len(u.Text), maxTextBytes)
	}
	return nil
}

// Speaker speaks text. [Espeak] and [Polly] are speakers.
type Speaker interface {
	// Name says which engine, version and voice; it is part of the cache's
	// key.
	Name() string
	// Speak returns 8 kHz samples.
	Speak(ctx context.Context, u Utterance) ([]int16, error)
}

// Config says where prompts come from.
type Config struct {
	Dir        string  // folder of wav files; empty: only what is built in
	Speaker    Speaker // nil: only the texts of the default flows can be spoken
	CacheBytes int     // zero: 64 MiB
	KeepDir    string  // folder in which spoken texts are kept over restarts; empty: they are not
	KeepBytes  int64   // of that folder; zero: 256 MiB
}

// Library loads prompts. It is safe for use by several goroutines.
type Library struct {
	config Config
	flight singleflight.Group
	cache  *cache
	kept   *shelf
}

// NewLibrary returns a library.
func NewLibrary(cfg Config) *Library {
	if cfg.CacheBytes == 0 {
		cfg.CacheBytes = defaultCacheBytes
	}
	if cfg.KeepBytes == 0 {
		cfg.KeepBytes = defaultKeepBytes
	}
	return &Library{config: cfg, cache: newCache(cfg.CacheBytes), kept: newShelf(cfg.KeepDir, cfg.KeepBytes)}
}

// Load returns the prompt as 8 kHz samples, which must not be changed. When
// the context ends it returns, while the making goes on for others.
func (l *Library) Load(ctx context.Context, p voice.Prompt) ([]int16, error) {
	key, build, err := l.plan(p)
	if err != nil {
		return nil, err
	}
	if clip, ok := l.cache.get(key); ok {
		return clip, nil
	}
	made := l.flight.DoChan(string(key[:]), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTimeout)
		defer cancel()
		clip, err := build(ctx)
		if err == nil {
			l.cache.put(key, clip)
		}
		return clip, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case m := <-made:
		if m.Err != nil {
			return nil, m.Err
		}
		return m.Val.([]int16), nil
	}
}

// plan chooses the maker and the key that stands for all its input.
func (l *Library) plan(p voice.Prompt) (cacheKey, func(context.Context) ([]int16, error), error) {
	switch {
	case p.Prompt != "":
		return l.planFile(p.Prompt)
	case p.SSML != "":
		return l.planSpeech(Utterance{Text: string(p.SSML), SSML: true, Speech: p.Speech})
	}
	return l.planSpeech(Utterance{Text: string(p.Text), Speech: p.Speech})
}

// planSpeech speaks a text. One of the default flows is heard also where no
// engine speaks it.
func (l *Library) planSpeech(u Utterance) (cacheKey, func(context.Context) ([]int16, error), error) {
	engine := "none"
	if l.config.Speaker != nil {
		engine = l.config.Speaker.Name()
	}
	key := keyOf("speech", engine, fmt.Sprint(u.SSML), u.Speech.Voice, u.Speech.Engine, u.Speech.Style, u.Speech.Locale, u.Text)
	return key, func(ctx context.Context) ([]int16, error) {
		if clip, ok := l.kept.get(key); ok {
			return clip, nil
		}
		clip, err := l.speak(ctx, u)
		if err == nil {
			l.kept.put(key, clip)
			return clip, nil
		}
		if recorded, ok := spoken(u); ok {
			return recorded, nil
		}
		return nil, err
	}, nil
}

func (l *Library) speak(ctx context.Context, u Utterance) ([]int16, error) {
	if l.config.Speaker == nil {
		return nil, errors.New("text cannot be spoken: install espeak-ng, or name a speech service in the configuration")
	}
	return l.config.Speaker.Speak(ctx, u)
}

// planFile prefers a file of the folder to a sound built in. A file that was
// changed has another key.
func (l *Library) planFile(name string) (cacheKey, func(context.Context) ([]int16, error), error) {
	if !filepath.IsLocal(name) || filepath.Base(name) != name {
		return cacheKey{}, nil, fmt.Errorf("prompt %q: the name must be a plain file name", name)
	}
	info, err := l.stat(name)
	if err == nil {
		key := keyOf("file", name, info.ModTime().String(), fmt.Sprint(info.Size()))
		return key, func(context.Context) ([]int16, error) { return l.read(name) }, nil
	}
	if make := builtIn(name); make != nil {
		return keyOf("built in", name), func(context.Context) ([]int16, error) { return make(), nil }, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotFound
	}
	return cacheKey{}, nil, fmt.Errorf("prompt %q: %w", name, err)
}

func (l *Library) stat(name string) (fs.FileInfo, error) {
	if l.config.Dir == "" {
		return nil, fs.ErrNotExist
	}
	root, err := os.OpenRoot(l.config.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(name)
}

func (l *Library) read(name string) ([]int16, error) {
	root, err := os.OpenRoot(l.config.Dir)
	if err != nil {
		return nil, fmt.Errorf("prompt folder: %w", err)
	}
	defer root.Close()
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("prompt %q: %w", name, err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxWAVBytes+1))
	if err != nil {
		return nil, fmt.Errorf("prompt %q: %w", name, err)
	}
	if len(raw) > maxWAVBytes {
		return nil, fmt.Errorf("prompt %q is larger than 50 MB: shorten it", name)
	}
	clip, err := DecodeWAV(raw)
	if err != nil {
		return nil, fmt.Errorf("prompt %q: %w", name, err)
	}
	return clip, nil
}

func keyOf(parts ...string) cacheKey {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return cacheKey(h.Sum(nil))
}
