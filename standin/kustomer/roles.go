package kustomer

import (
	"net/http"
	"slices"
)

// The roles of API keys, as the page of each call lists them.
const (
	roleRoutingRead    = "org.permission.routing.read"
	roleRoutingCreate  = "org.permission.routing.create"
	roleRoutingUpdate  = "org.permission.routing.update"
	roleStatusRead     = "org.permission.routing_status.read"
	roleStatusCreate   = "org.permission.routing_status.create"
	roleStatusUpdate   = "org.permission.routing_status.update"
	roleSessionRead    = "org.permission.work_session.read"
	roleSessionUpdate  = "org.permission.work_session.update"
	roleUserRead       = "org.permission.user.read"
	roleTeamRead       = "org.permission.team.read"
	roleConversation   = "org.permission.conversation.update"
	roleWebhookRead    = "org.permission.outbound_webhook.read"
	roleWebhookCreate  = "org.permission.outbound_webhook.create"
	roleWebhookDelete  = "org.permission.outbound_webhook.delete"
	legacyRoutingRead  = "org.user.routing.read"
	legacyRoutingWrite = "org.user.routing.write"
	legacyAdminRouting = "org.admin.routing.write"
	legacyUsersRead    = "org.user.users.read"
	legacyWebhooks     = "org.admin.outbound_webhooks"
)

// endpoint is a public call; any one of its roles is enough, and none of an
// empty list is needed.
type endpoint struct {
	pattern string
	roles   []string
	serve   http.HandlerFunc
}

func (e endpoint) allows(k Key) bool {
	return len(e.roles) == 0 || len(k.Roles) == 0 ||
		slices.ContainsFunc(e.roles, func(role string) bool { return slices.Contains(k.Roles, role) })
}

func (s *Server) endpoints() []endpoint {
	readSessions := []string{roleSessionRead, roleRoutingRead, legacyRoutingRead}
	readStatuses := []string{roleStatusRead, roleRoutingRead, legacyRoutingRead}
	readHooks := []string{roleWebhookRead, legacyWebhooks}
	return []endpoint{
		{"GET /v1/users", []string{roleUserRead, legacyUsersRead}, s.listUsers},
		{"GET /v1/users/current", nil, s.showCurrentUser},
		{"GET /v1/users/{id}", []string{roleUserRead, legacyUsersRead}, s.showUser},
		{"GET /v1/teams", []string{roleTeamRead}, s.listTeams},
		{"GET /v1/routing/statuses", readStatuses, s.listStatuses},
		{"GET /v1/routing/statuses/{id}", readStatuses, s.showStatus},
		{"POST /v1/routing/statuses", []string{roleStatusCreate, roleRoutingCreate, legacyAdminRouting}, s.createStatus},
		{"PUT /v1/routing/statuses/{id}", []string{roleStatusUpdate, roleRoutingUpdate, legacyAdminRouting}, s.updateStatus},
		{"GET /v1/routing/work-sessions", readSessions, s.listSessions},
		{"GET /v1/routing/work-sessions/{id}", readSessions, s.showSession},
		{"PUT /v1/routing/work-sessions/{id}", []string{roleSessionUpdate, roleRoutingUpdate, legacyRoutingWrite}, s.updateSession},
		{"GET /v1/routing/users/{id}/work-sessions", []string{roleRoutingRead, legacyRoutingRead}, s.listUserSessions},
		{"GET /v1/routing/queues", []string{roleRoutingRead, legacyRoutingRead}, s.listQueues},
		{"POST /v1/routing/work-items", []string{roleRoutingCreate, legacyRoutingWrite}, s.createItem},
		{"GET /v1/routing/work-items/{id}", []string{roleRoutingRead, legacyRoutingRead}, s.showItem},
		{"PATCH /v1/conversations/{id}", []string{roleConversation}, s.updateConversation},
		{"GET /v1/outbound-webhooks", readHooks, s.hooks.list},
		{"GET /v1/outbound-webhooks/events", readHooks, s.hooks.listEvents},
		{"GET /v1/outbound-webhooks/{id}", readHooks, s.hooks.show},
		{"POST /v1/outbound-webhooks", []string{roleWebhookCreate, legacyWebhooks}, s.hooks.create},
		{"DELETE /v1/outbound-webhooks/{id}", []string{roleWebhookDelete, legacyWebhooks}, s.hooks.remove},
	}
}
