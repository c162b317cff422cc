// Package admin is Tandem's own JSON API, for what Amazon Connect has no
// operation for: connected systems with their mappings and rules, who an agent
// is in them, what each of them shows, notices, health, and erasure.
//
//	GET    /admin/health
//	GET    /admin/instances
//	GET    /admin/rules/words
//	GET    /admin/instances/{instanceId}/statuses
//	GET    /admin/instances/{instanceId}/users
//	GET    /admin/instances/{instanceId}/systems
//	POST   /admin/instances/{instanceId}/systems
//	GET    /admin/instances/{instanceId}/systems/{systemId}
//	PUT    /admin/instances/{instanceId}/systems/{systemId}
//	DELETE /admin/instances/{instanceId}/systems/{systemId}
//	GET    /admin/instances/{instanceId}/systems/{systemId}/statuses
//	POST   /admin/instances/{instanceId}/systems/{systemId}/refresh
//	GET    /admin/instances/{instanceId}/systems/{systemId}/agents
//	GET    /admin/instances/{instanceId}/systems/{systemId}/rules
//	PUT    /admin/instances/{instanceId}/systems/{systemId}/rules
//	POST   /admin/instances/{instanceId}/systems/{systemId}/rules/import
//	POST   /admin/instances/{instanceId}/systems/{systemId}/rules/try
//	GET    /admin/instances/{instanceId}/systems/{systemId}/links
//	POST   /admin/instances/{instanceId}/systems/{systemId}/links/auto
//	PUT    /admin/instances/{instanceId}/systems/{systemId}/links/{userId}
//	DELETE /admin/instances/{instanceId}/systems/{systemId}/links/{userId}
//	POST   /admin/instances/{instanceId}/systems/{systemId}/links/{userId}/release
//	GET    /admin/instances/{instanceId}/presence
//	GET    /admin/instances/{instanceId}/notices
//	POST   /admin/instances/{instanceId}/contacts/{contactId}/erase
//	POST   /admin/instances/{instanceId}/users/{userId}/erase
//
// A system is of the kind zendesk, salesforce, kustomer or amazon_connect. Its
// client_secret is, in that order: the secret of the OAuth client; the consumer
// secret of the connected app or the private key that it trusts, in PEM; an API
// key; the secret access key of client_id. What else a kind needs stands in
// settings, an object of texts: amazon_connect has instance (id or ARN, needed),
// region, agent_event_stream, kinesis_url and requests_per_second; the others
// have none. Statuses go by name or id: a system's names are known once its
// statuses were refreshed. partial_capacity_status and at_capacity_status are
// the center's statuses of an available agent who has some work in that system,
// and who can take no more.
//
// Rules are those of package presence/rule: sources, destinations, operands and
// comparators go by their names. PUT rules replaces all rules of a system, in
// the order in which they are tried, and the policy at a session's end; like GET
// it answers with findings, which are what is wrong with rules and does not keep
// them from being saved. import takes rules that were exported elsewhere, as
// text/csv or application/json, saves nothing, and answers with its rows, with
// rules that can be put as they are, and with findings. try says of each rule,
// saved or in the body, whether it acts on an event and why:
//
//	{"event":{"source":"Connect Agent State Change","old_state":"Available","new_state":"Lunch"}}
//	{"event":{"source":"Salesforce Agent State Change","new_state":"Lunch"}}
//	{"event":{"source":"Salesforce Agent Logout"}}
//	{"event":{"source":"Salesforce Work Accepted","channel":"Phone"}}
//	{"event":{"source":"Salesforce Workload Changed","workload":4,"previous_workload":3,"capacity":5},"rules":[...]}
//
// rules/words lists the names that rules are made of. statuses and users, of an
// instance, are those of the center.
//
// The pages at /admin/ui/ (package pages) are for people; they use this API.
//
// Requests carry Authorization: Bearer with the admin token. Errors are
// {"error":{"field":"name","message":"..."}}. Secrets go in and never come out.
package admin
