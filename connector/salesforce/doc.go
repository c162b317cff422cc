// Package salesforce is the connector for Salesforce Omni-Channel presence.
//
// The work is split as Salesforce demands. A server can read presence, by SOQL
// and by a push topic over the Streaming API, but no server can set it: the
// object UserServicePresence knows neither create nor update. Setting a status
// is a verb of the console toolkit in the agent's browser. So a small utility
// component in the console asks Tandem for commands, carries them out, and
// reports the toolkit's events; integrations/salesforce has what is deployed to
// the org, and [Consoles] is its counterpart here. While an agent has no console
// open, a write ends as WriteRetry and says so.
//
// Reports of the console and push topics make changes known within moments;
// querying all linked agents once a minute is what correctness rests on.
//
// Words: a status is known by the first 15 characters of its id, as both forms
// of ids occur; [Offline] stands for having no current presence record. The
// reasons of observations are the toolkit's own words; for the agent's own
// log-out, which has none there, it is presence.ReasonLogout.
//
// Sources: "Object Reference: UserServicePresence", "Omni-Channel Developer
// Guide: console toolkit for Lightning Experience", "Streaming API Developer
// Guide", "REST API Developer Guide", "OAuth 2.0 JWT Bearer Flow", "OAuth 2.0
// Client Credentials Flow".
package salesforce
