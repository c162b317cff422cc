package sim

import "slices"

// property is a sentence that every run must hold.
type property string

// The ground that the numbered properties stand on.
const (
	journalWorks property = "the journal works"
	ticksMove    property = "ticks do what is due"
	noComplaint  property = "nobody gets an answer that makes no sense, and nothing panics"
	selfCheck    property = "the machines' own checks find nothing"
)

// The properties that have no number of their own.
const (
	refusals  property = "a refused command changes nothing"
	durations property = "the parts of a contact's time sum to the whole"
	damage    property = "a damaged journal is refused at the start"
)

// The numbered properties; the package's documentation says each of them.
const (
	simS1  property = "SIM-S1"
	simS2  property = "SIM-S2"
	simS3  property = "SIM-S3"
	simS4  property = "SIM-S4"
	simS5  property = "SIM-S5"
	simS6  property = "SIM-S6"
	simS7  property = "SIM-S7"
	simS8  property = "SIM-S8"
	simS9  property = "SIM-S9"
	simS10 property = "SIM-S10"
	simS11 property = "SIM-S11"
	simS12 property = "SIM-S12"
	simS13 property = "SIM-S13"
	simS14 property = "SIM-S14"
	simS15 property = "SIM-S15"
	simS17 property = "SIM-S17"
	simS18 property = "SIM-S18"
	simS19 property = "SIM-S19"
	simS20 property = "SIM-S20"
	simL1  property = "SIM-L1"
	simL2  property = "SIM-L2"
	simL3  property = "SIM-L3"
	simL4  property = "SIM-L4"
	simL5  property = "SIM-L5"
	simL6  property = "SIM-L6"
)

var (
	ground = []property{journalWorks, ticksMove, noComplaint}
	proper = []property{refusals, durations, damage,
		simS1, simS2, simS3, simS4, simS5, simS6, simS7, simS8, simS9, simS10, simS11, simS12, simS13, simS14, simS15,
		simS17, simS18, simS19, simS20, simL1, simL2, simL3, simL4, simL5, simL6}
	allProperties = slices.Concat(ground, []property{selfCheck}, proper)
)

// but is the ground and every proper property without one. The machines' own
// checks are left out: they look at several properties together.
func but(without property) []property {
	rest := slices.Concat(ground, proper)
	return slices.DeleteFunc(rest, func(p property) bool { return p == without })
}

// judge holds a property, unless this run leaves it out or has failed.
func (r *run) judge(p property, check func() error) {
	if r.judged[p] && r.failure == nil {
		if err := check(); err != nil {
			r.failure = &failure{p, r.Now(), err}
		}
	}
}

// found judges what a check found; nil is nothing.
func (r *run) found(p property, err error) {
	if err != nil && r.judged[p] && r.failure == nil {
		r.failure = &failure{p, r.Now(), err}
	}
}

// meant counts a check of a property that could have failed.
func (r *run) meant(p property) { r.tally[string(p)]++ }
