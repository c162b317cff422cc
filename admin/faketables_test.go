package admin

import (
	"context"
	"net/http"
	"slices"

	"tandem"
	"tandem/auth"
	"tandem/connector"
	"tandem/directory"
	"tandem/event"
	"tandem/presence"
	"tandem/view/audit"
	"tandem/view/lately"
	"tandem/view/notice"
)

// authorize takes the admin token, and the tokens of keys.
func (w *world) authorize(r *http.Request) (Principal, bool) {
	if p, ok := Bearer(token, Principal{Name: "admin", Actor: tandem.Actor{Kind: tandem.ActorAPI}, Role: w.role})(r); ok {
		return p, true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.keys.State().AdminKeys {
		if p, ok := BearerHash(k.Hash, Principal{Name: k.Name, Actor: tandem.Actor{Kind: tandem.ActorAPI, ID: k.KeyID}, Role: auth.Role(k.Role)})(r); ok {
			return p, true
		}
	}
	return Principal{}, false
}

// direct hands a command to the real directory.
func (w *world) direct(body any) (any, error) {
	cmd := tandem.Command{ID: tandem.NameID("command", string(rune(len(w.actors)))), At: 1}
	w.actors = append(w.actors, tandem.Actor{})
	s := tandem.NewStep(1, cmd, func(ev tandem.Event) {
		w.keys.Apply(1, 1, ev)
		if k, ok := ev.(*event.AdminKeySaved); ok {
			w.changes = append(w.changes, audit.Change{Seq: tandem.Seq(len(w.changes) + 1), At: 1, What: "key_created", SubjectID: k.KeyID})
		}
	})
	return w.keys.Decide(s, body)
}

func (w *world) adminKeys(context.Context) ([]event.AdminKeySaved, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []event.AdminKeySaved
	for _, id := range tandem.SortedIDs(w.keys.State().AdminKeys) {
		all = append(all, *w.keys.State().AdminKeys[id])
	}
	return all, nil
}

// see marks notices as the reader does.
func (w *world) see(b presence.SeeNotice, actor tandem.Actor) {
	at := slices.IndexFunc(w.notices, func(n notice.Notice) bool { return n.ID == b.NoticeID })
	for i := range w.notices {
		if n := &w.notices[i]; n.SeenAt == 0 && (i == at || b.Through && i > at) {
			n.SeenAt, n.SeenBy = 1000, actor
		}
	}
}

// Notices implements Tables. A place is how many notices came before it.
func (w *world) Notices(_ context.Context, _ tandem.ID, after notice.Place, limit int) (notice.Page, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	sorted := slices.Clone(w.notices)
	slices.SortStableFunc(sorted, func(a, b notice.Notice) int { return min(int(a.SeenAt), 1) - min(int(b.SeenAt), 1) })
	var p notice.Page
	for _, n := range sorted {
		if n.SeenAt == 0 {
			p.Unseen++
		}
	}
	rest := sorted[min(after.At, len(sorted)):]
	p.Notices = rest[:min(limit, len(rest))]
	if len(rest) > limit {
		p.Next = &notice.Place{At: after.At + limit}
	}
	return p, nil
}

// Notice implements Tables.
func (w *world) Notice(_ context.Context, _, id tandem.ID) (notice.Notice, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.notices {
		if n.ID == id {
			return n, nil
		}
	}
	return notice.Notice{}, tandem.Errorf(tandem.NotFound, "notice_id", "there is no notice %s", id)
}

// Changes implements Tables.
func (w *world) Changes(_ context.Context, shard tandem.ID, seq tandem.Seq, _, limit int) ([]audit.Change, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []audit.Change
	for _, c := range slices.Backward(w.changes) {
		if (seq == 0 || c.Seq < seq) && len(all) < limit && (c.What == "key_created") == (shard == directory.Shard) {
			all = append(all, c)
		}
	}
	return all, nil
}

// Lines implements Tables.
func (w *world) Lines(context.Context, tandem.ID, tandem.ID) ([]lately.Line, error) {
	return w.lines, nil
}

// LastFired implements Tables.
func (w *world) LastFired(context.Context, tandem.ID, tandem.ID) (map[tandem.ID]lately.Fired, error) {
	return w.fired, nil
}

// Figures implements Connectors.
func (w *world) Figures() map[tandem.ID]connector.Figures { return w.figures }
