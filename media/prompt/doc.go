// Package prompt turns a [voice.Prompt] into audio: a named wav file, text or
// SSML spoken by a program on this machine or by a speech service, or one of the
// few sounds and sentences that are built in. What was made once is kept, and
// two calls that want the same at the same time wait for one making.
package prompt
