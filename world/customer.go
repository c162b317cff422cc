package world

import (
	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// newContact lets somebody begin something.
func (w *World) newContact() {
	kind := int(w.chance.Between(1, 1000))
	for _, k := range []struct {
		perMille int
		begin    func()
	}{
		{w.shape.TasksPerMille, w.newTask}, {w.shape.ChatsPerMille, w.newChat},
		{w.shape.DialsPerMille, w.newDial}, {w.shape.SendsPerMille, w.newSend},
	} {
		if kind <= k.perMille {
			k.begin()
			return
		}
		kind -= k.perMille
	}
	w.newCall()
}

// caller is somebody's telephone number, mostly not withheld.
func (w *World) caller() tandem.Personal {
	if w.chance.PerMille(50) {
		return ""
	}
	return w.stranger()
}

func (w *World) stranger() tandem.Personal {
	return tandem.Personal(numbered("+49301", int(w.chance.Between(1_000_000, 9_999_999))))
}

// newCall lets a customer call.
func (w *World) newCall() {
	queue := int(w.chance.Between(0, int64(len(w.plan.queues)-1)))
	switch {
	case w.chance.PerMille(20):
		queue = nobodysQueue
	case w.chance.PerMille(100):
		queue = sampleQueue
	}
	w.call(w.caller(), queue)
}

// call is a customer's call. Who waits too long for an agent hangs up, and may
// call again.
func (w *World) call(from tandem.Personal, queue int) {
	leg := w.media.arrives(from, dialled(queue))
	if leg == nil {
		return // refused: the voice process has no core
	}
	w.names[leg.id] = numbered("caller", len(w.names))
	w.After(w.chance.Around(w.shape.PatienceMillis), func() {
		if !leg.media.alive() || leg.room != nil && leg.room.talking {
			return
		}
		leg.hangsUp()
		if w.chance.PerMille(w.shape.AgainPerMille) {
			w.After(w.chance.Between(1_000, 5*minute), func() {
				if !w.closing() {
					w.count("called again")
					w.call(from, queue)
				}
			})
		}
	})
}

// presses is what the customer does when keys are asked for.
func (w *World) presses(c *voice.Collect) (keys tandem.Personal, after int64) {
	after = w.chance.Between(100, max(100, c.FirstDigitMillis))
	switch {
	case c.MaxDigits > 1 && w.chance.PerMille(700):
		return tandem.Personal(numbered("", int(w.chance.Between(1, 5)))), after
	case !w.chance.PerMille(w.shape.MenuPerMille):
		key := int(w.chance.Between(1, 2))
		if w.chance.PerMille(300) {
			key = int(w.chance.Between(1, 6))
		}
		return tandem.Personal(numbered("", key)), after
	case w.chance.PerMille(500):
		return "9", after
	}
	return "", c.FirstDigitMillis
}

// customerSees lets the customer of a chat lose patience.
func (w *World) customerSees(ev *event.ContactInitiated) {
	if ev.Channel != event.Chat {
		return
	}
	s := w.sights[ev.ContactID]
	w.After(w.chance.Around(2*w.shape.PatienceMillis), func() {
		if s.live() && s.phase != center.WithAgent {
			w.ask(program, center.LeaveContact{ContactID: s.id}, nil)
		}
	})
}
