//go:build race

package stories

// raceFlag builds the server with the race detector when the tests have it.
const raceFlag = "-race"
