package connect

import (
	"encoding/json"
	"testing"
	"time"
)

func TestTimesHaveTheFormsOfTheAPI(t *testing.T) {
	at := time.UnixMilli(1700000000123)
	for _, tt := range []struct {
		value any
		want  string
	}{
		{EpochTime{at}, `1700000000.123`},
		{EpochTime{time.Unix(1700000000, 0)}, `1700000000`},
		{EpochTime{time.UnixMilli(-1500)}, `-1.5`},
		{ISOTime{at.In(time.FixedZone("", 7200))}, `"2023-11-14T22:13:20.123Z"`},
	} {
		if got, err := json.Marshal(tt.value); err != nil || string(got) != tt.want {
			t.Errorf("written as %s (%v), want %s", got, err, tt.want)
		}
	}
}

func TestTimesAreReadToTheMillisecond(t *testing.T) {
	for text, millis := range map[string]int64{
		`1700000000.123`: 1700000000123, `1700000000`: 1700000000000, `1.7e9`: 1700000000000, `-1.5`: -1500,
		`"2023-11-14T22:13:20.123Z"`: 1700000000123, `"2023-11-15T00:13:20+02:00"`: 1700000000000,
	} {
		var got EpochTime
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.UnixMilli() != millis || got.Location() != time.UTC {
			t.Errorf("%s was read as %v (%v), want %d ms", text, got, err, millis)
		}
	}
	for _, text := range []string{`"noon"`, `true`, `{}`, `1e300`, `253402300800`} {
		var epoch EpochTime
		if err := json.Unmarshal([]byte(text), &epoch); err == nil {
			t.Errorf("%s was read as %v, want an error", text, epoch)
		}
	}
	var iso ISOTime
	if err := json.Unmarshal([]byte(`"2023-11-14T22:13:20.123Z"`), &iso); err != nil || iso.UnixMilli() != 1700000000123 {
		t.Errorf("ISO time was read as %v (%v)", iso, err)
	}
	if err := json.Unmarshal([]byte(`1700000000`), &iso); err == nil {
		t.Error("an ISO time was read from a number")
	}
}
