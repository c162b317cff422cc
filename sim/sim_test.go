package sim

import (
	"bufio"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tandem/world"
)

var (
	oneSeed = flag.Uint64("seed", 0, "live this seed alone; 0 for -seeds of them")
	seeds   = flag.Uint64("seeds", 0, "how many seeds to live, from 1; 0 is 300, or 4 with the race detector")
	from    = flag.Uint64("from", 1, "the first of the seeds")
	update  = flag.Bool("update", false, "write testdata/golden.txt and testdata/happenings.txt anew")
)

// TestMain lets the garbage wait: the lives are short.
func TestMain(m *testing.M) {
	debug.SetGCPercent(700)
	os.Exit(m.Run())
}

// suite adds up what happened in the lives of [TestWorld].
type suite struct {
	sync.Mutex
	tally tally
	sums  map[uint64]uint64
}

// TestWorld lives many lives of a contact center with faults, those first that
// once failed; every property holds in each. What matters must have happened in
// one of them, and the first lives are what they were on every other machine.
func TestWorld(t *testing.T) {
	t.Parallel()
	s := &suite{tally: tally{}, sums: map[uint64]uint64{}}
	t.Run("seed", func(t *testing.T) {
		for _, seed := range chosen(t) {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				s.live(t, seed)
			})
		}
	})
	if *oneSeed > 0 || t.Failed() {
		return
	}
	s.checkGolden(t)
	if n := len(s.sums); n >= fullSuite {
		s.checkHappenings(t)
		t.Logf("%d lives, %d checks of SIM-S6", n, s.tally[string(simS6)])
	}
}

// fullSuite is how many lives it takes until everything has happened.
const fullSuite = 250

// chosen is the seeds to live.
func chosen(t *testing.T) []uint64 {
	if *oneSeed > 0 {
		return []uint64{*oneSeed}
	}
	all := onceFailed(t)
	n := *seeds
	switch {
	case n == 0 && raceDetector:
		all, n = nil, 4
	case n == 0:
		n = 300
	}
	for seed := *from; seed < *from+n; seed++ {
		all = append(all, seed)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// onceFailed is the seeds in testdata/failed.txt.
func onceFailed(t *testing.T) []uint64 {
	t.Helper()
	var all []uint64
	for _, line := range lines(t, "testdata/failed.txt") {
		seed, err := strconv.ParseUint(strings.Fields(line)[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, seed)
	}
	return all
}

// lines are the lines of a file that say something.
func lines(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	for in := bufio.NewScanner(f); in.Scan(); {
		if line := strings.TrimSpace(in.Text()); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

func (s *suite) live(t *testing.T, seed uint64) {
	r := live(seed, sizeOf(seed), mutant{}, allProperties)
	if r.failure != nil {
		t.Fatal(r.tell())
	}
	if n := len(r.ledger.order) + r.tally["CallRefused"]; n < leastContacts {
		t.Errorf("seed %d has only %d contacts", seed, n)
	}
	s.Lock()
	defer s.Unlock()
	s.sums[seed] = r.sum.Sum64()
	s.tally.add("", r.tally)
	t.Logf("%d records, %d contacts, %d lives of the core", r.copy.Seq(), len(r.ledger.order), r.shell.epoch)
}

// leastContacts is how many contacts each life has at least, with the calls that
// are turned away, as when the flow of their number is archived.
const leastContacts = 2_000

// sizeOf makes every hundredth world a big one.
func sizeOf(seed uint64) size {
	if seed%100 == 0 {
		return size{250, 2 * leastContacts}
	}
	c := world.NewChance(seed, "size")
	return size{int(c.Between(50, 80)), leastContacts}
}

// checkGolden holds the lives against the sums that they had when the golden
// file was written, on whatever machine.
func (s *suite) checkGolden(t *testing.T) {
	if *update {
		var b strings.Builder
		b.WriteString("# Of the first seeds, the sum of all records. Write it anew with: go test ./sim -run TestWorld -update\n")
		for seed := uint64(1); seed <= goldenSeeds; seed++ {
			fmt.Fprintf(&b, "%d %016x\n", seed, s.sums[seed])
		}
		write(t, "testdata/golden.txt", b.String())
		return
	}
	for _, line := range lines(t, "testdata/golden.txt") {
		var seed, sum uint64
		if _, err := fmt.Sscanf(line, "%d %x", &seed, &sum); err != nil {
			t.Fatal(err)
		}
		if got, lived := s.sums[seed]; lived && got != sum {
			t.Errorf("seed %d has the sum %016x, and in testdata/golden.txt %016x: if world, center or presence were changed on purpose, "+
				"write it anew: go test ./sim -run TestWorld -update", seed, got, sum)
		}
	}
}

const goldenSeeds = 4

// checkHappenings holds that everything has happened that can.
func (s *suite) checkHappenings(t *testing.T) {
	for _, p := range proper {
		if s.tally[string(p)] == 0 {
			t.Errorf("no check of %s meant anything", p)
		}
	}
	if *update {
		text := "# What happens in the lives of TestWorld, all of it. Write it anew with: go test ./sim -run TestWorld -update\n"
		write(t, "testdata/happenings.txt", text+strings.Join(slices.Sorted(maps.Keys(s.tally)), "\n")+"\n")
		return
	}
	for _, what := range lines(t, "testdata/happenings.txt") {
		if s.tally[what] == 0 {
			t.Errorf("never happened: %s", what)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSameSeedIsTheSameLife holds that nothing but the seed decides.
func TestSameSeedIsTheSameLife(t *testing.T) {
	t.Parallel()
	sum := func(seed uint64) uint64 { return live(seed, size{60, 300}, mutant{}, allProperties).sum.Sum64() }
	one, again, other := sum(1), sum(1), sum(2)
	if one != again {
		t.Errorf("seed 1 gave the records %x, then %x", one, again)
	}
	if one == other {
		t.Error("two seeds gave the same records")
	}
}
