// Package supervise is the parent process of a Tandem server. It owns the
// listening sockets and hands them to its children, so that ports stay the
// same while a child is replaced; it starts the children, waits until they are
// ready, starts them again when they die, and ends them.
//
// A child finds its sockets as inherited files, its settings as the first line
// of its standard input, and later lines there are orders ("drain"). When that
// input ends, the parent is gone and the child stops: no child outlives its
// parent. On its status pipe a child writes one line of JSON once it serves.
package supervise
