//go:build race

package zendesk

// raceFactor is how much slower the race detector makes a test.
const raceFactor = 10
