// Package zendesk is a stand-in for the part of Zendesk that agent status
// rests on: OAuth tokens, users, unified agent statuses, agent availabilities
// and signed webhooks. It is an http.Handler with an injected clock, so that
// the same code serves Go tests, stories with real processes and a person in a
// browser.
//
// Public API (paths work with and without ".json"):
//
//	POST /oauth/tokens                                              client_credentials
//	GET  /api/v2/users, /users/me, /users/{id}
//	GET  /api/v2/agent_availabilities/agent_statuses
//	PUT  /api/v2/agent_availabilities/agent_statuses/agents/{id}
//	GET  /api/v2/agent_availabilities, /agent_availabilities/{id}
//	GET, POST /api/v2/webhooks; GET, DELETE /api/v2/webhooks/{id}
//	GET, POST /api/v2/webhooks/{id}/signing_secret
//	GET  /api/v2/webhooks/{id}/invocations
//
// For people: / and /agents/{id} show statuses and change them by hand.
// For tests: everything under /__standin/ (see control.go) seeds, acts as a
// person, moves the clock, breaks things on purpose and reads the request log.
//
// Shapes follow the public pages "Zendesk: Unified Agent Status API", "Agent
// Availability API", "Agent availability events", "Webhooks API" and "Verifying
// webhook authenticity". Where those pages are silent the choice made here is
// stated at the line that makes it.
package zendesk
