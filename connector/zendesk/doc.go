// Package zendesk is the connector for Zendesk unified agent statuses. It
// speaks the public API: OAuth client credentials, agent statuses, agent
// availabilities, users and webhooks ("Zendesk: Unified Agent Status API",
// "Agent Availability API", "Webhooks API", "OAuth Tokens for Grant Types").
//
// Webhooks, which package hook receives, make changes known within moments;
// listing all availabilities once a minute is what correctness rests on.
package zendesk
