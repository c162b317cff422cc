// Package sip is the telephone side of the media process: a SIP user agent (RFC 3261) over UDP, TCP and TLS that
// takes calls from trunks, places calls to them and to registered telephones, and registers.
//
// It stands on the message parser and the message types of github.com/emiago/sipgo and brings its own transactions and
// dialogs, for four reasons that each cost calls:
//   - that library runs every message in a goroutine of its own, so that two digits sent back to back, or an ACK and
//     the request behind it, change places; here one reader hands messages on in the order they came;
//   - its client transaction sleeps for seconds before it acknowledges a repeated refusal;
//   - its timers are global to the program, and its transactions drop what the parser refuses without an answer;
//   - its dialogs stop retransmitting, give up after ten provisional answers and know no session timer.
//
// # Who owns what
//
// The readers (Serve has one for UDP, and each connection one) take turns. A reader drops what comes from an address that is not allowed before it is parsed, matches messages
// to transactions, answers what needs no call, and puts everything else into the mailbox of its call. Each Call is owned
// by one goroutine, which alone changes it and which calls the Handler. The methods of Call only leave a wish in the
// mailbox: they never block, may be repeated, and do nothing once the call is over.
//
// # Bounds
//
// Datagrams over 16 KB are dropped. New calls are limited by a rate for each source network, a rate for all, and a
// number of calls at a time; what exceeds a limit is refused with 503 and Retry-After without keeping any state. A
// mailbox holds 64 messages; when it is full the peer's own retransmission is relied upon.
//
// TCP and TLS connections are bounded in all and for each address, as is what waits to be written to one. A connection
// is used for as long as it lives, whoever opened it; when it breaks, calls go on, and the next message opens another.
//
// # Not done
//
// Sending reliable provisional responses (RFC 3262; a far side that sends some gets its PRACK), redirection (3xx is a
// refusal), transfer by the far side (REFER is refused), UPDATE before the answer, and offers of ours for hold: the far
// side's hold is answered, our own is silence.
package sip
