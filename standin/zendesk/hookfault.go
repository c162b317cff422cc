package zendesk

import (
	"fmt"
	"slices"
	"time"
)

// What can happen to an event on its way to the receivers.
const (
	HookDrop      = "drop"
	HookDuplicate = "duplicate"
	HookDelay     = "delay"
	HookReorder   = "reorder"
)

// HookFault disturbs the next Count events. Reorder holds Count events back
// and sends them in reverse once the last has come.
type HookFault struct {
	Kind        string `json:"kind"`
	Count       int    `json:"count,omitempty"` // default 1; for reorder 2
	DelayMillis int    `json:"delay_ms,omitempty"`
}

func (f HookFault) valid() error {
	switch {
	case !slices.Contains([]string{HookDrop, HookDuplicate, HookDelay, HookReorder}, f.Kind):
		return fmt.Errorf("%w webhook fault %q: use drop, duplicate, delay or reorder", errInvalid, f.Kind)
	case f.Count < 0 || f.DelayMillis < 0:
		return fmt.Errorf("%w webhook fault: count and delay_ms cannot be negative", errInvalid)
	case f.Kind == HookDelay && f.DelayMillis == 0:
		return fmt.Errorf("%w webhook fault delay: give delay_ms", errInvalid)
	}
	return nil
}

func (h *hooks) addFault(f HookFault) error {
	if err := f.valid(); err != nil {
		return err
	}
	least := 1
	if f.Kind == HookReorder {
		least = 2
	}
	f.Count = max(f.Count, least)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.armed = append(h.armed, f)
	return nil
}

// clearFaults disarms everything and sends what was held back.
func (h *hooks) clearFaults() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.armed = nil
	h.releaseHeld()
}

// disturb applies the next armed fault to the deliveries of one event.
func (h *hooks) disturb(deliveries []delivery) {
	if len(h.armed) == 0 {
		h.sendAll(deliveries)
		return
	}
	fault := h.armed[0]
	h.armed[0].Count--
	last := h.armed[0].Count == 0
	if last {
		h.armed = h.armed[1:]
	}
	switch fault.Kind {
	case HookDuplicate:
		h.sendAll(deliveries)
		h.sendAll(deliveries)
	case HookDelay:
		for _, d := range deliveries {
			if h.admit(&d) {
				h.later(d, time.Duration(fault.DelayMillis)*time.Millisecond)
			}
		}
	case HookReorder:
		h.held = append(h.held, deliveries)
		if last || len(h.held) >= h.config.WebhookQueueLimit {
			h.releaseHeld()
		}
	}
}

func (h *hooks) releaseHeld() {
	for _, deliveries := range slices.Backward(h.held) {
		h.sendAll(deliveries)
	}
	h.held = nil
}
