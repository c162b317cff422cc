package engine

import (
	"encoding/json"
	"fmt"

	"tandem"
	"tandem/journal"
)

// Subjected is a command body that is about one person or contact chain; put
// aside, it is sealed under that subject's key.
type Subjected interface{ Subject() tandem.ID }

// quarantine seals a command that could not be decided. A command without a
// subject is sealed under the shard's own key.
func quarantine(sealer tandem.Sealer, shard tandem.ID, cmd tandem.Command, reason string) (journal.QuarantineRow, error) {
	subject := shard
	if s, ok := cmd.Body.(Subjected); ok {
		subject = s.Subject()
	}
	body, err := json.Marshal(struct {
		Type string
		Body any
	}{fmt.Sprintf("%T", cmd.Body), cmd.Body})
	if err != nil {
		return journal.QuarantineRow{}, fmt.Errorf("encode %T: %w", cmd.Body, err)
	}
	sealed, err := sealer.Seal(nil, subject, body)
	if err != nil {
		return journal.QuarantineRow{}, err
	}
	if len(reason) > 500 {
		reason = reason[:500]
	}
	return journal.QuarantineRow{CommandID: cmd.ID, Subject: subject, At: cmd.At, Reason: reason, Sealed: sealed}, nil
}
