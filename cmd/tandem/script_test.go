package main

import (
	"encoding/json"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tandem": main})
}

// TestCommands runs the program as an operator does; each script in
// testdata/script tells one story.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true, Deadline: time.Now().Add(5 * time.Minute),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"oneline": oneLine, "await": await, "hold": hold, "json": isJSON, "damage": damageCommand,
		},
	})
}

// oneLine PATTERN: the last command's standard error is one line that matches.
func oneLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: oneline PATTERN")
	}
	got := ts.ReadFile("stderr")
	if strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "tandem: ") {
		ts.Fatalf("want one line that begins with tandem:, got %q", got)
	}
	if !regexp.MustCompile(args[0]).MatchString(got) {
		ts.Fatalf("%q does not match %q", got, args[0])
	}
}

// await FILE: waits until there is such a file.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	path := ts.MkAbs(args[0])
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("there is no %s", path)
		}
	}
}

// hold NETWORK VARIABLE: takes a port and puts its address into a variable.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: hold tcp|udp VARIABLE")
	}
	if args[0] == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		ts.Check(err)
		ts.Defer(func() { c.Close() })
		ts.Setenv(args[1], c.LocalAddr().String())
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[1], l.Addr().String())
}

// json FILE KEY...: every line, or the file as a whole, is a JSON object with
// these keys.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: json FILE KEY...")
	}
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	objects := 0
	for ; d.More(); objects++ {
		var object map[string]any
		ts.Check(d.Decode(&object))
		for _, key := range args[1:] {
			if v, ok := object[key]; !ok || v == "" {
				ts.Fatalf("object %d has no %q: %v", objects+1, key, object)
			}
		}
	}
	if objects == 0 {
		ts.Fatalf("%s has no JSON", args[0])
	}
}
