package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/instance"
	"tandem/presence"
	"tandem/view"
	"tandem/view/flowuse"
	"tandem/zones"
)

// flowWhereUsed tells which flows use a resource, from a copy of the journal.
type flowWhereUsed struct {
	settingFlags
	Instance string `help:"Id of the instance; not needed where there is one." placeholder:"ID"`
	JSON     bool   `help:"Print as JSON."`
	Resource string `arg:"" help:"Name, id or ARN."`
}

// Run implements the command.
func (c *flowWhereUsed) Run(ctx context.Context) (err error) {
	p, err := openPast(ctx, c.settingFlags, c.Instance)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	x, err := p.flowUses(ctx)
	if err != nil {
		return err
	}
	answer := x.Find(c.Resource)
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(answer)
	}
	return printUses(c.Resource, answer)
}

// flowUses looks at the flows as they are now.
func (p *past) flowUses(ctx context.Context) (x *flowuse.Index, err error) {
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	cfg := p.data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, quiet)
	cfg.New = func(tandem.ID) *instance.Instance {
		return instance.New(translate, center.New(zones.Shipped{}), presence.New())
	}
	e := engine.Open(cfg)
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Start(ctx, p.shard); err != nil {
		return nil, err
	}
	err = e.Read(ctx, p.shard, func(in *instance.Instance) { x = flowuse.New(view.Center(in)) })
	return x, err
}

func printUses(what string, a flowuse.Answer) error {
	if len(a.Resources) == 0 && len(a.Uses) == 0 {
		return fmt.Errorf("nothing here is called %q, and no flow uses it; give a name as it is written, an id or an ARN", what)
	}
	if len(a.Uses) == 0 {
		for _, r := range a.Resources {
			fmt.Printf("No flow uses the %s %q.\n", r.Kind, r.Name)
		}
		return nil
	}
	rows := [][]string{{"FLOW", "TYPE", "CONTENT", "BLOCK", "PARAMETER", "USES"}}
	for _, u := range a.Uses {
		name := u.Resource.Name
		if name == "" {
			name = u.Resource.ID
		}
		rows = append(rows, []string{u.FlowName, u.FlowType, string(u.Content), u.Action, u.Parameter, string(u.Resource.Kind) + " " + name})
	}
	table(os.Stdout, "", rows)
	return nil
}
