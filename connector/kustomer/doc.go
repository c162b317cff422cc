// Package kustomer is the connector for Kustomer user statuses. It speaks the
// public API with an API key: routing statuses, work sessions and users
// ("Kustomer: Queues and routing API", "Access management API", "Rate limits",
// "Errors", "Pagination").
//
// Kustomer announces no change of status: its twelve webhook events tell of
// customers, conversations, messages, users, teams and tags ("Kustomer: Event
// catalog"). So the live work sessions are listed every few seconds, as often
// as the organization's rate limit allows.
//
// A work session is one shift of one agent. It begins when the agent first
// chooses a status, ends with a status of type offline, and can then no longer
// be changed. No public call begins one for somebody else: who is offline can
// only come back by choosing a status in Kustomer.
package kustomer
