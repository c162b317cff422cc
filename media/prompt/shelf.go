package prompt

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tandem/media/rtp"
)

// shelf keeps spoken texts as files of G.711 µ-law, so that a service is not
// asked twice for the same, nor a caller made to wait after a restart. What was
// heard longest ago goes first. A file that cannot be read or written is as if
// it were not there.
type shelf struct {
	dir   string // empty: nothing is kept
	limit int64  // bytes

	mu   sync.Mutex
	size int64
}

const (
	shelfSuffix     = ".ulaw"
	unfinishedFiles = "new-*"
)

func newShelf(dir string, limit int64) *shelf {
	s := &shelf{dir: dir, limit: limit}
	if dir == "" {
		return s
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		s.dir = ""
		return s
	}
	unfinished, _ := filepath.Glob(filepath.Join(dir, unfinishedFiles)) // of a process that was killed; the pattern is well formed
	for _, name := range unfinished {
		_ = os.Remove(name)
	}
	for _, f := range s.files() {
		s.size += f.size
	}
	return s
}

func (s *shelf) path(key cacheKey) string {
	return filepath.Join(s.dir, hex.EncodeToString(key[:])+shelfSuffix)
}

func (s *shelf) get(key cacheKey) ([]int16, bool) {
	if s.dir == "" {
		return nil, false
	}
	raw, err := os.ReadFile(s.path(key))
	if err != nil || len(raw) == 0 {
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(s.path(key), now, now) // without it the file only goes sooner
	return fromMuLaw(raw), true
}

// put writes the file beside and renames it, so that it is whole or not there.
func (s *shelf) put(key cacheKey, clip []int16) {
	if s.dir == "" || len(clip) == 0 || int64(len(clip)) > s.limit {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := os.CreateTemp(s.dir, unfinishedFiles)
	if err != nil {
		return
	}
	_, err = f.Write(toMuLaw(clip))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), s.path(key))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return
	}
	if s.size += int64(len(clip)); s.size > s.limit {
		s.makeRoom()
	}
}

type shelved struct {
	path string
	size int64
	used time.Time
}

func (s *shelf) files() []shelved {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil
	}
	var files []shelved
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasSuffix(e.Name(), shelfSuffix) {
			files = append(files, shelved{filepath.Join(s.dir, e.Name()), info.Size(), info.ModTime()})
		}
	}
	return files
}

// makeRoom removes files until a tenth is free.
func (s *shelf) makeRoom() {
	files := s.files()
	slices.SortFunc(files, func(a, b shelved) int { return a.used.Compare(b.used) })
	s.size = 0
	for _, f := range files {
		s.size += f.size
	}
	for _, f := range files {
		if s.size <= s.limit*9/10 {
			return
		}
		if os.Remove(f.path) == nil {
			s.size -= f.size
		}
	}
}

func toMuLaw(clip []int16) []byte {
	raw := make([]byte, len(clip))
	rtp.PCMU.Encode(raw, clip)
	return raw
}

func fromMuLaw(raw []byte) []int16 {
	clip := make([]int16, len(raw))
	rtp.PCMU.Decode(clip, raw)
	return clip
}
