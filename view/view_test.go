package view_test

import (
	"testing"

	"tandem"
	"tandem/directory"
	"tandem/instance"
	"tandem/view"
	"tandem/view/viewtest"
)

func TestDurationsAreCutOnceToWholeSeconds(t *testing.T) {
	at := viewtest.Start.Add
	for _, tc := range []struct {
		from, to tandem.Time
		want     int64
	}{
		{at(0), at(999), 0},
		{at(900), at(1100), 0}, // though 10:00:00 and 10:00:01 are shown
		{at(900), at(1900), 1},
		{at(5100), at(35_900), 30},
		{at(2000), at(1000), 0},
	} {
		if got := view.WholeSeconds(tc.from, tc.to); got == nil || *got != tc.want {
			t.Errorf("from %s to %s: %v, want %d", tc.from, tc.to, got, tc.want)
		}
	}
	if view.WholeSeconds(0, at(0)) != nil || view.Seconds(0) != nil || view.Millis(0) != nil {
		t.Error("what is not set should be null")
	}
}

func TestCenterIsNilWhereThereIsNone(t *testing.T) {
	if st := view.Center(instance.New(nil, directory.New())); st != nil {
		t.Errorf("the directory has a center: %v", st)
	}
	if st := view.Center(instance.New(nil, directory.New(), viewtest.Center())); st == nil {
		t.Error("the center was not found")
	}
}
