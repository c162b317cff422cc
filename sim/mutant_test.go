package sim

import (
	"slices"
	"strings"
	"testing"
)

const (
	mutantSeeds = 8 // lives in one of which each mutant must be found
	otherSeeds  = 2 // lives in which nothing else may find it
)

// mutantSize is a busy center: contacts wait, and so their order matters.
var mutantSize = size{12, 500}

// TestEachPropertyCatchesWhatNoOtherDoes lets every mutant live with its
// property alone, which must find it, and with all others, which must not: so
// that no property is there for show.
func TestEachPropertyCatchesWhatNoOtherDoes(t *testing.T) {
	t.Parallel()
	has := map[property]bool{}
	for _, m := range mutants {
		has[m.caughtBy] = true
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			caught := false
			for seed := uint64(1); seed <= mutantSeeds && !caught; seed++ {
				if r := live(seed, mutantSize, m, slices.Concat(ground, []property{m.caughtBy})); r.failure != nil {
					if r.failure.property != m.caughtBy {
						t.Fatal(r.tell())
					}
					caught = true
					t.Logf("seed %d: %v", seed, r.failure.err)
				}
			}
			if !caught {
				t.Errorf("%s does not catch it in %d seeds", m.caughtBy, mutantSeeds)
			}
			if raceDetector {
				return // the lives are the same ones, and slow
			}
			for seed := uint64(1); seed <= otherSeeds; seed++ {
				if r := live(seed, mutantSize, m, but(m.caughtBy)); r.failure != nil {
					t.Errorf("another property caught it: %s", r.tell())
				}
			}
		})
	}
	for _, p := range proper {
		if !has[p] {
			t.Errorf("%s has no mutant", p)
		}
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
		r := live(1, mutantSize, m, []property{m.caughtBy})
		if r.failure == nil {
			t.Fatal("the mutant was not caught")
		}
		story := r.tell()
		for _, want := range []string{"seed 1: SIM-S9 does not hold", "TakeVoiceReport", "ContactInitiated ContactID=call of caller",
			"ContactEnded ContactID=call of caller", "What came last:", "again: go test ./sim -run TestWorld -seed 1"} {
			if !strings.Contains(story, want) {
				t.Errorf("%q is not in the story:\n%s", want, story)
			}
		}
	}
}
