package zones

import (
	"testing"
	"time"
)

func TestShippedZonesKnowDaylightSaving(t *testing.T) {
	berlin, ok := Shipped{}.Location("Europe/Berlin")
	if !ok {
		t.Fatal("Europe/Berlin is not there")
	}
	winter := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC).In(berlin)
	summer := time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC).In(berlin)
	if winter.Hour() != 13 || summer.Hour() != 14 {
		t.Fatalf("noon UTC is %d h in winter and %d h in summer", winter.Hour(), summer.Hour())
	}
	for _, name := range []string{"UTC", "America/New_York", "Asia/Kolkata"} {
		if _, ok := (Shipped{}).Location(name); !ok {
			t.Errorf("%s is not there", name)
		}
	}
	if _, ok := (Shipped{}).Location("Nowhere/Else"); ok {
		t.Error("a zone that does not exist was found")
	}
}
