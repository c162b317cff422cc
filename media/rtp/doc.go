// Package rtp is the audio side of one SIP call leg: RTP and RTCP (RFC 3550)
// over a pair of UDP ports, G.711 (ITU-T G.711), received telephone events
// (RFC 4733), and a jitter buffer.
//
// Audio inside the process is always a [Frame]: 20 ms of 16-bit samples at
// 8 kHz. µ-law and A-law exist only at the edge.
package rtp
