package main

import (
	"context"
	"net/http"

	"tandem"
	"tandem/admin"
	"tandem/auth"
	"tandem/directory"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/view/audit"
	"tandem/view/lately"
	"tandem/view/notice"
)

// authorize knows the admin token, who may do everything, and the keys.
func (e *edges) authorize(r *http.Request) (admin.Principal, bool) {
	token, ok := admin.TokenOf(r)
	switch {
	case !ok:
		return admin.Principal{}, false
	case e.token.Valid(token):
		return admin.Principal{Name: "admin token", Actor: tandem.Actor{Kind: tandem.ActorAPI}, Role: auth.Administrator}, true
	}
	var p admin.Principal
	hash := auth.HashToken(token)
	err := e.core.engine.Read(r.Context(), directory.Shard, func(in *instance.Instance) {
		d, _ := instance.Find[*directory.Machine](in)
		var k *event.AdminKeySaved
		if k, ok = d.AdminKey(hash); ok {
			p = admin.Principal{Name: k.Name, Actor: tandem.Actor{Kind: tandem.ActorAPI, ID: k.KeyID}, Role: auth.Role(k.Role)}
		}
	})
	return p, ok && err == nil
}

// adminKeys lists the keys of the admin API, ended ones too.
func (e *edges) adminKeys(ctx context.Context) ([]event.AdminKeySaved, error) {
	var all []event.AdminKeySaved
	err := e.core.engine.Read(ctx, directory.Shard, func(in *instance.Instance) {
		d, _ := instance.Find[*directory.Machine](in)
		for _, id := range tandem.SortedIDs(d.State().AdminKeys) {
			all = append(all, *d.State().AdminKeys[id])
		}
	})
	return all, err
}

// adminTables reads the readers' tables once they have taken all that is
// durable.
type adminTables struct {
	engine *engine.Engine
	views  *engine.Views
}

// Notices implements admin.Tables.
func (t adminTables) Notices(ctx context.Context, id tandem.ID, after notice.Place, limit int) (notice.Page, error) {
	if err := t.engine.AwaitViews(ctx, id); err != nil {
		return notice.Page{}, err
	}
	return notice.List(ctx, t.views.Reader(), id, after, limit)
}

// Notice implements admin.Tables.
func (t adminTables) Notice(ctx context.Context, id, which tandem.ID) (notice.Notice, error) {
	if err := t.engine.AwaitViews(ctx, id); err != nil {
		return notice.Notice{}, err
	}
	return notice.ByID(ctx, t.views.Reader(), id, which)
}

// Changes implements admin.Tables.
func (t adminTables) Changes(ctx context.Context, shard tandem.ID, seq tandem.Seq, place, limit int) ([]audit.Change, error) {
	if err := t.engine.AwaitViews(ctx, shard); err != nil {
		return nil, err
	}
	return audit.List(ctx, t.views.Reader(), shard, seq, place, limit)
}

// Lines implements admin.Tables.
func (t adminTables) Lines(ctx context.Context, id, user tandem.ID) ([]lately.Line, error) {
	if err := t.engine.AwaitViews(ctx, id); err != nil {
		return nil, err
	}
	return lately.Lines(ctx, t.views.Reader(), id, user)
}

// LastFired implements admin.Tables.
func (t adminTables) LastFired(ctx context.Context, id, system tandem.ID) (map[tandem.ID]lately.Fired, error) {
	if err := t.engine.AwaitViews(ctx, id); err != nil {
		return nil, err
	}
	return lately.LastFired(ctx, t.views.Reader(), id, system)
}
