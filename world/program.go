package world

import (
	"tandem"
	"tandem/center"
)

var program = tandem.Actor{Kind: tandem.ActorAPI}

func (w *World) token(what string) string { return numbered(what, int(w.chance.Between(1, 1<<40))) }

// starts lets a program begin a contact; now and then it asks again with the
// same token, and must get the same contact.
func (w *World) starts(token string, body any) {
	w.ask(program, body, func(answer any, err error) {
		id, ok := answer.(tandem.ID)
		if err != nil || !ok {
			w.complain("%s was answered %v: %w", token, answer, err)
			return
		}
		w.meddle(id)
		if !w.chance.PerMille(50) {
			return
		}
		w.After(w.chance.Between(1, minute), func() {
			w.ask(program, body, func(again any, err error) {
				w.count("token repeated")
				if err != nil || again != answer {
					w.complain("%s, asked again, was answered %v: %w", token, again, err)
				}
			})
		})
	})
}

// newTask lets a program start a task, now or later.
func (w *World) newTask() {
	token := w.token("task")
	body := center.StartTask{FlowID: w.plan.tasks[w.chance.Between(0, int64(len(w.plan.tasks)-1))], Name: tandem.Personal(token),
		ClientToken: token, References: tandem.PersonalMap{"order": "STRING 7"}}
	if w.chance.PerMille(200) {
		body.ScheduledAt = w.Now().Add(w.chance.Between(1_000, 5*minute))
	}
	if len(w.recent) > 0 && w.chance.PerMille(100) {
		body.RelatedID = w.recent[0].id
	}
	w.starts(token, body)
}

// newChat lets a customer begin a chat.
func (w *World) newChat() {
	token := w.token("chat")
	w.starts(token, center.StartChat{FlowID: w.plan.tasks[w.chance.Between(0, int64(len(w.plan.tasks)-1))], CustomerName: tandem.Personal(token),
		Attributes: tandem.PersonalMap{"page": "start"}, ClientToken: token})
}

// newSend lets a program call a customer.
func (w *World) newSend() {
	token := w.token("send")
	body := center.StartOutboundContact{Number: w.stranger(), QueueID: w.plan.queues[0].QueueID, FlowID: w.plan.program, ClientToken: token}
	if w.chance.PerMille(500) {
		body.SourceNumber, body.RingSeconds = dialled(sampleQueue), w.chance.Between(5, 30)
	}
	w.starts(token, body)
}

// newDial lets an agent call somebody.
func (w *World) newDial() {
	a := w.people[w.chance.Between(0, int64(len(w.people)-1))]
	body := center.StartOutboundCall{UserID: a.id, Number: w.stranger()}
	if w.chance.PerMille(500) {
		body.QueueID = w.plan.queues[w.chance.Between(0, int64(len(w.plan.queues)-1))].QueueID
	}
	a.does(body)
}

// meddle lets a program change or stop the contact that it started, some time
// later, whatever has become of it.
func (w *World) meddle(id tandem.ID) {
	var body any
	switch {
	case w.chance.PerMille(100):
		body = center.UpdateContactAttributes{ContactID: id, Attributes: tandem.PersonalMap{"note": "changed"}}
	case w.chance.PerMille(100):
		body = center.TagContact{ContactID: id, Add: map[string]string{"seen": "yes"}, Remove: []string{"kind"}}
	case w.chance.PerMille(100):
		body = center.StopContact{ContactID: id}
	case w.chance.PerMille(100):
		body = center.UpdateContactRouting{ContactID: id, Priority: w.chance.Between(1, 9)}
	default:
		return
	}
	w.After(w.chance.Around(2*minute), func() { w.ask(program, body, nil) })
}
