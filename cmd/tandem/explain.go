package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
	"tandem/view/explain"
	"tandem/zones"
)

// explainCommand tells stories from the journal of a stopped server.
type explainCommand struct {
	Contact explainContact `cmd:"" help:"What happened to a contact, and why."`
	Agent   explainAgent   `cmd:"" help:"What happened to an agent, and why."`
}

// explainFlags are what both stories share.
type explainFlags struct {
	settingFlags
	Instance string `help:"Id of the instance; not needed where there is one." placeholder:"ID"`
	JSON     bool   `help:"Print as JSON."`
}

type explainContact struct {
	explainFlags
	ID string `arg:"" help:"Id of the contact."`
}

type explainAgent struct {
	explainFlags
	ID string `arg:"" help:"Id of the user."`
}

// Run implements the command.
func (c *explainContact) Run(ctx context.Context) error { return c.tell(ctx, c.ID, explain.Contact) }

// Run implements the command.
func (c *explainAgent) Run(ctx context.Context) error { return c.tell(ctx, c.ID, explain.Agent) }

type story func(*center.Machine, explain.Records, tandem.ID) ([]explain.Line, error)

func (f explainFlags) tell(ctx context.Context, text string, tell story) (err error) {
	id, err := tandem.ParseID(text)
	if err != nil {
		return err
	}
	data, shards, err := openForReading(ctx, f.settingFlags, f.Instance)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.close()) }()
	shard, err := theOne(shards)
	if err != nil {
		return err
	}
	records := func(each func(*tandem.Record) error) error {
		return engine.Replay(ctx, data.store, data.session(shard), shard, 0, each)
	}
	lines, err := tell(center.New(zones.Shipped{}), records, id)
	if err != nil {
		return err
	}
	if f.JSON {
		return json.NewEncoder(os.Stdout).Encode(lines)
	}
	return explain.Write(os.Stdout, lines)
}

// theOne picks the instance among the shards, when there is one.
func theOne(shards []tandem.ID) (tandem.ID, error) {
	var found []tandem.ID
	for _, id := range shards {
		if id != directory.Shard {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		return tandem.ID{}, fmt.Errorf("there are %d instances here; say which with --instance", len(found))
	}
	return found[0], nil
}
