package kustomer

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/connector/connectortest"
	"tandem/event"
	standin "tandem/standin/kustomer"
)

func TestWriteForWhoIsOfflineSaysWhatToDo(t *testing.T) {
	d := sit(t, func(c *standin.Config) { c.Users[0].StatusID = "" })
	ended := d.write(standin.StatusAvailable, 0)
	if ended.Outcome != event.WriteRefused || !strings.Contains(ended.Detail, "ask them") {
		t.Errorf("the write ends as %+v, want refused, with what to do", ended)
	}
	if ended := d.write(standin.StatusOffline, 0); ended.Outcome != event.WriteDone {
		t.Errorf("offline for who is offline ends as %+v, want done", ended)
	}
	if n := len(d.org.Server.Requests("PUT", "")); n != 0 {
		t.Errorf("%d requests that cannot succeed", n)
	}
}

// TestWriteOfOfflineEndsTheShift holds that an ended work session is never
// written to, and that the agent's next one is found.
func TestWriteOfOfflineEndsTheShift(t *testing.T) {
	d := sit(t, nil)
	d.sees()
	if ended := d.write(standin.StatusOffline, 0); ended.Outcome != event.WriteDone || d.org.Shows(d.agent) != standin.StatusOffline {
		t.Fatalf("the write ends as %+v, and %s is shown", ended, d.org.Shows(d.agent))
	}
	d.clock.Advance(time.Second)
	if ended := d.write(lunch, 0); ended.Outcome != event.WriteRefused {
		t.Errorf("a write after the shift ends as %+v, want refused", ended)
	}
	d.does(d.org.SetStatusByHand(d.agent, training))
	if ended := d.write(lunch, 0); ended.Outcome != event.WriteDone || d.org.Shows(d.agent) != lunch {
		t.Errorf("a write in the next shift ends as %+v", ended)
	}
}

func TestWriteIntoAShiftThatEndedUnseenIsDecidedAnew(t *testing.T) {
	d := sit(t, nil)
	seen := d.sees()
	d.does(d.org.SetStatusByHand(d.agent, standin.StatusOffline))
	d.does(d.org.SetStatusByHand(d.agent, training))
	ended := d.write(lunch, seen.Version)
	if o, _ := d.core.last(t); ended.Outcome != event.WriteRetry || o.Remote != training || o.Version <= seen.Version {
		t.Errorf("the write ends as %+v after %+v was observed, want retry, and what the agent chose", ended, o)
	}
	if d.org.Shows(d.agent) != training {
		t.Error("what the agent chose unseen was written over")
	}
	o, _ := d.core.last(t)
	if ended := d.write(lunch, o.Version); ended.Outcome != event.WriteDone || ended.Version <= o.Version {
		t.Errorf("decided anew the write ends as %+v, want done, and newer", ended)
	}
}

func TestRefusalTellsItsCause(t *testing.T) {
	d := sit(t, nil)
	d.sees()
	for status, want := range map[string]string{"no such status": "there is none with this id", training: "switched off"} {
		d.does(d.org.SwitchStatus(training, true))
		if ended := d.write(status, 0); ended.Outcome != event.WriteRefused || !strings.Contains(ended.Detail, want) {
			t.Errorf("%q ends as %+v, want refused because of %q", status, ended, want)
		}
	}
}

// TestOurOwnWriteIsNoNews holds that what a write's answer told is not told
// again by the next look.
func TestOurOwnWriteIsNoNews(t *testing.T) {
	d := sit(t, nil)
	d.sees()
	d.clock.Advance(time.Second)
	ended := d.write(lunch, 0)
	_, before := d.core.last(t)
	d.clock.Advance(time.Second)
	d.sees()
	if o, n := d.core.last(t); n != before || ended.Version <= o.Version {
		t.Errorf("%d observations after a write of version %d, last %+v; want none", n-before, ended.Version, o)
	}
}

func TestFailureSaysWhatBecameOfTheWrite(t *testing.T) {
	k, _ := connectorFor(t, connectortest.NewClock(began), "http://127.0.0.1:1", nil)
	answered := func(status int) error { return &failure{status: status, sent: true, detail: "x"} }
	tests := []struct {
		name string
		err  error
		want event.WriteOutcome
	}{
		{"400", answered(400), event.WriteRefused}, {"403", answered(403), event.WriteRefused}, {"404", answered(404), event.WriteRefused},
		{"422", answered(422), event.WriteRefused}, {"302", answered(302), event.WriteRefused}, {"408", answered(408), event.WriteUnknown},
		{"409", answered(409), event.WriteRetry}, {"429", &failure{status: 429, sent: true, until: began.Add(time.Minute)}, event.WriteRetry},
		{"500", answered(500), event.WriteUnknown}, {"502", answered(502), event.WriteUnknown}, {"504", answered(504), event.WriteUnknown},
		{"503", answered(503), event.WriteRetry}, {"200 unreadable", answered(200), event.WriteUnknown},
		{"no answer", &failure{sent: true}, event.WriteUnknown}, {"no connection", &failure{}, event.WriteRetry},
		{"no access", &credentialError{answered(401)}, event.WriteRetry}, {"stopping", errors.New("x"), event.WriteRetry},
	}
	for _, tt := range tests {
		ended := k.failed("1", tt.err)
		if ended.Outcome != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, ended.Outcome, tt.want)
		}
		if later := ended.RetryAt > tandem.At(began); later != (tt.want != event.WriteRefused) {
			t.Errorf("%s: RetryAt is %s", tt.name, ended.RetryAt)
		}
	}
}

// TestPageInAnswerToAWriteIsReadBack holds that a write which a web page
// answers may have been made.
func TestPageInAnswerToAWriteIsReadBack(t *testing.T) {
	for name, fault := range map[string]standin.Fault{
		"a page": {Status: 200, Body: "<html>Welcome</html>"}, "nothing": {Status: 200, Empty: true}, "other JSON": {Status: 200, Body: `{}`, ContentType: "application/json"},
	} {
		d := sit(t, nil)
		seen := d.sees()
		fault.Method = "PUT"
		if err := d.org.Server.Break(fault); err != nil {
			t.Fatal(err)
		}
		if ended := d.write(lunch, seen.Version); ended.Outcome != event.WriteUnknown || ended.Detail == "" {
			t.Errorf("%s: the write ends as %+v, want unknown", name, ended)
		}
		if ended := d.write(lunch, seen.Version); ended.Outcome != event.WriteDone || d.org.Shows(d.agent) != lunch {
			t.Errorf("%s: the next one ends as %+v", name, ended)
		}
		if looks := len(d.org.Server.Requests("GET", sessionsPath+"/")); looks == 0 {
			t.Errorf("%s: nobody looked before the next write", name)
		}
	}
}
