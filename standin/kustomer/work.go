package kustomer

import (
	"fmt"
	"slices"
	"time"
)

// The statuses of a work item ("Kustomer: Work items"). Wrap-up takes no time
// here: finished work is completed at once.
const (
	itemQueued    = "queued"
	itemRouted    = "routed"   // offered, and not accepted yet
	itemAssigned  = "assigned" // accepted
	itemPaused    = "paused"
	itemCompleted = "completed"
)

// item is a conversation on its way through routing.
type item struct {
	id, conversationID, queueID string
	status                      string
	sessionID, userID           string
	size                        int
	queuedCount                 int64
	queuedAt, routedAt          time.Time
	createdAt                   time.Time
}

func (i *item) open() bool { return i.status != itemCompleted }

// conversation is what a customer wants.
type conversation struct {
	id, status string // open, snoozed or done
	assigned   string // user
	queueID    string
}

// addItem puts a conversation into routing. The open item of a conversation
// that is there already is returned instead.
func (o *org) addItem(conversationID, queueID string) (item, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	queue := o.queue(queueID)
	if conversationID == "" || queue == nil {
		return item{}, fmt.Errorf("%w work item: name a conversation, and a queue that exists", errInvalid)
	}
	if at := slices.IndexFunc(o.items, func(i *item) bool { return i.conversationID == conversationID && i.open() }); at >= 0 {
		return *o.items[at], nil
	}
	if o.conversations[conversationID] == nil {
		o.conversations[conversationID] = &conversation{id: conversationID, status: "open", queueID: queueID}
		o.changed("kustomer.conversation.create", conversationJSON(*o.conversations[conversationID]))
	}
	now := o.now()
	i := &item{
		id: o.id(), conversationID: conversationID, queueID: queueID, status: itemQueued, size: queue.ItemSize,
		queuedCount: 1, queuedAt: now, createdAt: now,
	}
	o.items = append(o.items, i)
	o.route()
	return *i, nil
}

// route offers work that waits: to sessions of type available only, whose team
// serves its queue and whose capacity it fits; the queue of the better priority
// goes first, and then who waits longest (Kustomer: routing profiles).
func (o *org) route() {
	for {
		i, u := o.nextOffer()
		if i == nil {
			return
		}
		i.status, i.userID, i.sessionID, i.routedAt = itemRouted, u.ID, u.session.id, o.now()
		o.touch(u.session)
	}
}

func (o *org) nextOffer() (best *item, taker *user) {
	bestPriority := 0
	for _, i := range o.items {
		if i.status != itemQueued {
			continue
		}
		for _, u := range o.users {
			priority := o.serves(u, i)
			if priority == 0 {
				continue
			}
			better := best == nil || priority < bestPriority || priority == bestPriority && i.queuedAt.Before(best.queuedAt) ||
				i == best && priority == bestPriority && u.session.lastAssignedAt.Before(taker.session.lastAssignedAt)
			if better {
				best, taker, bestPriority = i, u, priority
			}
		}
	}
	return best, taker
}

// serves is the priority at which a user can take an item now; 0: not at all.
// One item is offered at a time.
func (o *org) serves(u *user, i *item) int {
	if u.session == nil || o.status(u.session.statusID).Type != TypeAvailable {
		return 0
	}
	v := o.view(u.session)
	if v.pending != "" || v.remaining < i.size {
		return 0
	}
	for _, q := range o.team(u.session.teamID).Queues {
		if q.QueueID == i.queueID {
			return q.Priority
		}
	}
	return 0
}

// moveItem changes an item's status on a person's wish, from one of some.
func (o *org) moveItem(id, to string, from ...string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := slices.IndexFunc(o.items, func(i *item) bool { return i.id == id })
	if at < 0 {
		return fmt.Errorf("work item %q: %w", id, ErrUnknown)
	}
	i := o.items[at]
	if !slices.Contains(from, i.status) {
		return fmt.Errorf("%w step: the work item is %s", errInvalid, i.status)
	}
	i.status = to
	s := o.session(i.sessionID)
	c := o.conversations[i.conversationID]
	switch to {
	case itemAssigned:
		s.lastAssignedAt, c.assigned = o.now(), i.userID
	case itemCompleted:
		s.handled++
		c.status = "done"
	}
	o.touch(s)
	o.changed("kustomer.conversation.update", conversationJSON(*c))
	o.route()
	return nil
}

// release takes the work of an agent who went offline back into its queue where
// that is configured, open and snoozed alike ("Requeue When Offline"). What is
// only offered always goes back.
func (o *org) release(u *user) {
	for _, i := range o.items {
		if i.userID != u.ID || !i.open() || i.status == itemQueued {
			continue
		}
		requeue := o.config.RequeueWhenOffline
		if q := o.queue(i.queueID); q.RequeueWhenOffline != nil {
			requeue = *q.RequeueWhenOffline
		}
		if requeue || i.status == itemRouted {
			o.requeue(i)
		}
	}
}

func (o *org) requeue(i *item) {
	i.status, i.userID, i.sessionID = itemQueued, "", ""
	i.queuedCount++
	c := o.conversations[i.conversationID]
	c.assigned = ""
	o.changed("kustomer.conversation.update", conversationJSON(*c))
}

// setConversation is PATCH of a conversation. One that is opened again after it
// was done goes back to its agent, or, if that is configured and the agent is
// not available, into its queue.
func (o *org) setConversation(id, status string) (conversation, error) {
	o.mu.Lock()
	c := o.conversations[id]
	if c == nil {
		o.mu.Unlock()
		return conversation{}, fmt.Errorf("conversation %q: %w", id, ErrUnknown)
	}
	if !slices.Contains([]string{"open", "snoozed", "done"}, status) {
		o.mu.Unlock()
		return conversation{}, fmt.Errorf("%w status %q: use open, snoozed or done", errInvalid, status)
	}
	reopened := c.status == "done" && status == "open"
	c.status = status
	if u := o.user(c.assigned); reopened && u != nil && o.config.UnassignReopened &&
		(u.session == nil || o.status(u.session.statusID).Type != TypeAvailable) {
		c.assigned = ""
	}
	o.changed("kustomer.conversation.update", conversationJSON(*c))
	copied := *c
	o.mu.Unlock()
	if reopened && copied.assigned == "" {
		_, err := o.addItem(id, copied.queueID)
		return copied, err
	}
	return copied, nil
}

// settle lets offers run out: work that was not accepted in time goes back, and
// who did not accept it is Unavailable, although nobody asked for that.
func (o *org) settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, i := range o.items {
		if i.status != itemRouted || o.now().Sub(i.routedAt) < o.config.AcceptTimeout {
			continue
		}
		u := o.user(i.userID)
		o.requeue(i)
		if u.session != nil {
			o.enter(u, StatusUnavailable, "")
		}
	}
}
