package errand

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem"
)

const (
	tellTimeout = 5 * time.Second  // for one try
	tellLimit   = 15 * time.Second // for all; the core has a deadline of its own
	maxTellWait = 2 * time.Second
)

// tell hands a command to the core. While the core is busy it tries again;
// commands that tell outcomes are harmless when repeated.
func (d *Desk) tell(e Errand, command any) {
	ctx, cancel := context.WithTimeout(d.ctx, tellLimit)
	defer cancel()
	for wait := firstPause; ; wait = min(2*wait, maxTellWait) {
		try, done := context.WithTimeout(ctx, tellTimeout)
		_, err := d.cfg.Do(try, e.Instance, command)
		done()
		if err == nil {
			return
		}
		if final(err) || !sleep(ctx, wait) {
			if d.ctx.Err() == nil {
				d.cfg.Log.Error("the core did not take the outcome of an errand", "command", fmt.Sprintf("%T", command), "target", e.Target, "errand", e.ID, "instance", e.Instance, "err", err)
			}
			return
		}
	}
}

// final reports whether err is a refusal that will not change by itself.
func final(err error) bool {
	var refusal *tandem.Error
	return errors.As(err, &refusal) && refusal.Kind != tandem.Busy
}
