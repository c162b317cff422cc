// Command wiregen writes the binary codec of a package's structs. For each
// struct that a comment line marks
//
//	//wire:event 101   an event with its number
//	//wire:value       a struct that events and state contain
//	//wire:state       a struct of a machine's state
//
// it writes EncodeWire and DecodeWire into wire_gen.go, for events also Kind
// and EventName, and for a package with events the type KindInfo, the table
// Kinds and the function New. A line "//wire:retired 99" anywhere in the
// package keeps a number that was an event's from being used again.
//
// Exported fields are written in order; a field tagged `wire:"-"` is left out.
// The field tagged `wire:"subject"` names whose key seals the private fields
// (tandem.Personal, tandem.PersonalMap, tandem.Blob, lists and maps of them).
// It is run by `go generate`.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// outName is the file that is written.
const outName = "wire_gen.go"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: wiregen DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	src, err := generate(dir)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, outName), src, 0o644); err != nil {
		return fmt.Errorf("write generated code: %w", err)
	}
	return nil
}

// generate returns the content of the generated file for the package in dir.
func generate(dir string) ([]byte, error) {
	l, err := newLoader(dir)
	if err != nil {
		return nil, err
	}
	p, err := l.load(dir)
	if err != nil {
		return nil, err
	}
	m, err := newModel(l, p)
	if err != nil {
		return nil, err
	}
	return emit(m)
}
