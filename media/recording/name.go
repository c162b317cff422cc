package recording

import (
	"fmt"
	"strconv"
	"strings"

	"tandem"
)

// Suffixes of local files: one that grows, and one that waits for its upload.
const (
	growing  = ".wav.part"
	complete = ".wav"
)

// fileName carries all that the report of a recording needs, so that a file
// found after a crash explains itself.
type fileName struct {
	room, id tandem.ID
	started  tandem.Time
}

// String is the name without a suffix.
func (n fileName) String() string {
	return fmt.Sprintf("%s_%s_%d", n.room, n.id, int64(n.started))
}

// key is the name in the blob store.
func (n fileName) key() string { return fmt.Sprintf("recordings/%s/%s.wav", n.room, n.id) }

func parseName(s string) (fileName, bool) {
	room, rest, _ := strings.Cut(s, "_")
	id, started, _ := strings.Cut(rest, "_")
	var n fileName
	var err error
	if n.room, err = tandem.ParseID(room); err != nil {
		return n, false
	}
	if n.id, err = tandem.ParseID(id); err != nil {
		return n, false
	}
	millis, err := strconv.ParseInt(started, 10, 64)
	n.started = tandem.Time(millis)
	return n, err == nil
}
