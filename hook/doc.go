// Package hook receives signed webhooks of connected systems. What a webhook
// says becomes an observation of presence, and is answered once that is
// durable. Nothing rests on webhooks: connectors look at all agents anyway, so
// that one which is lost or refused costs a minute at most.
package hook
