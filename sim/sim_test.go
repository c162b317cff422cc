package sim

import (
	"flag"
	"fmt"
	"testing"

	"tandem/world"
)

var (
	oneSeed = flag.Uint64("seed", 0, "live this seed alone; 0 for -seeds of them")
	seeds   = flag.Uint64("seeds", 20, "how many seeds to live, from 1")
)

// TestWorld lives many lives of a contact center with faults; every property
// holds in each (SIM-S1, SIM-S2, SIM-S3, SIM-S4, SIM-S5, SIM-S9, SIM-L1).
func TestWorld(t *testing.T) {
	t.Parallel()
	first, last := uint64(1), *seeds
	if *oneSeed > 0 {
		first, last = *oneSeed, *oneSeed
	}
	for seed := first; seed <= last; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := live(seed, sizeOf(seed), mutant{}, allProperties)
			if r.failure != nil {
				t.Fatal(r.tell())
			}
			t.Logf("%d records, %d contacts, %d lives of the core", r.copy.Seq(), len(r.ledger.order), r.shell.epoch)
		})
	}
}

// sizeOf makes every twentieth world a big one.
func sizeOf(seed uint64) size {
	if seed%20 == 0 {
		return size{250, 2_500}
	}
	c := world.NewChance(seed, "size")
	return size{int(c.Between(10, 120)), int(c.Between(100, 600))}
}

// mustHappen is what a handful of lives have to contain, or they prove little.
var mustHappen = []string{
	"offer accepted", "offer missed", "offer rejected", "offer failed", "offer withdrawn", "NextStatusSet", "CallRefused",
	"ended by CUSTOMER_DISCONNECT", "ended by AGENT_DISCONNECT", "ended by TELECOM_PROBLEM", "ended by CONTACT_FLOW_DISCONNECT", "ended by API",
	"block CheckHoursOfOperation False", "block TransferContactToQueue QueueAtCapacity", "block GetParticipantInput Timeout",
	"block MessageParticipantIteratively MessagesInterrupted", "block MessageParticipantIteratively NoMatchingError",
	"RecordingFinished", "ContactForgotten",
	"death", "death with commits lost", "death with commits kept", "start from a snapshot", "start from the journal", "media death", "link broken",
}

// TestLivesAreEventful holds that the lives contain what they are meant to
// prove something about.
func TestLivesAreEventful(t *testing.T) {
	t.Parallel()
	all := tally{}
	for seed := uint64(101); seed <= 106; seed++ {
		r := live(seed, size{60, 400}, mutant{}, allProperties)
		if r.failure != nil {
			t.Fatal(r.tell())
		}
		for what, times := range r.tally {
			all[what] += times
		}
	}
	for _, what := range mustHappen {
		if all[what] == 0 {
			t.Errorf("never happened: %s", what)
		}
	}
}

// TestSameSeedIsTheSameLife holds that nothing but the seed decides.
func TestSameSeedIsTheSameLife(t *testing.T) {
	t.Parallel()
	sum := func(seed uint64) uint64 { return live(seed, size{60, 300}, mutant{}, allProperties).stream.Sum64() }
	one, again, other := sum(1), sum(1), sum(2)
	if one != again {
		t.Errorf("seed 1 gave the records %x, then %x", one, again)
	}
	if one == other {
		t.Error("two seeds gave the same records")
	}
}
