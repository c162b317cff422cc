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
	makeTimeout       = 30 * time.Second
)

// ErrNotFound says that there is no prompt of that name.
var ErrNotFound = errors.New("prompt not found: upload a wav file of this name, or choose another")

// Speaker speaks text. [Espeak] is one.
type Speaker interface {
	// Name says which engine, version and voice; it is part of the cache's
	// key.
	Name() string
	// Speak returns 8 kHz samples.
	Speak(ctx context.Context, text string, ssml bool) ([]int16, error)
}

// Config says where prompts come from.
type Config struct {
	Dir        string  // folder of wav files; empty: only what is built in
	Speaker    Speaker // nil: text and SSML fail
	CacheBytes int     // zero: 64 MiB
}

// Library loads prompts. It is safe for use by several goroutines.
type Library struct {
	config Config
	flight singleflight.Group
	cache  *cache
}

// NewLibrary returns a library.
func NewLibrary(cfg Config) *Library {
	if cfg.CacheBytes == 0 {
		cfg.CacheBytes = defaultCacheBytes
	}
	return &Library{config: cfg, cache: newCache(cfg.CacheBytes)}
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
	case l.config.Speaker == nil:
		return cacheKey{}, nil, errors.New("text cannot be spoken: no text-to-speech program is configured")
	case p.SSML != "":
		return l.planSpeech(string(p.SSML), true)
	}
	return l.planSpeech(string(p.Text), false)
}

func (l *Library) planSpeech(text string, ssml bool) (cacheKey, func(context.Context) ([]int16, error), error) {
	key := keyOf("speech", l.config.Speaker.Name(), fmt.Sprint(ssml), text)
	return key, func(ctx context.Context) ([]int16, error) { return l.config.Speaker.Speak(ctx, text, ssml) }, nil
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
