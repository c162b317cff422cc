// Package webrtc is the side of a call that is a browser: ICE (RFC 8445),
// DTLS-SRTP (RFC 5764) and the offer and answer of W3C WebRTC, by pion.
//
// All browsers share one UDP port. The server is an ICE-lite agent with one
// address: it answers checks and sends none, so that no offer can make it send
// to an address of the offer's choice. Addresses in offers are not even read.
//
// The only codec is G.711 µ-law, which every browser has (RFC 7874 section 3),
// so that nothing between a browser and a telephone is transcoded. Jitter,
// concealment, keys and RTCP are those of package rtp, for which a [Peer]
// carries the packets of an [rtp.Leg].
package webrtc
