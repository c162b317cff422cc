// Package sdp speaks the little of the Session Description Protocol (RFC 8866) and of its offer/answer model
// (RFC 3264) that a telephone call needs: one audio stream, G.711 in 20 ms frames, telephone events for digits, and a
// direction.
//
// The parser is our own rather than a general library's: a general one accepts what we would refuse anyway and gives
// back strings that must be checked again. This one yields checked addresses and numbers, or an error that says which
// line is at fault. Text that no rule here knows is ignored, as RFC 8866 section 5 asks.
//
// What is negotiated: PCMU (0) and PCMA (8) by their static payload types over RTP/AVP or, with keys in the description
// (RFC 4568), RTP/SAVP, and telephone-event/8000.
// Every other medium of an offer is refused with port 0 (RFC 3264 section 6).
package sdp
