//go:build !race

package stories

// raceFlag builds the server without the race detector, as users run it.
const raceFlag = "-trimpath"
