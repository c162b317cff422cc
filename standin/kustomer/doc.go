// Package kustomer is a stand-in for the part of Kustomer that agent status
// rests on: API keys with roles, users, teams, routing statuses, work sessions,
// queues and work items, and signed outbound webhooks. It is an http.Handler
// with an injected clock, so that the same code serves Go tests, stories with
// real processes and a person in a browser.
//
// Public API:
//
//	GET  /v1/users, /v1/users/current, /v1/users/{id}
//	GET  /v1/teams
//	GET, POST /v1/routing/statuses; GET, PUT /v1/routing/statuses/{id}
//	GET  /v1/routing/work-sessions, /v1/routing/users/{id}/work-sessions
//	GET, PUT /v1/routing/work-sessions/{id}
//	GET  /v1/routing/queues
//	POST /v1/routing/work-items; GET /v1/routing/work-items/{id}
//	PATCH /v1/conversations/{id}
//	GET, POST /v1/outbound-webhooks; GET, DELETE /v1/outbound-webhooks/{id}
//	GET  /v1/outbound-webhooks/events
//
// For people: / and /agents/{id} show statuses and change them by hand.
// For tests: everything under /__standin/ (see control.go) seeds, acts as a
// person, moves the clock, breaks things on purpose and reads the request log.
//
// Shapes follow the public pages "Kustomer: Queues and routing API", "Access
// management API", "Outbound webhooks", "Delivery and security", "Errors",
// "Pagination" and "Rate limits", and the help pages on user statuses and queue
// settings. Where those pages are silent the choice made here is stated at the
// line that makes it.
package kustomer
