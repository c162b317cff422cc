package media

import (
	"context"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/media/link"
	"tandem/media/recording"
	"tandem/media/rtp"
	"tandem/media/sdp"
	"tandem/media/sip"
	"tandem/voice"
)

func TestRouteTakesTheLongestPrefix(t *testing.T) {
	trunks := []Trunk{
		{Name: "world", Prefixes: []string{"+"}},
		{Name: "germany", Prefixes: []string{"+49", "+4930"}},
		{Name: "also germany", Prefixes: []string{"+49"}},
	}
	for number, want := range map[string]string{"+15551234": "world", "+4989123": "germany", "+4930123": "germany"} {
		if got := routes(trunks, number); got[0].Name != want {
			t.Errorf("%s goes to %s, want %s", number, got[0].Name, want)
		}
	}
	if got := routes(trunks, "110"); got != nil {
		t.Errorf("110 goes to %s, want nowhere", got[0].Name)
	}
}

func TestSourceBelongsToTheNarrowestTrunk(t *testing.T) {
	trunks := []Trunk{
		{Name: "wide", Allowed: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		{Name: "narrow", Allowed: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}},
	}
	for source, want := range map[string]string{"10.2.0.1": "wide", "10.1.0.1": "narrow", "::ffff:10.1.0.1": "narrow"} {
		if got := trunkOf(trunks, netip.MustParseAddr(source)); got == nil || got.Name != want {
			t.Errorf("%s belongs to %v, want %s", source, got, want)
		}
	}
	if got := trunkOf(trunks, netip.MustParseAddr("192.0.2.1")); got != nil {
		t.Errorf("a stranger belongs to %s", got.Name)
	}
}

func TestTrunkServesItsNumbers(t *testing.T) {
	trunk := Trunk{Numbers: []string{"+4930123", "+4989*"}}
	for number, want := range map[string]bool{"+4930123": true, "+49301234": false, "+4989": true, "+498977": true, "": false} {
		if got := trunk.serves(number); got != want {
			t.Errorf("%q is served: %v, want %v", number, got, want)
		}
	}
	if !(&Trunk{}).serves("anything") {
		t.Error("a trunk without numbers serves none")
	}
}

func TestTrunksAreChecked(t *testing.T) {
	for name, trunks := range map[string][]Trunk{
		"no name":        {{}},
		"same name":      {{Name: "a"}, {Name: "a"}},
		"no address":     {{Name: "a", Prefixes: []string{"+"}}},
		"broken address": {{Name: "a", Address: "host:x"}},
		"broken backup":  {{Name: "a", Address: "host", Backups: []string{":5060"}}},
		"only backups":   {{Name: "a", Backups: []string{"host"}}},
		"nobody":         {{Name: "a", Address: "host", Register: true}},
		"believes none":  {{Name: "a", Address: "host", Transport: sip.TLS}},
		"open keys":      {{Name: "a", Address: "host", Transport: sip.TCP, Secrecy: sdp.WhereItGoes}},
	} {
		if checkTrunks(trunks) == nil {
			t.Errorf("%s: it was accepted", name)
		}
	}
}

func TestNumbersBecomeE164WhereTheyCan(t *testing.T) {
	for _, c := range []struct{ received, region, want string }{
		{"+49 30 123456", "", "+4930123456"},
		{"030123456", "DE", "+4930123456"},
		{"tel:+4930123456;phone-context=x", "", "+4930123456"},
		{"004930123456", "DE", "+4930123456"},
		{"(202) 555-0123", "US", "+12025550123"},
		{"030123456", "", "030123456"},
		{"alice", "DE", "alice"},
		{"1-800-FLOWERS", "US", "1-800-FLOWERS"},
		{"", "DE", ""},
		{"110", "", "110"},
	} {
		if got := e164(c.received, c.region); got != c.want {
			t.Errorf("%q in %q is %q, want %q", c.received, c.region, got, c.want)
		}
	}
}

func FuzzE164(f *testing.F) {
	f.Add("+4930123456", "DE")
	f.Add("tel:030;x", "")
	f.Fuzz(func(t *testing.T, received, region string) {
		if got := e164(received, region); len(got) > maxNumberBytes {
			t.Errorf("%q became %q", received, got)
		}
	})
}

func TestCallerIsWhoATrustedTrunkAsserts(t *testing.T) {
	trusted, trunk := &Trunk{DefaultRegion: "DE", Trusted: true}, &Trunk{DefaultRegion: "DE"}
	from := sip.Party{User: "030111"}
	for name, c := range map[string]struct {
		trunk  *Trunk
		caller sip.Caller
		want   tandem.Personal
	}{
		"from":      {trusted, sip.Caller{From: sip.Party{User: "030123456"}}, "+4930123456"},
		"asserted":  {trusted, sip.Caller{From: from, Asserted: []sip.Party{{User: "030123456"}}}, "+4930123456"},
		"anonymous": {trusted, sip.Caller{From: from, Asserted: []sip.Party{{User: "030123456"}}, Anonymous: true}, ""},
		"untrusted": {trunk, sip.Caller{From: from, Asserted: []sip.Party{{User: "030123456"}}}, "+4930111"},
	} {
		if got := callerNumber(c.caller, c.trunk); got != c.want {
			t.Errorf("%s: the caller is %q, want %q", name, got, c.want)
		}
	}
}

func TestOwnWishIsTheCauseUnlessTheFarSideWasFirst(t *testing.T) {
	for _, c := range []struct {
		end  sip.End
		own  voice.Cause
		want voice.Cause
	}{
		{sip.End{Cause: sip.Hangup}, voice.CauseNoAnswer, voice.CauseNoAnswer},
		{sip.End{Cause: sip.Hangup, ByRemote: true}, voice.CauseNoAnswer, voice.CauseRemote},
		{sip.End{Cause: sip.Canceled, ByRemote: true}, voice.CauseNone, voice.CauseRemote},
		{sip.End{Cause: sip.Shutdown}, voice.CauseNone, voice.CauseShutdown},
		{sip.End{Cause: sip.Lost, ByRemote: true}, voice.CauseNone, voice.CauseLost},
		{sip.End{Cause: sip.NoAnswer, ByRemote: true, Status: 480}, voice.CauseNone, voice.CauseUnreachable},
		{sip.End{Cause: sip.NoAnswer}, voice.CauseNone, voice.CauseNoAnswer},
		{sip.End{Cause: sip.Timeout}, voice.CauseNone, voice.CauseUnreachable},
	} {
		if got := causeOf(c.end, c.own); got != c.want {
			t.Errorf("%+v with own cause %v is %v, want %v", c.end, c.own, got, c.want)
		}
	}
}

// RFC 3264 section 8.4, and the older way with the address 0.0.0.0.
func TestFarSideOnHoldIsNotSentTo(t *testing.T) {
	far, nowhere := netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("0.0.0.0:4000")
	for _, c := range []struct {
		stream        sdp.Stream
		send, receive bool
	}{
		{sdp.Stream{Remote: far, Direction: sdp.SendRecv}, true, true},
		{sdp.Stream{Remote: far, Direction: sdp.RecvOnly}, false, true},
		{sdp.Stream{Remote: far, Direction: sdp.Inactive}, false, false},
		{sdp.Stream{Remote: nowhere, Direction: sdp.SendRecv}, false, false},
	} {
		if s := session(c.stream); s.Send != c.send || s.Receive != c.receive {
			t.Errorf("%+v is sent to: %v, heard: %v; want %v and %v", c.stream, s.Send, s.Receive, c.send, c.receive)
		}
	}
}

func TestTombstonesAreForgottenAfterAnHour(t *testing.T) {
	stones, start := newTombstones[int](), time.Unix(0, 0)
	stones.add(tandem.NameID("test", "old"), 1, start)
	stones.add(tandem.NameID("test", "new"), 2, start.Add(time.Hour+time.Second))
	if _, ok := stones.get(tandem.NameID("test", "old")); ok {
		t.Error("the old one is remembered")
	}
	if how, ok := stones.get(tandem.NameID("test", "new")); !ok || how != 2 {
		t.Error("the new one is not")
	}
}

func TestRoomBeyondTheLimitsIsNamed(t *testing.T) {
	for want, room := range map[string]voice.Room{
		"":                {Legs: make([]voice.Leg, maxRoomLegs), Plays: make([]voice.Play, maxRoomLegs), Mix: make([]voice.Path, maxRoomPaths)},
		"legs":            {Legs: make([]voice.Leg, maxRoomLegs+1)},
		"paths":           {Mix: make([]voice.Path, maxRoomPaths+1)},
		"plays":           {Plays: make([]voice.Play, maxRoomLegs+1)},
		"items of a play": {Plays: []voice.Play{{}, {Items: make([]voice.Prompt, maxPlayItems+1)}}},
		"held legs":       {Record: &voice.Recording{Held: make([]tandem.ID, maxRoomLegs+1)}},
		"digits of a leg": {Legs: []voice.Leg{{Digits: strings.Repeat("1", rtp.MaxKeys+1)}}},
	} {
		if got := tooMuch(room); got != want {
			t.Errorf("beyond the limits is %q, want %q", got, want)
		}
	}
}

// A recording of an earlier life of the process does not count for one that is
// still open in the same room.
func TestEndedRoomWaitsForItsOwnRecording(t *testing.T) {
	room, earlier, now := tandem.NameID("test", "room"), tandem.NameID("test", "earlier"), tandem.NameID("test", "now")
	p := &Process{
		link: link.NewServer(link.ServerConfig{}), rooms: map[tandem.ID]*roomState{},
		recorded: newTombstones[voice.Report](), ended: newTombstones[voice.Report](),
	}
	r := p.newRoom()
	r.want = voice.Room{ID: room, Ended: true}
	r.closing[now] = true
	p.rooms[room] = r
	p.recordingEnded(recording.Result{Room: room, Recording: earlier})
	if p.rooms[room] == nil {
		t.Fatal("the room is forgotten before its recording ended")
	}
	p.recordingEnded(recording.Result{Room: room, Recording: now})
	if p.rooms[room] != nil {
		t.Error("the room is not forgotten")
	}
}

// While a recording that was stopped is on its way to the store, the core may
// ask for it again.
func TestRecordingThatWasStoppedIsNotBegunAgain(t *testing.T) {
	p := &Process{
		link: link.NewServer(link.ServerConfig{}), rooms: map[tandem.ID]*roomState{},
		recorded: newTombstones[voice.Report](), ended: newTombstones[voice.Report](),
	}
	dir := t.TempDir()
	var err error
	p.recordings, err = recording.Open(context.Background(), recording.Config{
		Dir: filepath.Join(dir, "recordings"), Bucket: recording.FileBucket(filepath.Join(dir, "blobs")),
		Log: slog.New(slog.DiscardHandler), Ended: p.recordingEnded,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := p.newRoom()
	defer r.mixer.Close()
	r.want.ID = tandem.NameID("test", "room")
	p.rooms[r.want.ID] = r
	record := func(want *voice.Recording) {
		r.want.Record = want
		p.reconcileRecording(r)
	}
	wanted := &voice.Recording{ID: tandem.NameID("test", "recording"), Customer: true}
	p.mu.Lock() // the end is not told before this is released
	record(wanted)
	record(nil)
	record(wanted)
	begun := r.recorder != nil
	record(nil)
	p.mu.Unlock()
	if err := p.recordings.Close(context.Background()); err != nil { // waits for the end
		t.Fatal(err)
	}
	if begun || p.link.Kept() != 1 || len(r.closing) != 0 {
		t.Errorf("it is begun again: %v; its end is told %d times", begun, p.link.Kept())
	}
}
