//go:build race

package kustomer

// raceFactor is how much slower the race detector makes a test.
const raceFactor = 10
