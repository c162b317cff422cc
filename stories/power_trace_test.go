package stories

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// traced is the list of system calls by which bytes reach a disk or a socket.
// Not every architecture has those with a question mark.
const traced = "?open,openat,write,pwrite64,fdatasync,fsync,ftruncate,?rename,?renameat,renameat2,?unlink,unlinkat"

// never is the place of what did not come to an end before the trace did.
const never = int(^uint(0) >> 1)

// systemCall is one call in a trace. Begin and end are lines: strace stops a
// thread at both, so a call that ends on an earlier line than another begins
// was over before the other was made.
type systemCall struct {
	name       string
	path       string // of the descriptor, or what open, rename and unlink name
	flags      string // what follows the strings
	data       []byte
	offset     int64 // of pwrite64; the new size of ftruncate
	result     int64
	begin, end int
}

// readTrace reads what `strace -f -y -xx` has written.
func readTrace(t *testing.T, path string) []*systemCall {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var calls []*systemCall
	unfinished := map[string]*systemCall{}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	for n := 1; lines.Scan(); n++ {
		thread, rest, _ := strings.Cut(lines.Text(), " ")
		rest = strings.TrimLeft(rest, " ")
		switch {
		case strings.HasPrefix(rest, "+++"), strings.HasPrefix(rest, "---"):
		case strings.HasPrefix(rest, "<... "):
			if call := unfinished[thread]; call != nil {
				delete(unfinished, thread)
				call.end, call.result = n, resultOf(rest)
			}
		default:
			call, err := parseCall(rest)
			if err != nil {
				t.Fatalf("line %d of the trace: %v: %.200s", n, err, rest)
			}
			call.begin, call.end = n, n
			if strings.HasSuffix(rest, " ...>") { // unfinished, or detached at the end
				call.end = never
				unfinished[thread] = call
			} else {
				call.result = resultOf(rest)
			}
			calls = append(calls, call)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return calls
}

// parseCall reads NAME(ARGUMENT, ...: the path of the first descriptor, the
// first string, and the last number.
func parseCall(text string) (*systemCall, error) {
	name, args, found := strings.Cut(text, "(")
	if !found {
		return nil, fmt.Errorf("this is no call")
	}
	call := &systemCall{name: name}
	var err error
	if strings.HasPrefix(name, "open") || strings.HasPrefix(name, "unlink") || strings.HasPrefix(name, "rename") {
		for rest := args; strings.Contains(rest, `"`); {
			var b []byte
			if b, rest, err = cutString(rest); err != nil {
				return nil, err
			}
			call.path, call.flags = string(b), rest // of a rename the new name
		}
		return call, nil
	}
	if _, after, ok := strings.Cut(args, "<"); ok {
		path, after, _ := strings.Cut(after, ">")
		if strings.HasPrefix(path, `\x`) {
			b, err := unescape(path)
			if err != nil {
				return nil, err
			}
			path = string(b)
		}
		call.path, args = path, after
	}
	if name == "write" || name == "pwrite64" {
		if call.data, args, err = cutString(args); err != nil {
			return nil, err
		}
		call.flags = args
	}
	if name == "pwrite64" || name == "ftruncate" {
		args, _, _ = strings.Cut(args, ")")
		args, _, _ = strings.Cut(args, " <")
		call.offset, err = strconv.ParseInt(strings.TrimSpace(args[strings.LastIndex(args, ",")+1:]), 10, 64)
	}
	return call, err
}

func cutString(text string) (content []byte, rest string, err error) {
	_, text, _ = strings.Cut(text, `"`)
	inner, rest, closed := strings.Cut(text, `"`)
	if !closed {
		return nil, "", fmt.Errorf("a string does not end")
	}
	content, err = unescape(inner)
	return content, rest, err
}

// unescape reads \x41\x42.
func unescape(text string) ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(text, `\x`, ""))
}

func resultOf(text string) int64 {
	i := strings.LastIndex(text, " = ")
	if i < 0 {
		return -1
	}
	digits, _, _ := strings.Cut(text[i+3:], "<")
	digits, _, _ = strings.Cut(digits, " ")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// answersIn finds where the answers of requests, by their id, began to leave
// for a client.
func answersIn(calls []*systemCall) map[string]int {
	const header = "\r\nX-Amzn-Requestid: "
	at := map[string]int{}
	for _, call := range calls {
		if call.name != "write" || !bytes.HasPrefix(call.data, []byte("HTTP/1.1 200")) {
			continue
		}
		if _, after, ok := bytes.Cut(call.data, []byte(header)); ok && len(after) >= 36 {
			at[string(after[:36])] = call.begin
		}
	}
	return at
}
