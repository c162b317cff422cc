package media

import (
	"fmt"
	"slices"
	"time"

	"github.com/nyaruka/phonenumbers"
)

// Allowance bounds what a trunk can be made to do, and to cost.
type Allowance struct {
	Calls     int      // at a time, in and out; zero: as many as come
	PerMinute int      // calls out that begin in any minute; zero: as many as are wanted
	Countries []string // that calls out may go to, as ISO codes; "*": all; empty: that of DefaultRegion, or all without one
	Premium   bool     // numbers that cost the caller extra may be called
}

// allCountries lets calls go anywhere.
const allCountries = "*"

func (t *Trunk) checkAllowance() error {
	a := t.Allowance
	if a.Calls < 0 || a.PerMinute < 0 {
		return fmt.Errorf("trunk %q: a limit of calls is below zero", t.Name)
	}
	for _, country := range a.Countries {
		if country != allCountries && phonenumbers.GetCountryCodeForRegion(country) == 0 {
			return fmt.Errorf("trunk %q: %q is no country: give two letters, such as DE, or * for all", t.Name, country)
		}
	}
	return nil
}

// mayCall reports whether calls out may go to a number.
func (t *Trunk) mayCall(number string) bool {
	parsed, err := phonenumbers.Parse(number, phonenumbers.UNKNOWN_REGION)
	if err != nil {
		return len(t.countries()) == 0
	}
	switch phonenumbers.GetNumberType(parsed) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST:
		if !t.Allowance.Premium {
			return false
		}
	}
	return len(t.countries()) == 0 || slices.ContainsFunc(t.countries(), func(country string) bool { return isIn(parsed, country) })
}

// countries are those that calls may go to; none for all.
func (t *Trunk) countries() []string {
	all := t.Allowance.Countries
	switch {
	case slices.Contains(all, allCountries):
		return nil
	case len(all) == 0 && t.DefaultRegion != "":
		return []string{t.DefaultRegion}
	}
	return all
}

// isIn tells countries with one code apart, such as those of +1, where the
// number says which one it is.
func isIn(number *phonenumbers.PhoneNumber, country string) bool {
	switch region := phonenumbers.GetRegionCodeForNumber(number); region {
	case "", phonenumbers.UNKNOWN_REGION:
		return int(number.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(country)
	default:
		return region == country
	}
}

// hasRoom reports whether a trunk may have one more call. The caller holds mu.
func (p *Process) hasRoom(t *Trunk) bool {
	if t.Allowance.Calls == 0 {
		return true
	}
	calls := 0
	for _, l := range p.legs { // any order: they are counted
		if l.trunk.Name == t.Name {
			calls++
		}
	}
	return calls < t.Allowance.Calls
}

// mayBegin reports whether a trunk may place one more call now, and counts it.
// The caller holds mu.
func (p *Process) mayBegin(t *Trunk, now time.Time) bool {
	if t.Allowance.PerMinute == 0 {
		return true
	}
	recent := slices.DeleteFunc(p.begun[t.Name], func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	if len(recent) < t.Allowance.PerMinute {
		p.begun[t.Name] = append(recent, now)
		return true
	}
	p.begun[t.Name] = recent
	return false
}

// allowedOut are the trunks of a choice that may take a call to a number. What
// is denied is counted and logged, without the number. The caller holds mu.
func (p *Process) allowedOut(trunks []*Trunk, number string) []*Trunk {
	var allowed []*Trunk
	for _, t := range trunks {
		switch {
		case !t.mayCall(number):
			p.counters.deniedNumbers++
			p.config.Log.Warn("a trunk may not call such a number: allow its country or its kind if it should", "trunk", t.Name)
		case !p.hasRoom(t) || !p.mayBegin(t, time.Now()):
			p.counters.deniedFull++
			p.config.Log.Warn("a trunk has as many calls as it may", "trunk", t.Name)
		default:
			allowed = append(allowed, t)
		}
	}
	return allowed
}
