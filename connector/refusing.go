package connector

import (
	"context"
	"time"

	"tandem/event"
	"tandem/presence"
)

// refusing stands for a system whose settings can never work: it answers every
// write with why.
type refusing struct {
	env   Env
	why   error
	lanes *Lanes
}

func newRefusing(env Env, why error) *refusing {
	return &refusing{env: env, why: why, lanes: NewLanes(env.Clock, env.Stats)}
}

// Run implements Connector.
func (r *refusing) Run(ctx context.Context) error {
	r.lanes.Run(ctx, 1, func(ctx context.Context, take func() (presence.Write, time.Time)) {
		w, _ := take()
		ended := event.StatusWriteEnded{
			UserID: w.UserID, SystemID: w.System.SystemID, WriteID: w.WriteID,
			Outcome: event.WriteRefused, Detail: r.why.Error(), Again: w.Again,
		}
		r.env.Stats.WriteEnded(ended.Outcome)
		if err := r.env.Tell(ctx, presence.FinishWrite{Ended: ended}); err != nil && ctx.Err() == nil {
			r.env.Log.Warn("the core refused a write's outcome", "err", err)
		}
	})
	return ctx.Err()
}

// Write implements Connector.
func (r *refusing) Write(w presence.Write) { r.lanes.Put(w) }

// Read implements Connector; there is nothing to read.
func (r *refusing) Read(presence.Read) {}

// Refresh implements Connector.
func (r *refusing) Refresh(context.Context) error { return r.why }

// Agents implements Connector.
func (r *refusing) Agents(context.Context) ([]Agent, error) { return nil, r.why }
