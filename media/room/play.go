package room

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"tandem"
	"tandem/media/rtp"
	"tandem/voice"
)

// Loader fetches or speaks one prompt as 8 kHz samples, which nobody changes
// afterwards. It gives up when the context ends.
type Loader func(context.Context, voice.Prompt) ([]int16, error)

// PlayResult is how a play ended.
type PlayResult struct {
	Play    tandem.ID
	Outcome voice.PlayOutcome
	Digits  tandem.Personal
	Text    tandem.Personal // PlaySpoken
	At      tandem.Time     // the last frame, the deciding digit's packet, or the time-out
	Err     error           // PlayFailed: why
	Encrypt *voice.Encrypt  // the digits are for the owner of this key only
}

// errEmpty fails a loop that would never take any time.
var errEmpty = errors.New("the play repeats forever but has no audio: give it a prompt")

// play is one play in the room. The loader's goroutine appends clips; all else
// belongs to the room's goroutine.
type play struct {
	voice.Play
	done   func(PlayResult)
	ctx    context.Context
	cancel context.CancelFunc
	ears   *ears // nil: nobody listens

	mu     sync.Mutex
	clips  [][]int16
	loaded bool
	err    error

	item, offset int
	digits       strings.Builder
	waiting      bool        // the audio is over; digits decide
	deadline     tandem.Time // while waiting
	result       PlayResult  // without an outcome while it runs
}

// SetPlays says what is played to whom, besides those whom each hears. A play
// that runs goes on as it was, but begins anew for another listener; one that is
// over stays so, and one that is not listed any more ends without a result; of
// two for one listener the first counts. A play waits until its listener has
// answered, while its items are loaded in the background, in order. done is
// called once for each play, from the room's goroutine, unless the play is taken
// off the list before or its listener leaves.
func (r *Room) SetPlays(plays []voice.Play, load Loader, done func(PlayResult)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.plays
	r.plays = nil
	for _, want := range plays {
		if slices.ContainsFunc(r.plays, func(p *play) bool { return p.Listener == want.Listener }) {
			continue
		}
		if i := slices.IndexFunc(before, func(p *play) bool { return p.ID == want.ID && p.Listener == want.Listener }); i >= 0 {
			r.plays = append(r.plays, before[i])
			continue
		}
		p := &play{Play: want, done: done}
		p.ctx, p.cancel = context.WithCancel(context.Background())
		p.ears = newEars(r.engine, want.Collect)
		r.plays = append(r.plays, p)
		go p.load(p.ctx, load)
	}
	for _, p := range before {
		if !slices.Contains(r.plays, p) {
			p.cancel()
		}
	}
}

func (p *play) load(ctx context.Context, load Loader) {
	for _, item := range p.Items {
		clip, err := load(ctx, item)
		p.mu.Lock()
		p.err = err
		if err == nil && len(clip) > 0 {
			p.clips = append(p.clips, clip)
		}
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
	p.mu.Lock()
	p.loaded = true
	p.mu.Unlock()
}

// stepPlays adds 20 ms of each play to its listener and takes the digits
// pressed. Digits that no play collects are dropped. It returns the plays that
// ended now.
func (r *Room) stepPlays(now tandem.Time) []*play {
	var ended []*play
	for _, m := range r.members {
		p := r.playFor(m)
		for d, ok := next(m.audio.Digits()); ok; d, ok = next(m.audio.Digits()) {
			if p != nil && !p.over() {
				p.end(p.digit(d), d.At)
			}
		}
		if p == nil {
			continue
		}
		if !p.over() {
			p.end(p.listen(&m.in, now), now)
		}
		if !p.over() {
			p.end(p.frame(&m.sum, now), now)
		}
		if p.over() {
			ended = append(ended, p)
		}
	}
	return ended
}

// playFor is the play that a leg hears now, or nil.
func (r *Room) playFor(m *member) *play {
	for _, p := range r.plays {
		if p.Listener == m.id && m.answered && !p.over() {
			return p
		}
	}
	return nil
}

func (p *play) over() bool { return p.result.Outcome != 0 }

// end notes how the play ended; no outcome means that it goes on.
func (p *play) end(outcome voice.PlayOutcome, at tandem.Time) {
	if outcome == 0 {
		return
	}
	p.result = PlayResult{Play: p.ID, Outcome: outcome, At: at}
	switch outcome {
	case voice.PlayDigits:
		p.result.Digits, p.result.Encrypt = tandem.Personal(p.digits.String()), p.Collect.Encrypt
	case voice.PlaySpoken:
		p.result.Text = p.ears.text()
	case voice.PlayFailed:
		p.result.Err = p.failure()
	}
	p.cancel()
}

// failure is why nobody can listen, or an item could not be played. The loader
// may still be at work on the next one.
func (p *play) failure() error {
	if err := p.ears.failure(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func next(digits <-chan rtp.Digit) (rtp.Digit, bool) {
	select {
	case d := <-digits:
		return d, true
	default:
		return rtp.Digit{}, false
	}
}

// digit takes one key. It returns an outcome when the input is complete.
func (p *play) digit(d rtp.Digit) voice.PlayOutcome {
	if p.Collect == nil {
		return 0
	}
	p.ears.stop() // keys go before words
	switch {
	case strings.IndexByte(p.Collect.Terminators, d.Key) >= 0:
		return voice.PlayDigits
	case p.Collect.CancelKey != "" && strings.IndexByte(p.Collect.CancelKey, d.Key) >= 0:
		p.digits.Reset()
		p.waiting = true
		p.deadline = d.At.Add(p.Collect.FirstDigitMillis)
		return 0
	}
	p.digits.WriteByte(d.Key)
	if p.digits.Len() >= p.Collect.MaxDigits {
		return voice.PlayDigits
	}
	p.waiting = true
	p.deadline = d.At.Add(p.Collect.InterDigitMillis)
	return 0
}

// frame adds the next 20 ms. It returns an outcome when the play is over.
func (p *play) frame(sum *[rtp.FrameSamples]int32, now tandem.Time) voice.PlayOutcome {
	if p.waiting {
		return p.wait(now)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for filled := 0; filled < rtp.FrameSamples; {
		if p.item == len(p.clips) {
			switch {
			case p.err != nil:
				return voice.PlayFailed
			case !p.loaded:
				return 0
			case !p.Loop:
				return p.audioOver(filled, now)
			case len(p.clips) == 0:
				p.err = errEmpty
				return voice.PlayFailed
			}
			p.item = 0
		}
		clip := p.clips[p.item][p.offset:]
		n := min(len(clip), rtp.FrameSamples-filled)
		for i := range n {
			sum[filled+i] += int32(clip[i])
		}
		filled += n
		p.offset += n
		if n == len(clip) {
			p.item, p.offset = p.item+1, 0
		}
	}
	return 0
}

// audioOver ends the audio; the last frame is still to be heard.
func (p *play) audioOver(filled int, now tandem.Time) voice.PlayOutcome {
	switch {
	case p.Collect != nil:
		p.waiting = true
		p.deadline = now.Add(max(p.Collect.FirstDigitMillis, p.ears.startTimeout()))
		return 0
	case filled > 0:
		return 0
	}
	return voice.PlayDone
}

func (p *play) wait(now tandem.Time) voice.PlayOutcome {
	switch {
	case p.ears.hearing(), now < p.deadline:
		return 0
	case p.digits.Len() > 0:
		return voice.PlayDigits
	}
	return voice.PlayTimeout
}
