// Package stream hands the entries of the flow log on as they come: to a file of
// JSON lines, to a topic, to a web address; and looks out for entries that fit
// the pattern of an alert.
//
// Each of them is one worker that reads the log's table from where it stands,
// in its own time, so that none holds up another or the journal. Where it stands
// is kept in a file and moves on after entries were taken: each entry is handed
// on at least once, in the order of the log, over restarts. What fails is tried
// again with growing pauses. Nothing waits in memory but one batch.
package stream
