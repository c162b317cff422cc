// Package salesforce is a stand-in for the part of Salesforce that
// Omni-Channel presence rests on: OAuth tokens, SOQL queries, push topics over
// the Streaming API, and the console in an agent's browser. It is an
// http.Handler with an injected clock, so that the same code serves Go tests,
// stories with real processes and a person in a browser.
//
// Public API, for any version vNN.0:
//
//	POST /services/oauth2/token                          client_credentials, JWT bearer, authorization_code
//	GET  /services/oauth2/authorize                      with login_hint, as an agent who is signed in
//	GET  /services/data/vNN.0/query?q=, /query/{locator}  the SOQL subset of soql.go
//	GET  /services/data/vNN.0/limits                     the day's requests
//	POST /services/data/vNN.0/sobjects/PushTopic         a topic on UserServicePresence
//	DELETE /services/data/vNN.0/sobjects/UserServicePresence/{id}
//	POST /cometd/NN.0                                    handshake, subscribe, connect, disconnect, with replay
//
// Creating and changing a UserServicePresence is refused, as the object
// reference lists no such calls: a status is set by the console only. [Console]
// plays the console page with Tandem's utility component in it, over the verbs
// and events of the console toolkit; /console/{user} is that page in a real
// browser, and runs the very files that are deployed to an org.
//
// For people: / shows agents and changes their status by hand, as the agent or
// as a supervisor. For tests: /__standin/ (see control.go) acts as a person,
// moves the clock, breaks things on purpose and reads the request log.
//
// Shapes follow the public pages "REST API Developer Guide", "SOQL and SOSL
// Reference", "Streaming API Developer Guide", "Object Reference:
// UserServicePresence" and "Omni-Channel Developer Guide: console toolkit".
// Where those pages are silent the choice made here is stated at the line that
// makes it.
package salesforce
