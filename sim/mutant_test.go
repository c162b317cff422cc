package sim

import (
	"strings"
	"testing"
)

// mutantSeeds are the lives in which each mutant must be found.
const mutantSeeds = 3

// TestEachPropertyCatchesWhatNoOtherDoes lets every mutant live with its
// property alone, which must find it, and with all others, which must not: so
// that no property is there for show.
func TestEachPropertyCatchesWhatNoOtherDoes(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			caught := 0
			for seed := uint64(1); seed <= mutantSeeds; seed++ {
				if r := live(seed, size{60, 300}, m, []property{m.caughtBy}); r.failure != nil {
					caught++
					t.Logf("seed %d: %v", seed, r.failure.err)
				}
				if r := live(seed, size{60, 300}, m, but(m.caughtBy)); r.failure != nil {
					t.Errorf("another property caught it: %s", r.tell())
				}
			}
			if caught == 0 {
				t.Errorf("%s does not catch it in %d seeds", m.caughtBy, mutantSeeds)
			}
		})
	}
}

// TestFailureTellsItsStory holds that a failure names the seed, tells what was
// about the contact by the names of the world, and how to see it again.
func TestFailureTellsItsStory(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		if m.caughtBy != simS9 {
			continue
		}
		r := live(1, size{60, 300}, m, []property{m.caughtBy})
		if r.failure == nil {
			t.Fatal("the mutant was not caught")
		}
		story := r.tell()
		for _, want := range []string{"seed 1: SIM-S9 does not hold", "TakeVoiceReport", "ContactInitiated ContactID=call of caller",
			"ContactEnded ContactID=call of caller", "PutUserStatus UserID=agent", "What came last:", "again: go test ./sim -run TestWorld -seed 1"} {
			if !strings.Contains(story, want) {
				t.Errorf("%q is not in the story:\n%s", want, story)
			}
		}
	}
}
