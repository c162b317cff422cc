package kustomer

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// post makes one attempt and reports whether the receiver took it.
func (h *hooks) post(d delivery) bool {
	r, err := http.NewRequestWithContext(h.ctx, http.MethodPost, d.hook.URL, bytes.NewReader(d.body))
	if err != nil {
		return false
	}
	for _, header := range d.hook.Headers {
		r.Header.Set(header.Name, header.Value)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Kustomer-Webhook-Event", d.event)
	r.Header.Set("X-Kustomer-Webhook-Signature", Sign(d.hook.token, d.body))
	answer, err := h.client.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxBodyBytes)) // lets the connection be used again
	return answer.StatusCode >= 200 && answer.StatusCode < 300
}

// Sign is the signature of a delivery: lower-case hex of HMAC-SHA256 of the raw
// body, with the webhook's token ("Kustomer: Delivery and security").
func Sign(token string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// What can happen to an event on its way to the receivers.
const (
	HookDrop      = "drop"
	HookDuplicate = "duplicate"
	HookReorder   = "reorder"
)

// HookFault disturbs the next Count events. Reorder holds Count events back
// and sends them in reverse once the last has come.
type HookFault struct {
	Kind  string `json:"kind"`
	Count int    `json:"count,omitempty"` // default 1; for reorder 2
}

func (h *hooks) addFault(f HookFault) error {
	if !slices.Contains([]string{HookDrop, HookDuplicate, HookReorder}, f.Kind) || f.Count < 0 {
		return fmt.Errorf("%w webhook fault %q: use drop, duplicate or reorder, and a count that is not negative", errInvalid, f.Kind)
	}
	f.Count = max(f.Count, 1)
	if f.Kind == HookReorder {
		f.Count = max(f.Count, 2)
	}
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
		h.enqueue(deliveries)
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
		h.enqueue(deliveries)
		h.enqueue(deliveries)
	case HookReorder:
		h.held = append(h.held, deliveries...)
		if last || len(h.held) >= queueLimit {
			h.releaseHeld()
		}
	}
}

func (h *hooks) releaseHeld() {
	slices.Reverse(h.held)
	h.enqueue(h.held)
	h.held = nil
}
