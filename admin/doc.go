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
// The pages at /admin/ui/ (package pages) are for people; they use this API.
//
// Requests carry Authorization: Bearer with the admin token or that of a key.
// Errors are {"error":{"field":"name","message":"..."}}. Secrets go in and never
// come out. Every change is a command whose record in the journal carries the
// key as its actor; the audit reads that.
package admin
