// Package room mixes the legs of one call. Each room has a goroutine of its
// own with an absolute deadline every 20 ms; who hears whom is a matrix of
// [voice.Path]s, so that hold, mute, whisper, listening in, barging in and
// conference need no code of their own. A play is a speaker that one leg
// hears, and the recording is two more listeners.
package room
