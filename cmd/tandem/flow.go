package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/flow"
	"tandem/flow/block"
	"tandem/flow/flowtest"
	"tandem/flow/legacy"
	"tandem/instance"
)

// flowCommand holds the tools for contact flows. They work on files, and know an
// instance only where a data folder is named; they change nothing.
type flowCommand struct {
	Lint      flowLint      `cmd:"" help:"Say what keeps flows from being published."`
	Convert   flowConvert   `cmd:"" help:"Turn an export of the console, of the older form too, into a flow that the API takes."`
	Run       flowRun       `cmd:"" help:"Walk through a flow in the terminal, as a caller."`
	Test      flowTests     `cmd:"" help:"Test flows with the Amazon Connect testing language."`
	Logs      flowLogs      `cmd:"" help:"Print entries of the flow log, as JSON lines."`
	WhereUsed flowWhereUsed `cmd:"" help:"Find which flows use a queue, hours, prompt, flow, module, function, bot or user."`
}

// maxFlowFileBytes is the largest file that is read.
const maxFlowFileBytes = 4 << 20

// flowFile is a flow that was read from a file.
type flowFile struct {
	*legacy.Imported
	path string
}

// title is what a person calls the flow.
func (f *flowFile) title() string {
	if f.Name != "" {
		return f.Name
	}
	return filepath.Base(f.path)
}

// readFlow reads a flow of either form; "-" is the standard input. Type is the
// flow's type if the file does not say.
func readFlow(path, flowType string, instance legacy.Resolver) (*flowFile, error) {
	return fromFile(path, func(r io.Reader) (*flowFile, error) {
		content, err := io.ReadAll(io.LimitReader(r, maxFlowFileBytes))
		if err != nil {
			return nil, err
		}
		imported, err := legacy.Import(content, instance)
		if err != nil {
			return nil, err
		}
		if flowType != "" {
			imported.Type = flow.Type(flowType)
		}
		if imported.Type == "" {
			imported.Type = flow.TypeContactFlow
		}
		return &flowFile{imported, path}, nil
	})
}

// flowTypes are what --type may be.
const flowTypes = "CONTACT_FLOW,CUSTOMER_QUEUE,CUSTOMER_HOLD,CUSTOMER_WHISPER,AGENT_HOLD,AGENT_WHISPER,OUTBOUND_WHISPER,AGENT_TRANSFER,QUEUE_TRANSFER,MODULE"

// checkType says whether there is such a type of flow; empty is none given.
func checkType(flowType string) error {
	if flowType == "" || strings.Contains(","+flowTypes+",", ","+flowType+",") {
		return nil
	}
	return fmt.Errorf("--type is %q; use one of: %s", flowType, strings.ReplaceAll(flowTypes, ",", ", "))
}

// otherFlows reads the flows and modules that a flow may go on to, each ID=FILE.
func otherFlows(pairs []string) ([]*flowtest.Flow, error) {
	var flows []*flowtest.Flow
	for _, pair := range pairs {
		id, path, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("--with is %q; write it as ID=FILE", pair)
		}
		f, err := readFlow(path, "", nil)
		if err != nil {
			return nil, err
		}
		flows = append(flows, walkable(f, flow.ResourceID(id)))
	}
	return flows, nil
}

func walkable(f *flowFile, id string) *flowtest.Flow {
	return flowtest.NewFlow(id, f.title(), f.Type, f.Document, block.Registry())
}

// readWorld reads what the world around a flow is like; without a file it is kind.
func readWorld(path string) (*flowtest.World, error) {
	if path == "" {
		return &flowtest.World{}, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w, err := flowtest.ParseWorld(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
}

// knownInstance is an instance that flows are checked against.
type knownInstance struct {
	*center.Machine
}

// openInstance reads the instance of a data folder, whose server may run. Nothing
// named means none: then it is nil.
func openInstance(ctx context.Context, f settingFlags, id string) (known *knownInstance, err error) {
	if f.Data == "" && f.Config == "" {
		return nil, nil
	}
	p, err := openPast(ctx, f, id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	e := engine.Open(p.data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, quiet))
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Start(ctx, p.shard); err != nil {
		return nil, err
	}
	err = e.Read(ctx, p.shard, func(in *instance.Instance) {
		if m, ok := instance.Find[*center.Machine](in); ok && !m.State().Instance.InstanceID.IsZero() {
			known = &knownInstance{m}
		}
	})
	if err == nil && known == nil {
		err = fmt.Errorf("there is no instance %s here; leave out --instance, or name one that there is", p.shard)
	}
	return known, err
}

// resolver is the instance as imports see it; nil if there is none.
func (k *knownInstance) resolver() legacy.Resolver {
	if k == nil {
		return nil
	}
	return k
}

// Find implements legacy.Resolver.
func (k *knownInstance) Find(kind flow.ResourceKind, name string) (string, bool) {
	s := k.State()
	switch kind {
	case flow.ResourceQueue:
		for _, id := range tandem.SortedIDs(s.Queues) {
			if s.Queues[id].Name == name {
				return id.String(), true
			}
		}
	case flow.ResourceHours:
		for _, id := range tandem.SortedIDs(s.Hours) {
			if s.Hours[id].Name == name {
				return id.String(), true
			}
		}
	case flow.ResourceFlow:
		for _, id := range tandem.SortedIDs(s.Flows) {
			if s.Flows[id].Saved.Name == name {
				return id.String(), true
			}
		}
	case flow.ResourceUser:
		for _, id := range tandem.SortedIDs(s.Agents) {
			if s.Agents[id].User.Username == tandem.Personal(name) {
				return id.String(), true
			}
		}
	case flow.ResourcePrompt: // prompts go by the names of their files
		return name, k.Known(kind, name)
	}
	return "", false
}
