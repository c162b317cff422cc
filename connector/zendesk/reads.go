package zendesk

import (
	"context"
	"errors"
	"net/http"

	"tandem"
)

// fewReads is how many agents are looked at one by one; for more, all agents
// are listed, a hundred with each request.
const fewReads = 5

// read looks at some of the agents that are wanted.
func (z *Zendesk) read(ctx context.Context) error {
	wanted := z.reads.Wanted()
	if len(wanted) > fewReads {
		if err := z.lookAtAll(ctx, urgent); err != nil {
			return err
		}
		wanted = z.reads.Wanted() // those that the list does not have, and new ones
	}
	var failed error
	for _, agent := range wanted[:min(len(wanted), fewReads)] {
		if err := z.readOne(ctx, agent); err != nil {
			failed = err
		}
	}
	return failed
}

// readOne looks at one agent. One that does not exist is not asked for again:
// if it comes back, looking at all agents finds it.
func (z *Zendesk) readOne(ctx context.Context, agent string) error {
	o, err := z.look(ctx, urgent, agent)
	var f *failure
	if errors.As(err, &f) && f.status == http.StatusNotFound {
		z.env.Log.Warn("a linked agent does not exist in Zendesk", "agent", agent)
		z.reads.Done(agent, tandem.At(z.env.Clock.Now()))
		return nil
	}
	if err != nil {
		return err
	}
	z.tell(ctx, o)
	return nil
}
