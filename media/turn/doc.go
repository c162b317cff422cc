// Package turn is the relay for browsers that reach the voice process no other
// way, or whose softphone library always uses one: TURN (RFC 8656) over UDP,
// and over TCP or TLS, by pion.
//
// It relays to one address only: the socket of package webrtc. Each relayed
// address is a socket that is connected to that one, so nothing else can be
// reached, or can send, through it, and the ports need not be open to the
// world. Behind a NAT the address outside stands for the socket inside.
//
// Credentials last for a time and are not kept anywhere: see
// [voice.NewEphemeral]. A connection that began in time lasts on.
package turn
