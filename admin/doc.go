// Package admin is Tandem's own JSON API, for what Amazon Connect has no
// operation for: connected systems and their mappings, who an agent is in
// them, what each of them shows, notices, health, and erasure.
//
//	GET    /admin/health
//	GET    /admin/instances
//	GET    /admin/instances/{instanceId}/systems
//	POST   /admin/instances/{instanceId}/systems
//	GET    /admin/instances/{instanceId}/systems/{systemId}
//	PUT    /admin/instances/{instanceId}/systems/{systemId}
//	DELETE /admin/instances/{instanceId}/systems/{systemId}
//	GET    /admin/instances/{instanceId}/systems/{systemId}/statuses
//	POST   /admin/instances/{instanceId}/systems/{systemId}/refresh
//	GET    /admin/instances/{instanceId}/systems/{systemId}/agents
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
// Requests carry Authorization: Bearer with the admin token. Errors are
// {"error":{"field":"name","message":"..."}}. Secrets go in and never come out.
package admin
