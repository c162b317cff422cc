package kustomer

import (
	"context"

	"tandem"
)

// fewReads is how many agents are looked at one by one; for more, all agents
// are listed, a hundred with each request.
const fewReads = 5

// read looks at some of the agents that are wanted.
func (k *Kustomer) read(ctx context.Context) error {
	wanted := k.reads.Wanted()
	if len(wanted) > fewReads {
		if _, err := k.lookAtAll(ctx, urgent); err != nil {
			return err
		}
		wanted = k.reads.Wanted() // those that the list does not have, and new ones
	}
	var failed error
	for _, agent := range wanted[:min(len(wanted), fewReads)] {
		if err := k.readOne(ctx, agent); err != nil {
			failed = err
		}
	}
	return failed
}

// readOne looks at one agent. One who does not exist is not asked for again: if
// they come back, looking at all agents finds them.
func (k *Kustomer) readOne(ctx context.Context, agent string) error {
	o, err := k.look(ctx, urgent, agent)
	if puzzling(err) {
		k.env.Log.Warn("a linked agent's status in Kustomer cannot be told", "agent", agent, "err", err)
		k.reads.Done(agent, tandem.At(k.env.Clock.Now()))
		return nil
	}
	if err != nil {
		return err
	}
	k.tell(ctx, o)
	return nil
}
