// Package admin is Tandem's own JSON API, for what Amazon Connect has no
// operation for: connected systems with their mappings and rules, who an agent
// is in them, what each of them shows and why, notices, who changed what, keys,
// health, and erasure.
//
// Each operation is one line of a table (operations.go): method, path, the
// permission that it needs (package auth), what it does, and the function that
// serves it, whose types are those of body and answer. From that table and the
// doc tags of the types the description is made: OpenAPI 3.1 at [DocumentPath],
// and docs/admin-api.md. So a new operation is a line, a function and its types.
//
// agents are those of the center with their status, how long they are in it, and
// of who is Available how much of the capacity is used: available, partial
// capacity, at capacity. status-time tells how long agents were in their statuses, or
// with bucket=day by day in the instance's time zone; from and to are days or
// moments (RFC 3339), today without them. settings are how the center treats
// agents and contacts where there is a choice, such as requeue_on_offline.
//
// The pages at /admin/ui/ (package pages) are for people; they use this API.
//
// Requests carry Authorization: Bearer with the admin token or that of a key.
// Errors are {"error":{"field":"name","message":"..."}}. Secrets go in and never
// come out. Every change is a command whose record in the journal carries the
// key as its actor; the audit reads that.
package admin
