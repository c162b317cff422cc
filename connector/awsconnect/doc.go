// Package awsconnect is the connector for Amazon Connect itself: a team whose
// contact center is there runs presence and nothing else. It speaks the public
// API (Amazon Connect API: GetCurrentUserData, PutUserStatus,
// ListAgentStatuses, ListUsers, DescribeUser) and reads the agent event stream
// (Amazon Connect Administrator Guide: agent event streams; Amazon Kinesis
// Data Streams API).
//
// The stream makes changes known within a second; asking for the current data
// of all linked agents once a minute is what correctness rests on. Both go
// through one memory of what each agent was last seen in (seen.go), which
// knows that an agent with contacts changes the next status, not the present
// one: the status that is reported is the one that will hold, and the end of
// a contact is no change.
package awsconnect
