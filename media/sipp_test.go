package media_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/media/rtp"
	"tandem/voice"
)

// TestSippCallsIn has a caller who is not of our making: sipp 3.6 or later
// must be installed.
func TestSippCallsIn(t *testing.T) {
	c := newCenter(t, nil, nil)
	dir := t.TempDir()
	tone := make([]byte, 2*rtp.SampleRateHz)
	rtp.PCMU.Encode(tone, sine(600, 6000, len(tone)))
	toneFile := filepath.Join(dir, "tone.pcmu")
	if err := os.WriteFile(toneFile, tone, 0o600); err != nil {
		t.Fatal(err)
	}
	scenario, err := os.ReadFile(filepath.Join("testdata", "sipp_caller.xml"))
	if err != nil {
		t.Fatal(err)
	}
	scenarioFile := filepath.Join(dir, "caller.xml")
	if err := os.WriteFile(scenarioFile, []byte(strings.Replace(string(scenario), `"TONE,`, `"`+toneFile+`,`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	sipp := exec.CommandContext(ctx, "sipp", c.sipAddr, "-sf", scenarioFile, "-s", "030123456",
		"-i", "127.0.0.1", "-m", "1", "-nostdin", "-timeout", "20")
	sipp.Dir = dir
	var ended error
	done := make(chan struct{})
	go func() {
		defer close(done)
		var output []byte
		if output, ended = sipp.CombinedOutput(); ended != nil {
			t.Errorf("sipp: %v\n%s", ended, output)
		}
	}()
	defer func() { <-done }()

	arrived := c.expect(voice.CallArrived, tandem.ID{})
	if arrived.From != "+4989654321" || arrived.To != "+4930123456" {
		t.Errorf("the call arrived as %+v", arrived)
	}
	room := roomOf(1, voice.Leg{ID: arrived.Leg, Role: voice.Customer, Wish: voice.WishAnswered})
	room.Plays = []voice.Play{{
		ID: id("play"), Listener: arrived.Leg, Items: []voice.Prompt{{Text: "Press one."}},
		Collect: &voice.Collect{MaxDigits: 1, FirstDigitMillis: patience.Milliseconds()},
	}}
	room.Record = &voice.Recording{ID: id("recording"), Customer: true}
	c.send(room)
	if played := c.expect(voice.PlayEnded, tandem.ID{}); played.Outcome != voice.PlayDigits || played.Digits != "1" {
		t.Errorf("the play ended with %+v", played)
	}
	room.Rev, room.Ended = 2, true
	c.send(room)
	recorded := c.expect(voice.RecordingEnded, tandem.ID{})
	left, _ := stereo(t, filepath.Join(c.data, "blobs", filepath.FromSlash(recorded.Location)))
	checkTones(t, "left", loudest(left, 600), 600, 1000)
	select {
	case <-done:
	case <-time.After(patience):
		t.Error("sipp does not end")
	}
}
