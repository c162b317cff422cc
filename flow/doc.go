// Package flow is the contact flow language: what a contact hears, is asked
// and where it goes, written as JSON in the Amazon Connect Flow language,
// version 2019-10-30.
//
// A flow walks through four stages:
//
//	Parse     bytes   -> Document   the shape, nothing lost
//	Validate  Document -> Problems  everything that forbids publishing, at once
//	Compile   Document -> Program   immutable, edges and templates prepared
//	Step      Program, Position, Input -> Result   one block per call
//
// Step is a pure function. It asks an Env for facts, and answers with acts (data
// for others to carry out), and with what comes next: another block, a wait
// or the end of the flow. Everything to remember between two steps is a Position.
//
// The package knows no action type. Package block implements them; a Registry
// hands them to Validate and Compile. An action of an unknown type is kept byte
// for byte, cannot be published, and at run time takes its NoMatchingError branch.
package flow
