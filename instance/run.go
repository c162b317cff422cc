package instance

import (
	"fmt"

	"tandem"
)

// run is one step in progress.
type run struct {
	in    *Instance
	step  *tandem.Step
	rec   tandem.Record
	shown int // events that the reactors have seen
}

func (r *run) emit(ev tandem.Event) {
	r.rec.Events = append(r.rec.Events, ev)
	r.in.apply(r.rec.Seq, r.rec.At, ev)
}

// decide lets the owner decide, then carries facts and wishes between the
// machines until all is quiet.
func (r *run) decide(body any) (any, error) {
	answer, err := r.ask(body)
	if err != nil {
		return nil, err
	}
	for depth := 0; ; depth++ {
		r.react()
		wishes := r.step.TakeWishes()
		if len(wishes) == 0 && r.shown == len(r.rec.Events) {
			return answer, nil
		}
		if depth == tandem.MaxCommandDepth {
			panic(fmt.Sprintf("the machines still answer each other after %d rounds, last with %T", depth, wishes[len(wishes)-1]))
		}
		for _, wish := range wishes {
			r.grant(wish)
		}
	}
}

// ask hands a command to its owner, and a tick to everyone.
func (r *run) ask(body any) (any, error) {
	if _, ok := body.(tandem.Tick); ok {
		for _, m := range r.in.machines {
			if _, err := m.Decide(r.step, body); err != nil {
				panic(fmt.Sprintf("%T refused a tick: %v", m, err))
			}
		}
		return nil, nil
	}
	for _, m := range r.in.machines {
		if m.Owns(body) {
			return m.Decide(r.step, body)
		}
	}
	return nil, tandem.Errorf(tandem.Invalid, "", "nothing here handles %T", body)
}

// react shows new events to every reactor. What a reactor emits is shown too.
func (r *run) react() {
	for ; r.shown < len(r.rec.Events); r.shown++ {
		for _, m := range r.in.machines {
			if re, ok := m.(Reactor); ok {
				re.React(r.step, r.rec.Events[r.shown])
			}
		}
	}
}

func (r *run) grant(wish any) {
	body := wish
	if r.in.translate != nil {
		if b, ok := r.in.translate(wish); ok {
			body = b
		}
	}
	_, err := r.ask(body)
	for _, m := range r.in.machines {
		if w, ok := m.(Wisher); ok {
			w.WishDone(r.step, wish, err)
		}
	}
}
