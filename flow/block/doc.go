// Package block implements the action types of the contact flow language, one in
// each file. The comment above a block carries a sample of its JSON, which a test
// holds to be publishable and from which the documentation is made.
//
// To add a block, write its file (the flow.Block, its Compile, its Runner), a table
// test of its branches, and one line in All.
package block
