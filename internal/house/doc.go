// Package house holds the tests that keep the structure of the code: floors,
// purity, documentation, sizes. docs/ARCHITECTURE.md is the plan that they
// enforce; where a test here is in the way, change the plan first.
package house
