package hook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tandem"
	"tandem/connector/zendesk"
	"tandem/event"
	"tandem/presence"
)

// The headers of a signed request ("Zendesk: Verifying webhook authenticity").
const (
	signatureHeader = "X-Zendesk-Webhook-Signature"
	timestampHeader = "X-Zendesk-Webhook-Signature-Timestamp"
)

const maxIDLength = 200 // of an event

// zendesk receives one webhook of a Zendesk account.
func (h *Handler) zendesk(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), commitTimeout)
	defer cancel()
	id, err := tandem.ParseID(r.PathValue("systemId"))
	system, ok := System{}, false
	if err == nil {
		system, ok = h.cfg.Find(ctx, id)
	}
	if !ok || system.Kind != event.ZendeskSystem {
		h.answer(w, r, unknown, err)
		return
	}
	body, v, err := read(w, r)
	if err != nil {
		h.answer(w, r, v, err)
		return
	}
	if v, err := h.verify(ctx, r, id, body); v != taken {
		h.answer(w, r, v, err)
		return
	}
	v, err = h.take(ctx, system.InstanceID, id, body)
	h.answer(w, r, v, err)
}

// verify checks who signed the body and when.
func (h *Handler) verify(ctx context.Context, r *http.Request, system tandem.ID, body []byte) (verdict, error) {
	secret, err := h.secret(ctx, system)
	switch {
	case err != nil:
		return unavailable, err
	case len(secret) == 0:
		return unsigned, errors.New("no webhook is registered for this system")
	}
	timestamp := r.Header.Get(timestampHeader)
	if !hmac.Equal([]byte(sign(secret, timestamp, body)), []byte(r.Header.Get(signatureHeader))) {
		return unsigned, errors.New("the signature does not match")
	}
	at, err := time.Parse(time.RFC3339, timestamp)
	if err != nil {
		return stale, fmt.Errorf("the timestamp is not RFC 3339: %w", err)
	}
	if age := h.cfg.Now().Sub(at).Abs(); age > maxAge {
		return stale, fmt.Errorf("signed %s ago", age.Round(time.Second))
	}
	return taken, nil
}

// sign is base64(HMAC-SHA256(secret, timestamp + body)).
func sign(secret []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(timestamp))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// take hands over what a verified body says. An event that was taken before
// does nothing; after a restart the version in it sees to that.
func (h *Handler) take(ctx context.Context, instance, system tandem.ID, body []byte) (verdict, error) {
	e, err := parseEnvelope(body)
	if err != nil {
		return unreadable, err
	}
	key := system.String() + "/" + e.ID
	if h.seen.has(key) {
		return repeated, nil
	}
	if e.Type != zendesk.EventType {
		h.seen.add(key)
		return ignored, nil
	}
	o, err := e.observation(system)
	if err != nil {
		return unreadable, err
	}
	_, err = h.cfg.Do(ctx, instance, system, o)
	switch kind(err) {
	case tandem.NotFound, tandem.Conflict: // nobody is linked to the agent, or the system was switched off
		return ignored, nil
	}
	if err != nil {
		return unavailable, err
	}
	h.seen.add(key)
	return taken, nil
}

// envelope is the body of an event webhook ("Zendesk: Agent availability
// events"). Ids in it are strings.
type envelope struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Detail struct {
		AgentID string `json:"agent_id"`
		Version string `json:"version"`
	} `json:"detail"`
	Event struct {
		New struct {
			ID     string `json:"id"`
			Reason string `json:"reason"`
		} `json:"new_unified_state"`
		UpdatedAt time.Time `json:"updated_at"`
	} `json:"event"`
}

func parseEnvelope(body []byte) (envelope, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return e, fmt.Errorf("read the event: %w", err)
	}
	if e.ID == "" || len(e.ID) > maxIDLength || e.Type == "" {
		return e, fmt.Errorf("the event has no id of 1 to %d characters, or no type", maxIDLength)
	}
	return e, nil
}

// observation is what a change of unified status says.
func (e *envelope) observation(system tandem.ID) (presence.Observe, error) {
	version, err := strconv.ParseUint(e.Detail.Version, 10, 64)
	if err != nil {
		return presence.Observe{}, fmt.Errorf("detail.version is not a number: %w", err)
	}
	if e.Detail.AgentID == "" || e.Event.New.ID == "" {
		return presence.Observe{}, errors.New("detail.agent_id or event.new_unified_state.id is missing")
	}
	o := presence.Observe{
		SystemID: system, RemoteID: e.Detail.AgentID, Remote: e.Event.New.ID, Version: version, Reason: e.Event.New.Reason,
	}
	if !e.Event.UpdatedAt.IsZero() {
		o.At = tandem.At(e.Event.UpdatedAt)
	}
	return o, nil
}
