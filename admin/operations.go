package admin

import (
	"net/http"

	"tandem/auth"
	"tandem/presence/rule"
)

// Paths that others begin with.
const (
	instancePath = "/admin/instances/{instanceId}"
	systemsPath  = instancePath + "/systems"
	systemPath   = systemsPath + "/{systemId}"
	linkPath     = systemPath + "/links/{userId}"
	userPath     = instancePath + "/users/{userId}"
)

// operations are all operations of the API, in the order of its description.
func operations() []operation {
	var all []operation
	for _, part := range [][]operation{serverOperations(), keyOperations(), centerOperations(), agentOperations(), flowOperations(), systemOperations(), ruleOperations(), linkOperations(), noticeOperations()} {
		all = append(all, part...)
	}
	return all
}

func serverOperations() []operation {
	return []operation{
		op(http.MethodGet, "/admin/health", auth.ViewConfiguration, "getHealth", "Say how the server does.", (*Handler).health),
		op(http.MethodGet, "/admin/me", auth.ViewConfiguration, "getMe", "Say who makes the request, and what they may do.", (*Handler).me),
		op(http.MethodGet, "/admin/instances", auth.ViewConfiguration, "listInstances", "List the contact centers of this server.", (*Handler).instances),
	}
}

func keyOperations() []operation {
	return []operation{
		op(http.MethodGet, "/admin/keys", auth.ManageKeys, "listKeys", "List the keys of this API, ended ones too.", (*Handler).listKeys),
		opWith(http.MethodPost, "/admin/keys", auth.ManageKeys, "createKey", "Make a key of this API.", (*Handler).createKey).
			tells("The answer carries the token, once; only its hash is kept."),
		op(http.MethodDelete, "/admin/keys/{keyId}", auth.ManageKeys, "endKey", "End a key. Its name is kept for the audit.", (*Handler).endKey),
		op(http.MethodGet, "/admin/audit", auth.ReadAudit, "listServerChanges", "List who changed what of the server: its keys. The newest come first.", (*Handler).serverAudit).
			asks("limit", "How many changes, 1 to 1000; 100 if left out.", true).asks("after", "The next of the page before.", false),
	}
}

func centerOperations() []operation {
	return []operation{
		op(http.MethodGet, instancePath+"/statuses", auth.ViewConfiguration, "listCenterStatuses", "List the agent statuses of the contact center.", (*Handler).listCenterStatuses),
		op(http.MethodGet, instancePath+"/users", auth.ViewConfiguration, "listUsers", "List the users of the contact center.", (*Handler).listUsers),
		op(http.MethodPost, userPath+"/erase", auth.EraseSubjects, "eraseUser", "Erase everything personal about a deleted user, for good.", (*Handler).eraseUser),
		op(http.MethodPost, instancePath+"/contacts/{contactId}/erase", auth.EraseSubjects, "eraseContact",
			"Erase everything personal about the chain of contacts that begins with this one, for good.", (*Handler).eraseContact),
		op(http.MethodGet, instancePath+"/presence", auth.ViewConfiguration, "listPresence", "Say what each linked agent wishes and what each system shows.", (*Handler).presence).
			asks("user_id", "Only this agent, linked or not.", false),
		op(http.MethodGet, userPath+"/why", auth.ViewConfiguration, "explainPresence",
			"Explain in sentences what each system shows for an agent, what it should, and why.", (*Handler).why),
		op(http.MethodGet, instancePath+"/audit", auth.ReadAudit, "listChanges", "List who changed what, the newest first.", (*Handler).instanceAudit).
			asks("limit", "How many changes, 1 to 1000; 100 if left out.", true).asks("after", "The next of the page before.", false),
	}
}

func systemOperations() []operation {
	return []operation{
		op(http.MethodGet, systemsPath, auth.ViewConfiguration, "listSystems", "List the connected systems.", (*Handler).listSystems),
		opWith(http.MethodPost, systemsPath, auth.EditSystems, "createSystem", "Connect a system.", (*Handler).createSystem).tells(systemDetails),
		op(http.MethodGet, systemPath, auth.ViewConfiguration, "getSystem", "Show a connected system.", (*Handler).showSystem),
		opWith(http.MethodPut, systemPath, auth.EditSystems, "replaceSystem", "Replace the settings of a system.", (*Handler).updateSystem).
			tells("The kind cannot change. Without client_secret the secret stays as it is; it must be given where the URL changes. " + systemDetails),
		op(http.MethodDelete, systemPath, auth.EditSystems, "deleteSystem", "End a connected system, with its links, rules and secrets.", (*Handler).deleteSystem),
		opWith(http.MethodPost, systemPath+"/secret", auth.EditSystems, "replaceSecret", "Replace the client secret of a system, and nothing else.", (*Handler).replaceSecret).
			tells("The connector begins anew with it at once. Test the connection afterwards."),
		op(http.MethodPost, systemPath+"/test", auth.EditSystems, "testSystem", "Try the connection: its secret, its statuses, its agents.", (*Handler).testSystem).
			tells("The statuses and agents that are read are kept, as by refresh."),
		op(http.MethodGet, systemPath+"/health", auth.ViewConfiguration, "getSystemHealth", "Say how a system's connector does.", (*Handler).systemHealth),
		op(http.MethodGet, systemPath+"/statuses", auth.ViewConfiguration, "listSystemStatuses", "List the statuses that a system offers, as they were read last.", (*Handler).listStatuses),
		op(http.MethodPost, systemPath+"/refresh", auth.EditSystems, "refreshSystem", "Read a system's statuses and agents again, and list the statuses.", (*Handler).refreshSystem),
	}
}

const systemDetails = "The client_secret is, for zendesk, the secret of the OAuth client; for salesforce, the consumer secret of the connected app or the private key " +
	"that it trusts, in PEM; for kustomer, an API key; for amazon_connect, the secret access key of client_id. The settings of amazon_connect are instance " +
	"(id or ARN, needed), region, agent_event_stream, kinesis_url and requests_per_second; the other kinds have none. Statuses go by name or id: a system's names " +
	"are known once its statuses were refreshed."

func ruleOperations() []operation {
	return []operation{
		op(http.MethodGet, "/admin/rules/words", auth.ViewConfiguration, "listRuleWords", "List the names that rules are made of.", (*Handler).ruleWords),
		op(http.MethodGet, systemPath+"/rules", auth.ViewConfiguration, "getRules", "Show the rules of a system, in the order in which they are tried.", (*Handler).showRules).
			tells("The findings are what is wrong with rules and does not keep them from being saved."),
		opWith(http.MethodPut, systemPath+"/rules", auth.EditSystems, "replaceRules", "Replace all rules of a system, and the policy at a session's end.", (*Handler).saveRules).upTo(maxRulesBytes),
		op(http.MethodPost, systemPath+"/rules/import", auth.ViewConfiguration, "importRules",
			"Read rules that were exported elsewhere. It saves nothing: the rules of the answer can be put as they are.", (*Handler).importRules).
			takes("text/csv", "application/json").upTo(rule.MaxImport),
		opWith(http.MethodPost, systemPath+"/rules/try", auth.ViewConfiguration, "tryRules", "Say of each rule whether it acts on an event, and why. Nothing happens.", (*Handler).tryRules).
			upTo(maxRulesBytes),
	}
}

func linkOperations() []operation {
	return []operation{
		op(http.MethodGet, systemPath+"/agents", auth.ViewConfiguration, "listAgents", "List the agents of a system, as it tells them now.", (*Handler).listAgents),
		op(http.MethodGet, systemPath+"/links", auth.ViewConfiguration, "listLinks", "List who is who in a system.", (*Handler).listLinks),
		op(http.MethodPost, systemPath+"/links/auto", auth.LinkAgents, "linkByEmail", "Link users and agents with the same e-mail address.", (*Handler).autoLink),
		opWith(http.MethodPut, linkPath, auth.LinkAgents, "linkAgent", "Say who a user is in a system.", (*Handler).link),
		op(http.MethodDelete, linkPath, auth.LinkAgents, "unlinkAgent", "Take a link back.", (*Handler).unlink),
		op(http.MethodPost, linkPath+"/release", auth.LinkAgents, "releaseAgent", "Keep an agent's status in step again, after it stopped because too much went wrong.", (*Handler).release),
	}
}

func noticeOperations() []operation {
	return []operation{
		op(http.MethodGet, instancePath+"/notices", auth.ViewConfiguration, "listNotices",
			"List what agents and administrators were told: first what nobody has seen yet, of each kind the newest first.", (*Handler).notices).
			asks("limit", "How many notices, 1 to 1000; 100 if left out.", true).asks("after", "The next of the page before.", false),
		opWith(http.MethodPost, instancePath+"/notices/seen", auth.SeeNotices, "seeNotices", "Mark a notice as seen, or all up to it.", (*Handler).seeNotices).
			tells("Who saw a notice first, and when, is kept."),
	}
}
