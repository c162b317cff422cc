package media

import (
	"log/slog"
	"testing"
	"time"

	"tandem"
)

// Toll fraud lives on premium and foreign numbers.
func TestTrunkCallsOnlyWhereItMay(t *testing.T) {
	german := Trunk{DefaultRegion: "DE"}
	american := Trunk{DefaultRegion: "US"}
	both := Trunk{DefaultRegion: "DE", Allowance: Allowance{Countries: []string{"DE", "AT"}}}
	premium := Trunk{DefaultRegion: "DE", Allowance: Allowance{Premium: true}}
	world := Trunk{DefaultRegion: "DE", Allowance: Allowance{Countries: []string{"*"}}}
	open := Trunk{}
	for _, row := range []struct {
		name   string
		trunk  Trunk
		number string
		want   bool
	}{
		{"at home", german, "+4930123456", true},
		{"abroad", german, "+33142685300", false},
		{"a premium number", german, "+499001234567", false},
		{"a premium number that may be called", premium, "+499001234567", true},
		{"a listed country", both, "+43142680100", true},
		{"another country of the same code", american, "+18765551234", false},
		{"the country itself", american, "+12025550100", true},
		{"all countries", world, "+33142685300", true},
		{"all countries, premium", world, "+499001234567", false},
		{"no country is known", open, "+33142685300", true},
		{"no number", german, "110", false},
		{"no number, no country", open, "110", true},
	} {
		if got := row.trunk.mayCall(row.number); got != row.want {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

func TestTrunkKeepsToItsNumberOfCalls(t *testing.T) {
	trunk := &Trunk{Name: "small", Allowance: Allowance{Calls: 2, PerMinute: 3}}
	p := &Process{
		config: Config{Log: slog.New(slog.DiscardHandler)}, legs: map[tandem.ID]*leg{}, begun: map[string][]time.Time{},
	}
	allowed := func() bool { return len(p.allowedOut([]*Trunk{trunk}, "+4930123456")) == 1 }
	for i, name := range []string{"a", "b"} {
		if !allowed() {
			t.Errorf("call %d is denied", i)
		}
		p.legs[tandem.NameID("test", name)] = &leg{trunk: trunk}
	}
	if allowed() {
		t.Error("a third call at a time is allowed")
	}
	clear(p.legs)
	if !allowed() || allowed() {
		t.Error("the third call of a minute is denied, or the fourth is allowed")
	}
	if p.counters.deniedFull != 2 {
		t.Errorf("%d refusals are counted, want 2", p.counters.deniedFull)
	}
	if now := time.Now(); p.mayBegin(trunk, now.Add(59*time.Second)) || !p.mayBegin(trunk, now.Add(61*time.Second)) {
		t.Error("the minute is not a minute")
	}
}

func TestAllowanceIsChecked(t *testing.T) {
	for name, a := range map[string]Allowance{"negative": {Calls: -1}, "no country": {Countries: []string{"Germany"}}} {
		if (&Trunk{Allowance: a}).check() == nil {
			t.Errorf("%s: it was accepted", name)
		}
	}
}
