package salesforce

import (
	"strings"
	"sync"
	"time"
)

const requestLogLimit = 10_000

// Entry is one request as the stand-in saw it: of the public API, or of the
// toolkit in an agent's console.
type Entry struct {
	Seq    int64     `json:"seq"`
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	// Status is what was answered, or would have been had a fault not swallowed
	// it; 0 when the work was not done.
	Status int `json:"status"`
	// Body is the first 4 KB of the request, empty for tokens.
	Body string `json:"body,omitempty"`
}

// requestLog keeps the last requestLogLimit entries.
type requestLog struct {
	mu      sync.Mutex
	seq     int64
	entries []Entry
}

func (l *requestLog) add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	e.Seq = l.seq
	if len(l.entries) == requestLogLimit {
		l.entries = append(l.entries[:0], l.entries[requestLogLimit/10:]...)
	}
	l.entries = append(l.entries, e)
}

func (l *requestLog) find(method, pathPrefix string) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []Entry{}
	for _, e := range l.entries {
		if (method == "" || strings.EqualFold(method, e.Method)) && strings.HasPrefix(e.Path, pathPrefix) {
			found = append(found, e)
		}
	}
	return found
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}
