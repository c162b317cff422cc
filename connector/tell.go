package connector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem"
)

const (
	tellTimeout   = 10 * time.Second // for one try
	firstTellWait = 100 * time.Millisecond
	lastTellWait  = 5 * time.Second
)

// Tell hands a command to the core. While the core is busy or does not answer
// it tries again, until ctx ends; commands of connectors are harmless when
// repeated. A refusal is final and returned.
func (e Env) Tell(ctx context.Context, body any) error {
	for wait := firstTellWait; ; wait = min(2*wait, lastTellWait) {
		try, cancel := context.WithTimeout(ctx, tellTimeout)
		_, err := e.Do(try, body)
		cancel()
		switch {
		case err == nil || final(err):
			return err
		case ctx.Err() != nil:
			return fmt.Errorf("the core did not take %T: %w", body, err)
		}
		e.Log.Warn("the core does not take an outcome; trying again", "command", fmt.Sprintf("%T", body), "err", err)
		if Wait(ctx, e.Clock, wait) != nil {
			return fmt.Errorf("the core did not take %T: %w", body, err)
		}
	}
}

// final reports whether err is a refusal that will not change by itself.
func final(err error) bool {
	var refusal *tandem.Error
	return errors.As(err, &refusal) && refusal.Kind != tandem.Busy
}
