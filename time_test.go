package tandem

import (
	"testing"
	"time"
)

func TestTimeIsMillisecondsUTC(t *testing.T) {
	wall := time.Date(2024, 2, 29, 13, 5, 6, 789_999_999, time.FixedZone("", 3600))
	at := At(wall)
	if got := at.String(); got != "2024-02-29T12:05:06.789Z" {
		t.Errorf("the text is %s", got)
	}
	if later := at.Add(11).AddSeconds(2); later.Sub(at) != 2011 || later.Std().Sub(at.Std()) != 2011*time.Millisecond {
		t.Errorf("2 s and 11 ms later is %s", later)
	}
	if zero := Time(0); !zero.IsZero() || zero.String() != "-" || at.IsZero() {
		t.Error("zero does not mean not set")
	}
}
