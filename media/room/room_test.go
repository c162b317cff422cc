package room

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/media/rtp"
	"tandem/voice"
)

// speaker is a member that says one value and keeps what it hears last.
type speaker struct {
	says    int16
	digits  chan rtp.Digit
	mu      sync.Mutex
	heard   int16
	frames  int
	skipped int
}

func newSpeaker(says int16) *speaker { return &speaker{says: says, digits: make(chan rtp.Digit, 8)} }

func (s *speaker) Receive(f *rtp.Frame) {
	for i := range f {
		f[i] = s.says
	}
}

func (s *speaker) Send(f *rtp.Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = f[0]
	s.frames++
}

func (s *speaker) Skip(frames int)          { s.skipped += frames }
func (s *speaker) Digits() <-chan rtp.Digit { return s.digits }

func (s *speaker) heardLast() (value int16, frames int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard, s.frames
}

// still is a room without its goroutine: the test steps it.
func still() *Room { return &Room{lateness: &Lateness{}} }

func id(n int) tandem.ID { return tandem.NameID("test", fmt.Sprint(n)) }

// Every mode of a contact is a set of paths: hold, listening in, whisper,
// conference.
func TestListenersHearWhomTheMatrixSays(t *testing.T) {
	const customer, agent, supervisor = 1, 10, 100
	for name, c := range map[string]struct {
		paths [][2]int // speaker, listener
		want  [3]int16 // heard by customer, agent, supervisor
	}{
		"silence":    {nil, [3]int16{0, 0, 0}},
		"talk":       {[][2]int{{1, 10}, {10, 1}}, [3]int16{10, 1, 0}},
		"mute":       {[][2]int{{1, 10}}, [3]int16{0, 1, 0}},
		"listen in":  {[][2]int{{1, 10}, {10, 1}, {1, 100}, {10, 100}}, [3]int16{10, 1, 11}},
		"whisper":    {[][2]int{{1, 10}, {10, 1}, {1, 100}, {10, 100}, {100, 10}}, [3]int16{10, 101, 11}},
		"conference": {[][2]int{{1, 10}, {1, 100}, {10, 1}, {10, 100}, {100, 1}, {100, 10}}, [3]int16{110, 101, 11}},
		"self":       {[][2]int{{1, 1}}, [3]int16{0, 0, 0}},
		"unknown":    {[][2]int{{7, 1}, {1, 7}}, [3]int16{0, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			r := still()
			members := []*speaker{newSpeaker(customer), newSpeaker(agent), newSpeaker(supervisor)}
			var mix []voice.Path
			for _, p := range c.paths {
				mix = append(mix, voice.Path{Speaker: id(p[0]), Listener: id(p[1])})
			}
			r.SetMix(mix)
			for _, m := range members {
				r.Join(id(int(m.says)), voice.Agent, m)
			}
			r.step(0)
			for i, m := range members {
				if m.heard != c.want[i] {
					t.Errorf("member %d hears %d, want %d", m.says, m.heard, c.want[i])
				}
			}
		})
	}
}

func TestLoudVoicesAreClippedNotWrapped(t *testing.T) {
	r := still()
	a, b, c := newSpeaker(30000), newSpeaker(30000), newSpeaker(0)
	r.Join(id(1), voice.Agent, a)
	r.Join(id(2), voice.Agent, b)
	r.Join(id(3), voice.Customer, c)
	r.SetMix([]voice.Path{{Speaker: id(1), Listener: id(3)}, {Speaker: id(2), Listener: id(3)}})
	r.step(0)
	if c.heard != 32767 {
		t.Errorf("the sum is %d, want 32767", c.heard)
	}
}

// tape keeps the last frame of both channels.
type tape struct{ left, right int16 }

func (r *tape) Write(customer, agent *rtp.Frame) { r.left, r.right = customer[0], agent[0] }
func (r *tape) Skip(int)                         {}

func TestRecordingHasCustomerLeftAndAgentsRight(t *testing.T) {
	for _, c := range []struct {
		customer, agent bool
		left, right     int16
	}{{true, true, 1, 110}, {true, false, 1, 0}, {false, true, 0, 110}} {
		r, recorded := still(), &tape{}
		r.Join(id(1), voice.Customer, newSpeaker(1))
		r.Join(id(2), voice.Agent, newSpeaker(10))
		r.Join(id(3), voice.Agent, newSpeaker(100))
		r.Record(recorded, voice.Recording{Customer: c.customer, Agent: c.agent})
		r.step(0)
		if recorded.left != c.left || recorded.right != c.right {
			t.Errorf("with customer %v agent %v the channels are %d and %d, want %d and %d", c.customer, c.agent, recorded.left, recorded.right, c.left, c.right)
		}
	}
}

func TestWaitingLegIsHeardByNobodyWhateverTheMix(t *testing.T) {
	r, recorded := still(), &tape{}
	customer, agent := newSpeaker(1), newSpeaker(10)
	r.SetMix([]voice.Path{{Speaker: id(1), Listener: id(2)}, {Speaker: id(2), Listener: id(1)}})
	r.Join(id(1), voice.Customer, customer)
	r.Join(id(2), Waiting, agent)
	r.Record(recorded, voice.Recording{Customer: true, Agent: true})
	r.step(0)
	if customer.heard != 0 || agent.heard != 0 || agent.frames != 1 || recorded.right != 0 {
		t.Errorf("the customer hears %d, the agent %d, the recording %d; want silence", customer.heard, agent.heard, recorded.right)
	}
	r.Join(id(2), voice.Agent, agent)
	r.step(0)
	if customer.heard != 10 || agent.heard != 1 || recorded.right != 10 {
		t.Errorf("accepted, the customer hears %d, the agent %d, the recording %d", customer.heard, agent.heard, recorded.right)
	}
}

// script is a play in a still room with one listener: load is done at once.
type script struct {
	room    *Room
	leg     *speaker
	now     tandem.Time
	results []PlayResult
}

func begin(t *testing.T, p voice.Play, load Loader) *script {
	t.Helper()
	s := &script{room: still(), leg: newSpeaker(0)}
	s.room.Join(id(1), voice.Customer, s.leg)
	s.room.Answered(id(1))
	p.ID, p.Listener = id(99), id(1)
	s.room.SetPlays([]voice.Play{p}, load, s.ended)
	s.room.awaitLoaded(t)
	return s
}

func (s *script) ended(r PlayResult) { s.results = append(s.results, r) }

// awaitLoaded waits until the items of all plays are there.
func (r *Room) awaitLoaded(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if !slices.ContainsFunc(r.plays, (*play).loading) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the plays are not loaded")
		}
	}
}

func (p *play) loading() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.loaded && p.err == nil
}

func (s *script) run(frames int) {
	for range frames {
		s.now += 20
		s.room.step(s.now)
	}
}

func (s *script) press(keys string) {
	for _, k := range []byte(keys) {
		s.leg.digits <- rtp.Digit{Key: k, At: s.now}
	}
}

// frames is a loader whose prompts are named by their length: one "x" for each
// 20 ms, of the value 5.
func frames(_ context.Context, p voice.Prompt) ([]int16, error) {
	if p.Prompt == "missing" {
		return nil, errors.New("no such prompt")
	}
	return slices.Repeat([]int16{5}, len(p.Prompt)*rtp.FrameSamples), nil
}

func TestPlayEndsWhenAllItemsWereHeard(t *testing.T) {
	s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "xx"}, {Prompt: "x"}}}, frames)
	s.run(3)
	if s.leg.heard != 5 || len(s.results) != 0 {
		t.Fatalf("after three frames: heard %d, results %v", s.leg.heard, s.results)
	}
	s.run(1)
	if len(s.results) != 1 || s.results[0].Outcome != voice.PlayDone || s.leg.heard != 0 {
		t.Fatalf("after four frames: heard %d, results %v", s.leg.heard, s.results)
	}
}

func TestCollectedDigits(t *testing.T) {
	collect := voice.Collect{MaxDigits: 3, FirstDigitMillis: 1000, InterDigitMillis: 500, Terminators: "#"}
	for name, c := range map[string]struct {
		do      func(*script)
		outcome voice.PlayOutcome
		digits  tandem.Personal
		at      tandem.Time
	}{
		"as many as wanted":           {func(s *script) { s.press("123") }, voice.PlayDigits, "123", 0},
		"a terminator ends them":      {func(s *script) { s.press("12#") }, voice.PlayDigits, "12", 0},
		"a terminator alone":          {func(s *script) { s.press("#") }, voice.PlayDigits, "", 0},
		"a pause ends them":           {func(s *script) { s.press("12") }, voice.PlayDigits, "12", 500},
		"nothing comes":               {func(s *script) {}, voice.PlayTimeout, "", 60 + 1000},
		"after the end of the audio":  {func(s *script) { s.run(20); s.press("777") }, voice.PlayDigits, "777", 400},
		"more than wanted is dropped": {func(s *script) { s.press("12345") }, voice.PlayDigits, "123", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "xx"}}, Collect: &collect}, frames)
			c.do(s)
			s.run(100)
			if len(s.results) != 1 {
				t.Fatalf("there are %d results", len(s.results))
			}
			if r := s.results[0]; r.Outcome != c.outcome || r.Digits != c.digits || r.At != c.at {
				t.Errorf("the result is %+v, want outcome %d digits %q at %d", r, c.outcome, c.digits, c.at)
			}
		})
	}
}

func TestFirstDigitStopsTheAudio(t *testing.T) {
	s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "xxxxxxxx"}}, Collect: &voice.Collect{MaxDigits: 2, InterDigitMillis: 1000}}, frames)
	s.run(1)
	s.press("1")
	s.run(1)
	if s.leg.heard != 0 {
		t.Errorf("after the first digit %d is heard", s.leg.heard)
	}
}

func TestDigitEndsAPlayThatIsStillLoading(t *testing.T) {
	s := &script{room: still(), leg: newSpeaker(0)}
	s.room.Join(id(1), voice.Customer, s.leg)
	s.room.Answered(id(1))
	given := make(chan struct{})
	endless := func(ctx context.Context, _ voice.Prompt) ([]int16, error) {
		<-ctx.Done()
		close(given)
		return nil, ctx.Err()
	}
	s.room.SetPlays([]voice.Play{{ID: id(99), Listener: id(1), Items: []voice.Prompt{{Prompt: "x"}}, Collect: &voice.Collect{MaxDigits: 1}}}, endless, s.ended)
	s.press("1")
	s.run(1)
	select {
	case <-given:
	case <-time.After(10 * time.Second):
		t.Fatal("the loader was not told to stop")
	}
	if len(s.results) != 1 || s.results[0].Outcome != voice.PlayDigits || s.results[0].Err != nil {
		t.Errorf("the results are %+v", s.results)
	}
}

func TestLoopGoesOnUntilReplaced(t *testing.T) {
	s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "xx"}}, Loop: true}, frames)
	s.run(50)
	if s.leg.heard != 5 || len(s.results) != 0 {
		t.Errorf("after a second: heard %d, results %v", s.leg.heard, s.results)
	}
	s.room.SetPlays(nil, nil, nil)
	s.run(1)
	if s.leg.heard != 0 || len(s.results) != 0 {
		t.Errorf("after it was replaced: heard %d, results %v", s.leg.heard, s.results)
	}
}

func TestPlayFails(t *testing.T) {
	for name, p := range map[string]voice.Play{
		"when an item is missing":        {Items: []voice.Prompt{{Prompt: "x"}, {Prompt: "missing"}}},
		"when a loop would take no time": {Loop: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, p, frames)
			s.run(3)
			if len(s.results) != 1 || s.results[0].Outcome != voice.PlayFailed || s.results[0].Err == nil {
				t.Errorf("the results are %+v", s.results)
			}
		})
	}
}

func TestFinishedPlayIsNotStartedAgain(t *testing.T) {
	s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "x"}}}, frames)
	s.run(2)
	s.room.SetPlays([]voice.Play{{ID: id(99), Listener: id(1), Items: []voice.Prompt{{Prompt: "x"}}}}, frames, s.ended)
	s.run(2)
	if len(s.results) != 1 || s.leg.heard != 0 {
		t.Errorf("it runs again: the results are %+v", s.results)
	}
}

func TestPlayIsHeardByItsListenerOnly(t *testing.T) {
	s := begin(t, voice.Play{Items: []voice.Prompt{{Prompt: "xx"}}}, frames)
	other := newSpeaker(0)
	s.room.Join(id(2), voice.Agent, other)
	s.run(1)
	if s.leg.heard != 5 || other.heard != 0 {
		t.Errorf("heard %d by the listener and %d by another", s.leg.heard, other.heard)
	}
}

func TestRoomTicksEvery20MillisAndEnds(t *testing.T) {
	var lateness Lateness
	r, m := New(&lateness, nil), newSpeaker(0)
	r.Join(id(1), voice.Customer, m)
	started := time.Now()
	for {
		if _, n := m.heardLast(); n >= 20 {
			break
		}
		if time.Since(started) > 10*time.Second {
			t.Fatal("the room does not tick")
		}
		time.Sleep(time.Millisecond)
	}
	if took := time.Since(started); took < 350*time.Millisecond {
		t.Errorf("20 frames took %v, want about 400 ms", took)
	}
	r.Close()
	select {
	case <-r.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the room does not end")
	}
	if lateness.Quantile(1) == 0 {
		t.Error("no lateness was counted")
	}
}

func TestLatenessQuantile(t *testing.T) {
	var l Lateness
	for range 99 {
		l.observe(300 * time.Microsecond)
	}
	l.observe(30 * time.Millisecond)
	if got := l.Quantile(0.99); got != time.Millisecond {
		t.Errorf("0.99 is %v, want 1 ms", got)
	}
	if got := l.Quantile(1); got != 50*time.Millisecond {
		t.Errorf("1 is %v, want 50 ms", got)
	}
}

// BenchmarkMix is the work of one recorded three-party room in 20 ms.
func BenchmarkMix(b *testing.B) {
	r := still()
	var mix []voice.Path
	for i := range 3 {
		r.Join(id(i), voice.Agent, newSpeaker(int16(i)))
		for j := range 3 {
			mix = append(mix, voice.Path{Speaker: id(i), Listener: id(j)})
		}
	}
	r.SetMix(mix)
	r.Record(&tape{}, voice.Recording{Customer: true, Agent: true})
	for b.Loop() {
		r.step(0)
	}
}
