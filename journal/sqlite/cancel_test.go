package sqlite_test

import (
	"context"
	"testing"
	"time"

	"tandem"
)

// TestTransactionWhoseCallerLeavesHoldsUpNobody holds that a context which ends
// at any moment of a transaction leaves the next one free to begin.
func TestTransactionWhoseCallerLeavesHoldsUpNobody(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	shard := tandem.NameID("shard", "a")
	for i := range 600 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%120)*time.Microsecond)
		_, _, _ = s.Lease(ctx, shard, "test") // whether it was in time does not matter
		cancel()
		if i%10 == 0 {
			if _, _, err := s.Lease(t.Context(), shard, "test"); err != nil {
				t.Fatalf("after %d callers left: %v", i+1, err)
			}
		}
	}
}
