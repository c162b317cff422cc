package house

import (
	"strings"
	"testing"
)

// floors says on which floor each room stands: docs/ARCHITECTURE.md.
var floors = map[string]int{
	"": 0, "event": 1, "voice": 1, "flow": 2, "route": 2, "metric": 2, "center": 3, "presence": 3, "directory": 3,
	"instance": 4, "journal": 4, "engine": 5, "vault": 5, "zones": 5, "errand": 5,
	"media": 6, "function": 6, "bot": 6, "connector": 6, "view": 6, "world": 6, "auth": 7,
	"connect": 8, "admin": 8, "hook": 8, "supervise": 8, "bench": 8, "cmd": 9,
}

// outside are rooms beside the floors: who may import them.
var outside = map[string]string{
	"integrations": "stand-ins and tests: they are what is deployed elsewhere", "standin": "cmd and tests", "sim": "tests", "internal": "nobody: they are programs and tests", "stories": "nobody: they are tests",
}

// TestFloors holds that a room imports only lower floors, and no room of its
// own floor: so that each can be read, tested and replaced by itself.
func TestFloors(t *testing.T) {
	for _, f := range load(t) {
		from := house(f.room)
		if f.test || outside[from] != "" {
			continue
		}
		mine, known := floors[from]
		if !known {
			t.Errorf("%s: room %q stands on no floor; give it one in docs/ARCHITECTURE.md and in this test", f.path, from)
			continue
		}
		for _, imported := range f.imports() {
			to := house(imported)
			if who := outside[to]; who != "" {
				if to != "standin" || from != "cmd" {
					t.Errorf("%s imports %s, which is for %s only", f.path, imported, who)
				}
				continue
			}
			if to != from && floors[to] >= mine {
				t.Errorf("%s (floor %d) imports %s (floor %d): a room imports only lower floors; let both know a lower room, or let a higher one carry what passes between them",
					f.path, mine, imported, floors[to])
			}
		}
	}
}

// house is the room that a folder belongs to: its first name.
func house(room string) string {
	first, _, _ := strings.Cut(room, "/")
	return first
}
