package forecast_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/event"
	"tandem/world/forecast"
)

func TestArrivalsAreReadAsWritten(t *testing.T) {
	c := newFirm(t, "Support", "Sales, new").config()
	all, err := forecast.ReadArrivals(strings.NewReader("\ufeffHandle,to,Time,age,patience,channel,priority\n"+
		"60,Support,09:30,,,,\n# a remark\n1m30.5s,\"Sales, new\",09:00:00.250,-5,forever,chat,3\n,+14155550100,2026-03-02T10:00:00+02:00,,12.345,VOICE,\n"), c, midnight)
	if err != nil {
		t.Fatal(err)
	}
	want := []forecast.Arrival{
		{At: at("08:00:00"), Number: "+14155550100", Channel: event.Voice, PatienceMillis: 12_345},
		{At: at("09:00:00").Add(250), QueueID: named("Sales, new"), Channel: event.Chat, HandleMillis: 90_500, AgeMillis: -5_000, PatienceMillis: forecast.Forever, Priority: 3},
		{At: at("09:30:00"), QueueID: named("Support"), Channel: event.Voice, HandleMillis: 60_000},
	}
	if !equal(all, want) {
		t.Errorf("got %+v", all)
	}
	var out bytes.Buffer
	if err := forecast.WriteArrivals(&out, c, all, time.UTC); err != nil {
		t.Fatal(err)
	}
	again, err := forecast.ReadArrivals(&out, c, midnight)
	if err != nil || !equal(again, want) {
		t.Errorf("written and read again: %+v, %v", again, err)
	}
}

// equal compares what a file tells.
func equal(a, b []forecast.Arrival) bool {
	return slices.EqualFunc(a, b, func(x, y forecast.Arrival) bool {
		return x.At == y.At && x.QueueID == y.QueueID && x.Number == y.Number && x.Channel == y.Channel && x.HandleMillis == y.HandleMillis &&
			x.PatienceMillis == y.PatienceMillis && x.Priority == y.Priority && x.AgeMillis == y.AgeMillis
	})
}

func TestWrongLinesAreNamed(t *testing.T) {
	c := newFirm(t, "Support").config()
	for text, want := range map[string]string{
		"":                                  "the file has no arrivals",
		"time,to,handle\n":                  "the file has no arrivals",
		"time,to\n":                         `line 1: the column "handle" is missing`,
		"time,to,handle,colour\n":           `line 1: there is no column "colour"; there are: time, to,`,
		"time,to,handle,to\n":               `line 1: the column "to" is there twice`,
		"09:00,Support,60\n09:01,Support\n": "line 2: it has 2 values, not 3: time, to, handle",
		"noon,Support,60\n":                 `line 1: the time is "noon"; write it as`,
		"09:00,Suport,60\n":                 `line 1: there is no queue "Suport"; there are: BasicQueue, Support`,
		"09:00,+1999,60\n":                  "line 1: the number +1999 starts no flow here; there is: +14155550100",
		"09:00,Support,-3\n":                `line 1: handle is "-3"; it must be seconds or a duration`,
		"09:00,Support,0\n":                 `line 1: handle is "0"; it must be`,
		"09:00,Support,9999999\n":           `line 1: handle is "9999999"; it must be`,
		"09:00,\"Support,60\n":              "line 1", // the quote does not end
		"time,to,handle,channel\n09:00,Support,6,fax\n":         `line 2: the channel is "fax"; it must be VOICE, CHAT or TASK`,
		"time,to,handle,channel\n\n09:00,+14155550100,6,CHAT\n": "line 3: a chat cannot call a number; name a queue",
		"time,to,handle,priority\n09:00,Support,6,0\n":          `line 2: the priority is "0"; it must be 1 to`,
	} {
		if _, err := forecast.ReadArrivals(strings.NewReader(text), c, midnight); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestWrongShiftsAreNamed(t *testing.T) {
	f := newFirm(t, "Support")
	f.hire("agent", 1, "Support")
	for text, want := range map[string]string{
		"username,from,to\n":            "the file has no shifts",
		"agent1,09:00,08:00\n":          "line 1: the shift ends at 08:00, before it begins",
		"nobody,09:00,10:00\n":          `line 1: there is no user "nobody"`,
		"agent1,09:00,10:00\nagent1,x,": `line 2: the time is "x"`,
	} {
		if _, err := forecast.ReadShifts(strings.NewReader(text), f.config(), midnight); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func TestRatesAreRead(t *testing.T) {
	c := newFirm(t, "Support", "A=B").config()
	for text, want := range map[string]forecast.Rate{
		"Support=120,270": {QueueID: named("Support"), PerHour: 120, MeanHandleMillis: 270_000},
		"support=1,4m30s": {QueueID: named("Support"), PerHour: 1, MeanHandleMillis: 270_000},
		"A=B=5,0.5":       {QueueID: named("A=B"), PerHour: 5, MeanHandleMillis: 500},
	} {
		if r, err := forecast.ParseRate(text, c); err != nil || r != want {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
	}
	for text, want := range map[string]string{
		"Support":          "must be as in: Support=120,270",
		"=3,4":             "must be as in",
		"Support=120":      "must be as in",
		"Nobody=120,270":   `there is no queue "Nobody"`,
		"Support=0,270":    `has "0" calls in an hour; it must be 1 to`,
		"Support=many,270": `has "many" calls in an hour`,
		"Support=120,":     "has no mean handling time",
		"Support=120,long": `the mean handling time is "long"`,
	} {
		if _, err := forecast.ParseRate(text, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// FuzzArrivals holds that any text is read or refused with a line, and that what
// was read is read the same when it is written.
func FuzzArrivals(f *testing.F) {
	f.Add("09:00,Support,60\n")
	f.Add("time,to,handle,channel,priority,age,patience\n2026-03-02T09:00:00.5Z,support,1h,TASK,9,-3.25,forever\n")
	f.Add("time,to,handle\n09:00:00.001,+14155550100,\n\"09:00\",\"Support\",\"1\"\n")
	c := newFirm(f, "Support").config()
	f.Fuzz(func(t *testing.T, text string) {
		all, err := forecast.ReadArrivals(strings.NewReader(text), c, midnight)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := forecast.WriteArrivals(&out, c, all, time.UTC); err != nil {
			t.Fatal(err)
		}
		written := out.String()
		again, err := forecast.ReadArrivals(&out, c, midnight)
		if err != nil || !equal(all, again) {
			t.Errorf("%q was read as %+v, written as %q and read as %+v, %v", text, all, written, again, err)
		}
	})
}
