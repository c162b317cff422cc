package room

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"tandem"
	"tandem/media/rtp"
	"tandem/voice"
)

const second = 1000 / rtp.FrameMillis // in frames

// singer is a member that sings one tone and keeps what it hears.
type singer struct {
	hz      int
	at      int // samples sung
	heard   []int16
	pressed chan rtp.Digit
}

func newSinger(hz int) *singer { return &singer{hz: hz, pressed: make(chan rtp.Digit, 8)} }

func (s *singer) Receive(f *rtp.Frame) {
	for i := range f {
		f[i] = int16(2000 * math.Sin(2*math.Pi*float64(s.hz*s.at)/rtp.SampleRateHz))
		s.at++
	}
}

func (s *singer) Send(f *rtp.Frame)        { s.heard = append(s.heard, f[:]...) }
func (s *singer) Skip(int)                 {}
func (s *singer) Digits() <-chan rtp.Digit { return s.pressed }

// tones are those of the pitches that sound in one second of samples.
func tones(samples []int16, pitches []int) []int {
	var out []int
	for _, hz := range pitches {
		c := 2 * math.Cos(2*math.Pi*float64(hz)/rtp.SampleRateHz)
		var s1, s2 float64
		for _, x := range samples {
			s1, s2 = float64(x)+c*s1-s2, s1
		}
		if 2*math.Sqrt(max(s1*s1+s2*s2-c*s1*s2, 0))/float64(len(samples)) > 100 {
			out = append(out, hz)
		}
	}
	return out
}

// choir is a call of six parties, who sing 300 to 800 Hz, and five monitors,
// who sing 900 to 1300 Hz. A leg is named by its pitch. The customer is 300,
// outside parties are 400 and 500, agents 600, 700 and 800.
type choir struct {
	room  *Room
	legs  []*singer
	tape  *stereoTape
	pitch []int
}

func (c *choir) role(hz int) voice.Role {
	switch {
	case hz == 300:
		return voice.Customer
	case hz <= 500:
		return voice.Outside
	case hz <= 800:
		return voice.Agent
	}
	return voice.Monitor
}

func newChoir() *choir {
	c := &choir{room: still(), tape: &stereoTape{}}
	for hz := 300; hz <= 1300; hz += 100 {
		leg := newSinger(hz)
		c.legs, c.pitch = append(c.legs, leg), append(c.pitch, hz)
		c.room.Join(id(hz), c.role(hz), leg)
	}
	return c
}

// conference lets all parties hear each other, and monitors hear them, but for
// the paths that are not wanted.
func (c *choir) conference(without func(speaker, listener int) bool) []voice.Path {
	var mix []voice.Path
	for _, speaker := range c.pitch {
		for _, listener := range c.pitch {
			if speaker != listener && !without(speaker, listener) {
				mix = append(mix, voice.Path{Speaker: id(speaker), Listener: id(listener)})
			}
		}
	}
	return mix
}

func (c *choir) sing(frames int) {
	c.tape.left, c.tape.right = nil, nil
	for _, leg := range c.legs {
		leg.heard = nil
	}
	for range frames {
		c.room.step(0)
	}
}

func (c *choir) others(hz int, voices ...int) []int {
	return slices.DeleteFunc(slices.Clone(voices), func(v int) bool { return v == hz })
}

type stereoTape struct{ left, right []int16 }

func (s *stereoTape) Write(customer, agent *rtp.Frame) {
	s.left, s.right = append(s.left, customer[:]...), append(s.right, agent[:]...)
}
func (s *stereoTape) Skip(int) {}

func isMonitor(hz int) bool { return hz >= 900 }

func TestSixPartiesAndFiveMonitorsHearWhomTheyShould(t *testing.T) {
	for name, c := range map[string]struct {
		without func(speaker, listener int) bool
		silent  []int // heard by nobody
		deaf    []int // hear nobody
		barged  []int // monitors that are heard
	}{
		"monitors listen": {without: func(s, _ int) bool { return isMonitor(s) }},
		"a party is muted": {
			without: func(s, _ int) bool { return isMonitor(s) || s == 700 }, silent: []int{700},
		},
		"two are on hold": {
			without: func(s, l int) bool { return isMonitor(s) || s == 300 || l == 300 || s == 400 || l == 400 },
			silent:  []int{300, 400}, deaf: []int{300, 400},
		},
		"a monitor barges in": {
			without: func(s, _ int) bool { return isMonitor(s) && s != 1100 }, barged: []int{1100},
		},
	} {
		t.Run(name, func(t *testing.T) {
			choir := newChoir()
			choir.room.SetMix(choir.conference(c.without))
			choir.sing(second)
			voices := append([]int{300, 400, 500, 600, 700, 800}, c.barged...)
			voices = slices.DeleteFunc(voices, func(hz int) bool { return slices.Contains(c.silent, hz) })
			for _, leg := range choir.legs {
				want := choir.others(leg.hz, voices...)
				if slices.Contains(c.deaf, leg.hz) {
					want = nil
				}
				if got := tones(leg.heard, choir.pitch); !slices.Equal(got, want) {
					t.Errorf("%d hears %v, want %v", leg.hz, got, want)
				}
			}
		})
	}
}

func TestPathListedTwiceIsNoLouder(t *testing.T) {
	r, a, b := still(), newSpeaker(10), newSpeaker(1)
	r.Join(id(1), voice.Customer, a)
	r.Join(id(2), voice.Agent, b)
	r.SetMix([]voice.Path{{Speaker: id(1), Listener: id(2)}, {Speaker: id(1), Listener: id(2)}})
	r.step(0)
	if b.heard != 10 {
		t.Errorf("it hears %d, want 10", b.heard)
	}
}

func TestRecordingKeepsTheSidesApartAndLeavesOutWhomItShould(t *testing.T) {
	listening := func(s, _ int) bool { return isMonitor(s) }
	barged := func(s, _ int) bool { return isMonitor(s) && s != 1100 }
	toMonitors := func(s, l int) bool { return isMonitor(s) && (s != 1100 || !isMonitor(l)) }
	for name, c := range map[string]struct {
		want        voice.Recording
		without     func(speaker, listener int) bool
		left, right []int
	}{
		"both sides":         {voice.Recording{Customer: true, Agent: true}, listening, []int{300, 400, 500}, []int{600, 700, 800}},
		"agents only":        {voice.Recording{Agent: true}, listening, nil, []int{600, 700, 800}},
		"a barged monitor":   {voice.Recording{Customer: true, Agent: true}, barged, []int{300, 400, 500}, []int{600, 700, 800, 1100}},
		"monitors chatting":  {voice.Recording{Customer: true, Agent: true}, toMonitors, []int{300, 400, 500}, []int{600, 700, 800}},
		"suspended":          {voice.Recording{Customer: true, Agent: true, Suspended: true}, listening, nil, nil},
		"two on hold":        {voice.Recording{Customer: true, Agent: true, Held: []tandem.ID{id(300), id(700)}}, listening, []int{400, 500}, []int{600, 800}},
		"held while barging": {voice.Recording{Customer: true, Agent: true, Held: []tandem.ID{id(1100)}}, barged, []int{300, 400, 500}, []int{600, 700, 800}},
	} {
		t.Run(name, func(t *testing.T) {
			choir := newChoir()
			choir.room.SetMix(choir.conference(c.without))
			choir.room.Record(choir.tape, c.want)
			choir.sing(second)
			if len(choir.tape.left) != rtp.SampleRateHz {
				t.Errorf("%d samples are written, want a second", len(choir.tape.left))
			}
			if got := tones(choir.tape.left, choir.pitch); !slices.Equal(got, c.left) {
				t.Errorf("the left has %v, want %v", got, c.left)
			}
			if got := tones(choir.tape.right, choir.pitch); !slices.Equal(got, c.right) {
				t.Errorf("the right has %v, want %v", got, c.right)
			}
		})
	}
}

func TestLegThatJoinsAgainTakesTheRole(t *testing.T) {
	r, recorded, leg := still(), &tape{}, newSpeaker(5)
	r.Join(id(1), voice.Agent, leg)
	r.Join(id(1), voice.Outside, leg)
	r.Record(recorded, voice.Recording{Customer: true, Agent: true})
	r.step(0)
	if recorded.left != 5 || recorded.right != 0 || leg.frames != 1 {
		t.Errorf("left has %d and right %d, and %d frames were heard at a tick", recorded.left, recorded.right, leg.frames)
	}
}

// counting is a loader whose samples tell how far a play has come: the n-th
// 20 ms of "100" is 100+n.
func counting(_ context.Context, p voice.Prompt) ([]int16, error) {
	var first, length int16 = 0, 1000
	if _, err := fmt.Sscan(p.Prompt, &first); err != nil {
		return nil, err
	}
	var out []int16
	for n := range length {
		out = append(out, slices.Repeat([]int16{first + n}, rtp.FrameSamples)...)
	}
	return out, nil
}

// audience is a room of two legs that answered and are silent.
func audience() (r *Room, a, b *speaker) {
	r, a, b = still(), newSpeaker(0), newSpeaker(0)
	r.Join(id(1), voice.Customer, a)
	r.Join(id(2), voice.Agent, b)
	r.Answered(id(1))
	r.Answered(id(2))
	return r, a, b
}

func playTo(play, listener int, prompt string, collect *voice.Collect) voice.Play {
	return voice.Play{ID: id(play), Listener: id(listener), Items: []voice.Prompt{{Prompt: prompt}}, Collect: collect}
}

func TestPlaysOfTwoListenersDoNotDisturbEachOther(t *testing.T) {
	r, a, b := audience()
	s := &script{room: r, leg: a}
	collect := &voice.Collect{MaxDigits: 2, FirstDigitMillis: 1000, InterDigitMillis: 1000}
	first, second := playTo(91, 1, "1000", collect), playTo(92, 2, "5000", collect)
	r.SetPlays([]voice.Play{first, second}, counting, s.ended)
	r.awaitLoaded(t)
	s.run(3)
	if a.heard != 1002 || b.heard != 5002 {
		t.Fatalf("after three frames %d and %d are heard", a.heard, b.heard)
	}
	s.press("12") // the first listener's keys end the first play only
	s.run(1)
	if want := (PlayResult{Play: id(91), Outcome: voice.PlayDigits, Digits: "12", At: 60}); len(s.results) != 1 || s.results[0] != want {
		t.Fatalf("the results are %+v, want %+v", s.results, want)
	}
	third := playTo(93, 1, "2000", nil)
	r.SetPlays([]voice.Play{third, second}, counting, s.ended)
	r.awaitLoaded(t)
	s.run(1)
	if a.heard != 2000 || b.heard != 5004 {
		t.Errorf("%d and %d are heard, want a new play's beginning and the other's going on", a.heard, b.heard)
	}
	b.digits <- rtp.Digit{Key: '7', At: s.now}
	s.run(60)
	if len(s.results) != 2 || s.results[1].Play != id(92) || s.results[1].Digits != "7" || a.heard != 2060 {
		t.Errorf("the results are %+v, and %d is heard by the other", s.results, a.heard)
	}
}

func TestTwoPlaysMayEndAtOnce(t *testing.T) {
	r, a, b := audience()
	s := &script{room: r, leg: a}
	collect := &voice.Collect{MaxDigits: 1}
	r.SetPlays([]voice.Play{playTo(91, 1, "1000", collect), playTo(92, 2, "5000", collect)}, counting, s.ended)
	a.digits <- rtp.Digit{Key: '1'}
	b.digits <- rtp.Digit{Key: '2'}
	s.run(1)
	if len(s.results) != 2 || s.results[0].Digits != "1" || s.results[1].Digits != "2" {
		t.Errorf("the results are %+v", s.results)
	}
}

func TestPlayIsHeardBesidesTheOthers(t *testing.T) {
	r, a, b := audience()
	s := &script{room: r, leg: a}
	b.says = 10
	r.SetMix([]voice.Path{{Speaker: id(2), Listener: id(1)}})
	r.SetPlays([]voice.Play{playTo(91, 1, "1000", nil)}, counting, s.ended)
	r.awaitLoaded(t)
	s.run(1)
	if a.heard != 1010 {
		t.Errorf("%d is heard, want the play and the other leg: 1010", a.heard)
	}
}

func TestPlayWaitsUntilItsListenerHasAnswered(t *testing.T) {
	r, leg := still(), newSpeaker(0)
	s := &script{room: r, leg: leg}
	r.Join(id(1), voice.Agent, leg) // early media
	r.SetPlays([]voice.Play{playTo(91, 1, "1000", &voice.Collect{MaxDigits: 1})}, counting, s.ended)
	r.awaitLoaded(t)
	s.press("1")
	s.run(10)
	if leg.heard != 0 || len(s.results) != 0 {
		t.Fatalf("before the answer %d is heard, and the results are %+v", leg.heard, s.results)
	}
	r.Answered(id(1))
	s.run(1)
	if leg.heard != 1000 {
		t.Errorf("after the answer %d is heard, want the beginning", leg.heard)
	}
}

func TestOfTwoPlaysForOneListenerTheFirstCounts(t *testing.T) {
	r, a, _ := audience()
	s := &script{room: r, leg: a}
	r.SetPlays([]voice.Play{playTo(91, 1, "1000", nil), playTo(92, 1, "5000", nil)}, counting, s.ended)
	r.awaitLoaded(t)
	s.run(1)
	if a.heard != 1000 {
		t.Errorf("%d is heard", a.heard)
	}
}

func TestPlayThatGetsAnotherListenerBeginsAnewForThem(t *testing.T) {
	r, a, b := audience()
	s := &script{room: r, leg: b}
	r.SetPlays([]voice.Play{playTo(91, 1, "1000", nil)}, counting, s.ended)
	r.awaitLoaded(t)
	s.run(1)
	r.SetPlays([]voice.Play{playTo(91, 2, "1000", nil)}, counting, s.ended)
	r.Leave(id(1))
	r.awaitLoaded(t)
	s.run(1)
	if a.frames != 1 || b.heard != 1000 {
		t.Errorf("the one who left heard %d frames, and %d is heard by the other", a.frames, b.heard)
	}
}

func TestPlayOfALegThatLeavesEndsAloneAndSilently(t *testing.T) {
	r, a, b := audience()
	s := &script{room: r, leg: b}
	r.SetPlays([]voice.Play{playTo(91, 1, "1000", nil), playTo(92, 2, "5000", nil)}, counting, s.ended)
	r.awaitLoaded(t)
	s.run(1)
	r.Leave(id(1))
	s.run(1)
	if len(s.results) != 0 || b.heard != 5001 || a.frames != 1 {
		t.Errorf("the results are %+v; %d is heard by the other; the one that left heard %d frames", s.results, b.heard, a.frames)
	}
}
