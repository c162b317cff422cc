//go:build !race

package presence_test

// raceFactor is how much slower the race detector makes a test.
const raceFactor = 1
