package zendesk

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"tandem/connector"
)

// EventType is the one event that the connector subscribes to ("Zendesk: Agent
// availability events").
const EventType = "zen:event-type:agent.unified_state_changed"

// HookPath is where the webhooks of a system arrive, before its id.
const HookPath = "/hooks/zendesk/"

// registerWebhook sees to it that Zendesk announces changes of status, and
// keeps the secret with which it signs. A webhook that is there already is
// used.
func (z *Zendesk) registerWebhook(ctx context.Context) error {
	if z.env.PublicURL == "" {
		return nil
	}
	endpoint := strings.TrimRight(z.env.PublicURL, "/") + HookPath + z.system.SystemID.String()
	registered, err := z.client.webhooks(ctx)
	if err != nil {
		return fmt.Errorf("list webhooks: %w", err)
	}
	i := slices.IndexFunc(registered, func(w webhook) bool {
		return w.Endpoint == endpoint && w.Status == "active" && slices.Contains(w.Subscriptions, EventType)
	})
	var ours webhook
	if i >= 0 {
		ours = registered[i]
	} else if ours, err = z.client.createWebhook(ctx, webhook{
		Name: "Tandem agent status", Status: "active", Endpoint: endpoint,
		HTTPMethod: "POST", RequestFormat: "json", Subscriptions: []string{EventType},
	}); err != nil {
		return fmt.Errorf("register a webhook: %w", err)
	}
	return z.keepSigningSecret(ctx, ours.ID)
}

func (z *Zendesk) keepSigningSecret(ctx context.Context, id string) error {
	secret, err := z.client.signingSecret(ctx, id)
	if err != nil {
		return fmt.Errorf("read the webhook's signing secret: %w", err)
	}
	name := connector.SecretName(z.system.SystemID, connector.WebhookSecret)
	if known, err := z.env.Secrets.Secret(ctx, name); err == nil && bytes.Equal(known, []byte(secret)) {
		return nil
	}
	if err := z.env.Secrets.PutSecret(ctx, name, []byte(secret)); err != nil {
		return fmt.Errorf("keep the webhook's signing secret: %w", err)
	}
	return nil
}
