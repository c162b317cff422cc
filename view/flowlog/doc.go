// Package flowlog keeps the flow log: one entry for each block that a flow ran
// while its logging was on (Amazon Connect Administrator Guide: Data in flow
// logs), and counts the errors of flows.
//
// An entry is found by contact, flow, time, module type and text. What is
// personal in it, parameters and results, goes when its subject is erased; the
// entry itself stays. Entries are kept for a time, then dropped. Sub-package
// pattern matches entries, sub-package stream hands them on.
//
// The errors are counted whether logging is on or not: every exit by an error's
// branch, and every flow that ended because an error had no branch (Amazon
// Connect Administrator Guide: ContactFlowErrors, ContactFlowFatalErrors).
package flowlog
