package salesforce

import (
	"context"
)

// read looks at some of the agents that are wanted.
func (s *Salesforce) read(ctx context.Context) error {
	wanted := s.reads.Wanted()
	observed, err := s.look(ctx, urgent, wanted[:min(len(wanted), idsPerQuery)])
	if err == nil {
		_ = s.tellAll(ctx, observed) // whoever calls looks at ctx
	}
	return err
}
