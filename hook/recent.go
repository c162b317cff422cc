package hook

import "sync"

// maxRecent is how many events are remembered.
const maxRecent = 10_000

// recent remembers the last events that were taken, each by system and id.
type recent struct {
	mu   sync.Mutex
	keys map[string]bool
	ring []string // in the order in which they came
	next int      // the place of the oldest, once the ring is full
}

func newRecent() *recent { return &recent{keys: map[string]bool{}} }

func (r *recent) has(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys[key]
}

func (r *recent) add(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys[key] {
		return
	}
	r.keys[key] = true
	if len(r.ring) < maxRecent {
		r.ring = append(r.ring, key)
		return
	}
	delete(r.keys, r.ring[r.next])
	r.ring[r.next] = key
	r.next = (r.next + 1) % maxRecent
}
