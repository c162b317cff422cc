package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem"
	"tandem/connector"
)

// testTimeout bounds each step of a test.
const testTimeout = 10 * time.Second

// testJSON is what a test of a connection found.
type testJSON struct {
	OK     bool    `json:"ok" doc:"Whether all steps went well."`
	Checks []Check `json:"checks" doc:"The steps, up to the first that failed."`
}

// testSystem tries a connection step by step. A step that fails is part of the
// answer.
func (h *Handler) testSystem(q *request) (testJSON, error) {
	j := testJSON{OK: true, Checks: []Check{}}
	s, err := h.find(q)
	if err != nil {
		return j, err
	}
	for _, step := range []struct {
		name string
		try  func(context.Context) (string, error)
	}{
		{"Settings", func(context.Context) (string, error) {
			if !s.Saved.Enabled {
				return "", tandem.Errorf(tandem.Conflict, "", "the system is switched off; switch it on first")
			}
			return "complete", h.checkSettings(s.Saved)
		}},
		{"Client secret", func(ctx context.Context) (string, error) {
			_, err := h.cfg.Secrets.Secret(ctx, connector.SecretName(q.system, connector.ClientSecret))
			if absent(err) {
				return "", tandem.Errorf(tandem.NotFound, "", "there is none; %s", secretOf[s.Saved.System])
			}
			return "there is one", err
		}},
		{"Statuses", func(ctx context.Context) (string, error) {
			if err := h.cfg.Connectors.Refresh(ctx, q.system); err != nil {
				return "", err
			}
			read, err := h.find(q)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("%d found", len(read.Statuses)), nil
		}},
		{"Agents", func(ctx context.Context) (string, error) {
			agents, err := h.cfg.Connectors.Agents(ctx, q.system)
			return fmt.Sprintf("%d found", len(agents)), err
		}},
	} {
		c := h.tryStep(q, step.name, step.try)
		if j.Checks = append(j.Checks, c); !c.OK {
			j.OK = false
			break
		}
	}
	return j, nil
}

func (h *Handler) tryStep(q *request, name string, try func(context.Context) (string, error)) Check {
	ctx, done := context.WithTimeout(q.Context(), testTimeout)
	defer done()
	detail, err := try(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		detail = fmt.Sprintf("no answer within %s; check the URL, and that this server may reach it", testTimeout)
	case err != nil:
		detail = err.Error()
	}
	return Check{Name: name, OK: err == nil, Detail: detail}
}

// connectorJSON says how a system's connector does.
type connectorJSON struct {
	Running        bool   `json:"running" doc:"Whether a connector runs: the system is switched on."`
	Waiting        int    `json:"waiting" doc:"Writes that wait or are under way."`
	Done           int64  `json:"done" doc:"Writes that were made since the start."`
	Refused        int64  `json:"refused" doc:"Writes that the system refused."`
	Unknown        int64  `json:"unknown" doc:"Writes without an answer: what is shown is read instead."`
	Retried        int64  `json:"retried" doc:"Writes that were put off."`
	Replaced       int64  `json:"replaced" doc:"Writes that a newer one replaced while they waited."`
	Observations   int64  `json:"observations" doc:"Statuses that were seen."`
	Requests       int64  `json:"requests" doc:"Requests that were sent."`
	Limited        int64  `json:"limited" doc:"Requests that the system put off (429)."`
	Failures       int64  `json:"failures" doc:"Requests without an answer, or that failed there (5xx)."`
	DelayMillis    int64  `json:"delay_ms" doc:"How long writes waited before they were sent, on average, in milliseconds."`
	LongestMillis  int64  `json:"longest_ms" doc:"The longest such wait, in milliseconds."`
	AgentsInStep   int    `json:"agents_in_step" doc:"Linked agents whose status is kept in step."`
	AgentsDegraded int    `json:"agents_degraded" doc:"Linked agents whose last write failed."`
	AgentsFrozen   int    `json:"agents_frozen" doc:"Linked agents who wait for somebody to start them again."`
	SeenAt         string `json:"seen_at" doc:"When a status was seen there last (RFC 3339), or -."`
}

func (h *Handler) systemHealth(q *request) (connectorJSON, error) {
	var j connectorJSON
	if _, err := h.find(q); err != nil {
		return j, err
	}
	f, running := h.cfg.Connectors.Figures()[q.system]
	j = connectorJSON{
		Running: running, Waiting: f.Waiting, Done: f.Done, Refused: f.Refused, Unknown: f.Unknown, Retried: f.Retried, Replaced: f.Replaced,
		Observations: f.Observations, Requests: f.Requests, Limited: f.Limited, Failures: f.Failures, LongestMillis: f.LongestDelay.Milliseconds(),
	}
	if f.Sent > 0 {
		j.DelayMillis = f.Delay.Milliseconds() / f.Sent
	}
	return j, h.look(q, func(v View) { j.countAgents(v, q.system) })
}

// countAgents counts the linked agents by how they do.
func (j *connectorJSON) countAgents(v View, system tandem.ID) {
	var seen tandem.Time
	for _, a := range v.Presence.Agents {
		for i := range a.Legs {
			l := &a.Legs[i]
			if l.SystemID != system {
				continue
			}
			seen = max(seen, l.Observed.At)
			switch l.Health.String() {
			case "frozen":
				j.AgentsFrozen++
			case "degraded":
				j.AgentsDegraded++
			default:
				j.AgentsInStep++
			}
		}
	}
	j.SeenAt = seen.String()
}
