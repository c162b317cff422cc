package kustomer

import (
	"strings"
	"sync"
	"time"
)

const requestLogLimit = 10_000

// Entry is one public request as the stand-in saw it.
type Entry struct {
	Seq    int64     `json:"seq"`
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	// Client is the machine user behind the API key, or "" without a key
	// that counts.
	Client string `json:"client,omitempty"`
	// Status is what was answered, or would have been had Cut not dropped the
	// connection; 0 when the work was not done.
	Status int  `json:"status"`
	Cut    bool `json:"cut,omitempty"`
	// Body is the first 4 KB of the request.
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
