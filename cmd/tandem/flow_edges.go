package main

import (
	"context"

	"tandem"
	"tandem/instance"
	"tandem/view"
	"tandem/view/flowlog"
	"tandem/view/flowuse"
)

// flowLogs reads the flow log, once the readers have taken all that is durable.
func (e *edges) flowLogs(ctx context.Context, id tandem.ID, f flowlog.Filter) ([]flowlog.Row, error) {
	if err := e.core.engine.AwaitViews(ctx, id); err != nil {
		return nil, err
	}
	return flowlog.List(ctx, e.core.views.views.Reader(), id, f)
}

// flowUses tells which flows use a resource.
func (e *edges) flowUses(ctx context.Context, id tandem.ID, resource string) (flowuse.Answer, error) {
	var x *flowuse.Index
	err := e.core.engine.Read(ctx, id, func(in *instance.Instance) {
		if st := view.Center(in); st != nil {
			x = flowuse.New(st)
		}
	})
	switch {
	case err != nil:
		return flowuse.Answer{}, err
	case x == nil:
		return flowuse.Answer{}, tandem.Errorf(tandem.NotFound, "instance_id", "there is no instance %s here", id)
	}
	return x.Find(resource), nil
}
