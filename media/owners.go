package media

import (
	"sync"

	"tandem"
)

// owners knows which instance each room belongs to, from the first word about
// the room until it is forgotten.
type owners struct {
	mu sync.Mutex
	of map[tandem.ID]tandem.ID
}

func (o *owners) set(room, instance tandem.ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = map[tandem.ID]tandem.ID{}
	}
	o.of[room] = instance
}

// get returns the zero id for a room of an earlier life of this process.
func (o *owners) get(room tandem.ID) tandem.ID {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.of[room]
}

func (o *owners) forget(room tandem.ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.of, room)
}
