package bench

import (
	"bytes"
	"testing"
	"time"
)

// TestSmallRuns takes every measurement that needs no server, in a small form:
// each runs to its end and finds the state after a replay equal to the one
// before.
func TestSmallRuns(t *testing.T) {
	for _, name := range []string{"commit", "replay", "start", "presence"} {
		var out bytes.Buffer
		err := Run(t.Context(), name, &out, Options{Dir: t.TempDir(), Duration: 200 * time.Millisecond, Events: 5_000})
		t.Log(out.String())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
