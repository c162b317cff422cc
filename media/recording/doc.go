// Package recording writes what was said to stereo wav files, the customer's
// side on the left and the agents' on the right, and moves finished files to a
// blob store.
//
// A recording grows in a local file whose header is put right every second, so
// that a crash leaves a file that plays. When it ends the file is renamed,
// uploaded through gocloud.dev/blob and deleted. Files left over from an
// earlier life of the process are finished and uploaded at start.
package recording
