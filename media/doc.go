// Package media is the voice process: it takes the desired state of rooms from
// the core over package link, and makes it so with SIP calls (sip), audio
// (rtp), agents' browsers (webrtc, and the relay turn), mixers (room), prompts
// and recordings.
//
// # How it works
//
// The core sends a [voice.Room] whenever something should change; [Process]
// compares it with what there is and does what is missing, so that the same
// room sent twice, or again after a broken link, does no harm. What legs,
// plays, recordings and rooms came to is remembered for an hour and reported
// again when asked for again.
//
// Everything that happens is told in a [voice.Report], which package link
// keeps until the core has made it durable.
//
// # Browsers
//
// The leg of an agent's browser is made by the room, as that of a telephone;
// the browser connects to it by a [voice.Signal]. It is answered once its
// connection is up, and joins the call when the core says that its agent has
// accepted. A leg outlives its connections: see [Process.Signal].
//
// # Without the core
//
// While the core is away, calls go on talking, far sides may hang up, queue
// music plays on, and ringing ends at its deadline. Only new calls are refused
// (503).
//
// # Who owns what
//
// One mutex guards the state of the process. It is held for short: every
// method that is called under it only leaves word with the goroutine that does
// the work (the SIP call, the room, the recorder, the link).
package media
