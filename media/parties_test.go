package media_test

import (
	"path/filepath"
	"slices"
	"testing"

	"tandem"
	"tandem/media"
	"tandem/voice"
)

// parties are a customer (440 Hz), an agent (1000 Hz) and somebody outside
// (300 Hz), each at a phone.
type parties struct {
	*center
	customer, agent, outside *phone
	room                     voice.Room // as sent last; its legs are in that order
}

// conference lets a call in and adds the two others to it.
func conference(t *testing.T, digits string) *parties {
	t.Helper()
	p := &parties{customer: newPhone(t, 440), agent: newPhone(t, 1000), outside: newPhone(t, 300)}
	p.center = newCenter(t, p.agent, func(cfg *media.Config) {
		there := cfg.Trunks[0]
		there.Name, there.Address, there.Prefixes = "outside", p.outside.address, []string{"+4989"}
		cfg.Trunks = append(cfg.Trunks, there)
	})
	agent, outside := outbound("agent", patience), outbound("outside", patience)
	outside.Role, outside.Target, outside.Digits = voice.Outside, "+4989888", digits
	p.room = roomOf(1, p.arrive(p.customer), agent, outside)
	p.send(p.room)
	for _, l := range p.room.Legs {
		p.expect(voice.LegAnswered, l.ID)
	}
	return p
}

// change sends the room anew, with the paths between legs by their numbers.
func (p *parties) change(paths [][2]int, record *voice.Recording, plays ...voice.Play) {
	p.room.Rev++
	p.room.Mix, p.room.Record, p.room.Plays = nil, record, plays
	for _, path := range paths {
		p.room.Mix = append(p.room.Mix, voice.Path{Speaker: p.room.Legs[path[0]].ID, Listener: p.room.Legs[path[1]].ID})
	}
	for _, phone := range []*phone{p.customer, p.agent, p.outside} {
		phone.forget()
	}
	p.send(p.room)
}

func (p *parties) end() {
	p.t.Helper()
	p.room.Rev++
	p.room.Ended = true
	p.send(p.room)
	p.expect(voice.RoomForgotten, tandem.ID{})
}

// hear waits for the tones that each party should hear, and no others.
func (p *parties) hear(when string, customer, agent, outside []float64) {
	p.t.Helper()
	eventually(p.t, when+" the customer hears whom it should", p.customer.hearsOnly(customer...))
	eventually(p.t, when+" the agent hears whom it should", p.agent.hearsOnly(agent...))
	eventually(p.t, when+" the one outside hears whom it should", p.outside.hearsOnly(outside...))
}

// recorded waits for a recording's end and returns the loudness of each pitch
// in its loudest half second.
func (p *parties) recorded(name string) (left, right []float64) {
	p.t.Helper()
	var report voice.Report
	eventually(p.t, "the recording "+name+" ends", func() bool {
		found, ok := p.find(func(r voice.Report) bool { return r.Kind == voice.RecordingEnded && r.Recording == id(name) })
		report = found
		return ok
	})
	l, r := stereo(p.t, filepath.Join(p.data, "blobs", filepath.FromSlash(report.Location)))
	if len(l) < 4000 {
		p.t.Errorf("the recording %s has %d samples", name, len(l))
	}
	for _, hz := range pitches {
		left, right = append(left, loudness(loudest(l, hz), hz)), append(right, loudness(loudest(r, hz), hz))
	}
	return left, right
}

func (p *parties) checkRecording(name string, wantLeft, wantRight []float64) {
	p.t.Helper()
	left, right := p.recorded(name)
	for i, hz := range pitches {
		for _, side := range []struct {
			name string
			loud float64
			want bool
		}{{"left", left[i], slices.Contains(wantLeft, hz)}, {"right", right[i], slices.Contains(wantRight, hz)}} {
			if side.want && side.loud < 3000 || !side.want && side.loud > 300 {
				p.t.Errorf("the recording %s has %.0f Hz on the %s at %.0f; wanted: %v", name, hz, side.name, side.loud, side.want)
			}
		}
	}
}

// find is the first report that is wanted.
func (c *center) find(wanted func(voice.Report) bool) (voice.Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.reports, wanted)
	if i < 0 {
		return voice.Report{}, false
	}
	return c.reports[i], true
}

// A conference, then the customer on hold with music, then the agent muted;
// each has a recording of its own: whole, without the held leg, suspended.
func TestThreePartiesTalkHoldAndMute(t *testing.T) {
	p := conference(t, "")
	all := [][2]int{{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}}
	p.change(all, &voice.Recording{ID: id("whole"), Customer: true, Agent: true})
	p.hear("in the conference", []float64{300, 1000}, []float64{300, 440}, []float64{440, 1000})

	customer := p.room.Legs[0].ID
	music := voice.Play{ID: id("music"), Listener: customer, Items: []voice.Prompt{{Prompt: "tone.wav"}}, Loop: true}
	p.change([][2]int{{1, 2}, {2, 1}}, &voice.Recording{ID: id("held"), Customer: true, Agent: true, Held: []tandem.ID{customer}}, music)
	p.hear("on hold", []float64{700}, []float64{300}, []float64{1000})

	p.change([][2]int{{0, 1}, {0, 2}, {2, 0}, {2, 1}}, &voice.Recording{ID: id("suspended"), Customer: true, Agent: true, Suspended: true})
	p.hear("with the agent muted", []float64{300}, []float64{300, 440}, []float64{440})

	p.end()
	p.checkRecording("whole", []float64{300, 440}, []float64{1000})
	p.checkRecording("held", []float64{300}, []float64{1000})
	p.checkRecording("suspended", nil, nil)
	p.checkNumbers()
}

// A supervisor at the third phone hears both without being heard, then barges
// in and is recorded with the agent.
func TestMonitorListensThenBargesIn(t *testing.T) {
	p := conference(t, "")
	p.room.Legs[2].Role = voice.Monitor
	p.change([][2]int{{0, 1}, {1, 0}, {0, 2}, {1, 2}}, &voice.Recording{ID: id("listening"), Customer: true, Agent: true})
	p.hear("while monitored", []float64{1000}, []float64{440}, []float64{440, 1000})
	p.change([][2]int{{0, 1}, {1, 0}, {0, 2}, {1, 2}, {2, 0}, {2, 1}}, &voice.Recording{ID: id("barged"), Customer: true, Agent: true})
	p.hear("after barging in", []float64{300, 1000}, []float64{300, 440}, []float64{440, 1000})
	p.end()
	p.checkRecording("listening", []float64{440}, []float64{1000})
	p.checkRecording("barged", []float64{440}, []float64{300, 1000})
}

func TestTwoListenersHaveAPlayEach(t *testing.T) {
	p := conference(t, "")
	collect := &voice.Collect{MaxDigits: 1, FirstDigitMillis: patience.Milliseconds()}
	tone := []voice.Prompt{{Prompt: "tone.wav"}}
	first := voice.Play{ID: id("first"), Listener: p.room.Legs[0].ID, Items: tone, Collect: collect}
	second := voice.Play{ID: id("second"), Listener: p.room.Legs[1].ID, Items: tone, Collect: collect}
	p.change(nil, nil, first, second)
	p.hear("while both play", []float64{700}, []float64{700}, nil)
	ended := func(play, digits string) {
		t.Helper()
		eventually(t, play+" play ends with its digit", func() bool {
			r, ok := p.find(func(r voice.Report) bool { return r.Kind == voice.PlayEnded && r.Play == id(play) })
			return ok && r.Outcome == voice.PlayDigits && string(r.Digits) == digits && r.Room == p.room.ID
		})
	}
	p.agent.press('2')
	ended("second", "2")
	if n := p.count(voice.PlayEnded); n != 1 {
		t.Errorf("%d plays ended, want the second alone", n)
	}
	p.change(nil, nil, first)
	p.hear("after the second play", []float64{700}, nil, nil)
	p.customer.press('1')
	ended("first", "1")
}

func TestDigitsAreSentOnceAfterTheAnswer(t *testing.T) {
	p := conference(t, "1,#")
	eventually(t, "the digits come", p.outside.is(func(f *phone) bool { return f.keys == "1#" }))
	p.change([][2]int{{0, 2}}, nil)
	p.hear("afterwards", nil, nil, []float64{440})
	if !p.outside.is(func(f *phone) bool { return f.keys == "1#" })() || p.agent.keys != "" {
		t.Errorf("the keys that came are %q and %q", p.outside.keys, p.agent.keys)
	}
}

func TestRoomBeyondTheLimitsStillEnds(t *testing.T) {
	caller := newPhone(t, 440)
	c := newCenter(t, nil, nil)
	leg := c.arrive(caller)
	c.send(roomOf(1, leg))
	c.expect(voice.LegAnswered, leg.ID)
	broken := roomOf(2)
	broken.Legs = make([]voice.Leg, 1000)
	c.client.Send(broken)
	broken.Rev, broken.Ended = 3, true
	c.send(broken)
	c.expect(voice.RoomForgotten, tandem.ID{})
	eventually(t, "the caller is hung up", caller.is(hasEnded))
}
