// Package speech understands what callers say. An [Engine] gets a leg's audio
// while a play listens and tells the words as they come; [WebSocket] is one that
// asks a server of its own, in the small protocol of docs/SPEECH.md. The audio
// goes to that server and nowhere else, and nothing with it that names the
// caller.
package speech
