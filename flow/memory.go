package flow

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// memory is what a flow keeps between steps besides its place. Its text form is
// Position.ReturnTo: the identifier of the interrupted loop alone, or, when a block
// counts, the counts before it, such as "3=2,7=1;music".
type memory struct {
	returnTo string      // the loop that EndFlowExecution goes back to; empty if none
	counts   map[int]int // how often a block has run, by its place in the flow; 1 or more
}

const (
	countsEnd      = ";" // no identifier of a published flow has these
	countSeparator = ","
	countEquals    = "="
)

// readMemory reads any text: what is not counts is an identifier.
func readMemory(text string) memory {
	counts, returnTo, ok := strings.Cut(text, countsEnd)
	if ok {
		if read, good := readCounts(counts); good {
			return memory{returnTo: returnTo, counts: read}
		}
	}
	return memory{returnTo: text, counts: map[int]int{}}
}

func readCounts(text string) (map[int]int, bool) {
	counts := map[int]int{}
	if text == "" {
		return counts, true
	}
	for pair := range strings.SplitSeq(text, countSeparator) {
		place, count, _ := strings.Cut(pair, countEquals)
		at, errAt := strconv.Atoi(place)
		n, errN := strconv.Atoi(count)
		if errAt != nil || errN != nil || at < 0 || n < 1 {
			return nil, false
		}
		counts[at] = n
	}
	return counts, true
}

// String is the memory as text.
func (m memory) String() string {
	if len(m.counts) == 0 && !strings.Contains(m.returnTo, countsEnd) {
		return m.returnTo
	}
	pairs := make([]string, 0, len(m.counts))
	for _, place := range slices.Sorted(maps.Keys(m.counts)) {
		pairs = append(pairs, strconv.Itoa(place)+countEquals+strconv.Itoa(m.counts[place]))
	}
	return strings.Join(pairs, countSeparator) + countsEnd + m.returnTo
}

// rememberReturn changes which loop the state goes back to.
func rememberReturn(state, actionID string) string {
	if !strings.Contains(state, countsEnd) && !strings.Contains(actionID, countsEnd) {
		return actionID // nothing is counted, as nearly always
	}
	m := readMemory(state)
	m.returnTo = actionID
	return m.String()
}
