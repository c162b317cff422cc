package supervise

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// Supervisor runs children side by side.
type Supervisor struct {
	children []*Child
	log      *slog.Logger
}

// New makes a supervisor of the children.
func New(log *slog.Logger, specs ...Spec) *Supervisor {
	s := &Supervisor{log: log}
	for _, spec := range specs {
		s.children = append(s.children, newChild(spec, log))
	}
	return s
}

// Child returns the i-th child, in the order given to New.
func (s *Supervisor) Child(i int) *Child { return s.children[i] }

// Run keeps the children running until ctx ends or one refuses to start; then
// all are stopped, the first child last, as the others may still report to it.
func (s *Supervisor) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	run, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	var all sync.WaitGroup
	for _, c := range s.children {
		all.Go(func() {
			if err := c.keep(run); err != nil {
				cancel(err)
			}
		})
	}
	<-ctx.Done()
	for i := len(s.children) - 1; i >= 0; i-- {
		s.children[i].stop()
	}
	done()
	all.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// AwaitReady waits until every child serves.
func (s *Supervisor) AwaitReady(ctx context.Context) error {
	for _, c := range s.children {
		for {
			_, ready, _, changed := c.State()
			if ready != nil {
				break
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return nil
}
