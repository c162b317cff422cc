package room

import (
	"context"
	"errors"
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
	At      tandem.Time // the last frame, the deciding digit's packet, or the time-out
	Err     error       // PlayFailed: why
}

// errEmpty fails a loop that would never take any time.
var errEmpty = errors.New("the play repeats forever but has no audio: give it a prompt")

// play is one play in the room. The loader's goroutine appends clips; all else
// belongs to the room's goroutine.
type play struct {
	voice.Play
	done   func(PlayResult)
	cancel context.CancelFunc

	mu     sync.Mutex
	clips  [][]int16
	loaded bool
	err    error

	item, offset int
	digits       strings.Builder
	waiting      bool        // the audio is over; digits decide
	deadline     tandem.Time // while waiting
}

// Play lets one leg hear the play instead of an earlier one, whose result is
// dropped; the same play again, running or finished, changes nothing. done is called once, from the
// room's goroutine, unless the play is replaced or its listener leaves. The
// items are loaded in the background, in order. A nil play is silence.
func (r *Room) Play(p *voice.Play, load Loader, done func(PlayResult)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p != nil && (r.play != nil && r.play.ID == p.ID || r.finished == p.ID) {
		return
	}
	if r.play != nil {
		r.play.cancel()
		r.play = nil
	}
	if p == nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.play = &play{Play: *p, done: done, cancel: cancel}
	go r.play.load(ctx, load)
}

func (r *Room) stopPlay() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.play != nil {
		r.play.cancel()
		r.play = nil
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

// stepPlay adds 20 ms of the play to its listener and takes the digits
// pressed. Digits that no play collects are dropped.
func (r *Room) stepPlay(now tandem.Time) (func(PlayResult), PlayResult) {
	var result PlayResult
	var outcome voice.PlayOutcome
	for _, m := range r.members {
		listens := r.play != nil && r.play.Listener == m.id
		for d, ok := next(m.audio.Digits()); ok; d, ok = next(m.audio.Digits()) {
			if listens && outcome == 0 {
				outcome = r.play.digit(d)
				result.At = d.At
			}
		}
		if listens && outcome == 0 {
			outcome = r.play.frame(&m.sum, now)
			result.At = now
		}
	}
	if outcome == 0 {
		return nil, result
	}
	p := r.play
	r.play, r.finished = nil, p.ID
	result.Play, result.Outcome, result.Digits = p.ID, outcome, tandem.Personal(p.digits.String())
	if outcome == voice.PlayFailed {
		result.Err = p.failure()
	}
	p.cancel()
	return p.done, result
}

// failure is why an item could not be played. The loader may still be at work
// on the next one.
func (p *play) failure() error {
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
	if strings.IndexByte(p.Collect.Terminators, d.Key) >= 0 {
		return voice.PlayDigits
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
				return p.over(filled, now)
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

// over ends the audio; the last frame is still to be heard.
func (p *play) over(filled int, now tandem.Time) voice.PlayOutcome {
	switch {
	case p.Collect != nil:
		p.waiting = true
		p.deadline = now.Add(p.Collect.FirstDigitMillis)
		return 0
	case filled > 0:
		return 0
	}
	return voice.PlayDone
}

func (p *play) wait(now tandem.Time) voice.PlayOutcome {
	switch {
	case now < p.deadline:
		return 0
	case p.digits.Len() > 0:
		return voice.PlayDigits
	}
	return voice.PlayTimeout
}
