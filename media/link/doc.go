// Package link carries the words of package voice between the core and the
// media process over a stream socket.
//
// Each message is four bytes of length (big endian) and that many bytes of
// JSON. Both sides begin with a hello that names the protocol's version. The
// core then sends the rooms it wants and a list of all it knows to be alive;
// media sends its reports, from the oldest that was not acknowledged. Both
// sides send an empty message when they have nothing to say, so that a dead
// peer is noticed.
//
// The link may break at any time: media keeps its reports until they are
// acknowledged, and the core sends all its rooms again when it is back. Signals
// of browsers and their answers are not kept: whoever waits for an answer over a
// link that breaks is told at once, and asks again.
package link
