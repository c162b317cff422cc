package world

import (
	"tandem"
	"tandem/center"
	"tandem/voice"
)

// newTask lets a program start a task. Without an answer it tries again with
// the same token.
func (w *World) newTask() {
	token := numbered("task", int(w.chance.Between(1, 1<<40)))
	queue := w.chance.Between(0, int64(len(w.ids.tasks)-1))
	body := center.StartTask{FlowID: w.ids.tasks[queue], Name: tandem.Personal(token), ClientToken: token}
	w.ask(program, body, func(answer any, err error) {
		id, ok := answer.(tandem.ID)
		if err != nil || !ok {
			w.complain("%s was answered %v: %w", token, answer, err)
			return
		}
		w.meddle(id)
	})
}

var program = tandem.Actor{Kind: tandem.ActorAPI}

// meddle lets a program change or stop the contact that it started, some time
// later, whatever has become of it.
func (w *World) meddle(id tandem.ID) {
	var body any
	switch {
	case w.chance.PerMille(100):
		body = center.UpdateContactAttributes{ContactID: id, Attributes: tandem.PersonalMap{"note": "changed"}}
	case w.chance.PerMille(100):
		body = center.StopContact{ContactID: id}
	default:
		return
	}
	w.After(w.chance.Around(2*minute), func() { w.ask(program, body, func(any, error) {}) })
}

// nobodysQueue has a number that starts no flow.
const nobodysQueue = 99

// newCall lets a customer call. Who waits too long for an agent hangs up.
func (w *World) newCall() {
	number := tandem.Personal(numbered("+49301", int(w.chance.Between(1_000_000, 9_999_999))))
	if w.chance.PerMille(50) {
		number = "" // withheld
	}
	queue := int(w.chance.Between(0, int64(len(w.ids.queues)-1)))
	if w.chance.PerMille(20) {
		queue = nobodysQueue
	}
	leg := w.media.arrives(number, dialled(queue))
	if leg == nil {
		return // refused: the voice process has no core
	}
	w.names[leg.id] = numbered("caller", len(w.names))
	w.After(w.chance.Around(w.shape.PatienceMillis), func() {
		if leg.room == nil || !leg.room.talking {
			leg.hangsUp()
		}
	})
}

// presses is what the customer does when keys are asked for.
func (w *World) presses(c *voice.Collect) (keys tandem.Personal, after int64) {
	switch {
	case !w.chance.PerMille(w.shape.MenuPerMille):
		keys = tandem.Personal(numbered("", int(w.chance.Between(1, 2))))
	case w.chance.PerMille(500):
		keys = "9"
	default:
		return "", c.FirstDigitMillis
	}
	return keys, w.chance.Between(100, c.FirstDigitMillis)
}

// rings is what an agent does with the ringing desk phone; after gives the
// time until then. The zero cause is an answer; ok is false when nothing
// happens.
func (a *agent) rings() (cause voice.Cause, after int64, ok bool) {
	w := a.world
	switch {
	case a.talks:
		return voice.CauseBusy, 50, true
	case w.chance.PerMille(w.shape.IgnorePerMille):
		return 0, 0, false
	case w.chance.PerMille(w.shape.RefusePerMille):
		causes := [...]voice.Cause{voice.CauseBusy, voice.CauseRejected, voice.CauseUnreachable}
		return causes[w.chance.Between(0, 2)], w.chance.Between(50, 5_000), true
	}
	return voice.CauseNone, w.chance.Between(500, tandem.RingMillis+500), true // some are late
}
