package main

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// model is the part of a botocore service model that the generator uses.
type model struct {
	Operations map[string]*operation
	Shapes     map[string]*shape
}

type operation struct {
	Name string
	HTTP struct {
		Method     string
		RequestURI string
	}
	Input, Output *ref
	Errors        []ref
}

type ref struct {
	Shape        string
	Location     string // "", uri, querystring or header
	LocationName string
}

type shape struct {
	Type            string
	Members         map[string]ref
	Member          *ref // of a list
	Key, Value      *ref // of a map
	Required        []string
	Enum            []string
	Min, Max        *float64
	Pattern         string
	Exception       bool
	Error           struct{ HTTPStatusCode int }
	Union           bool
	TimestampFormat string
}

func loadModel(path string) (*model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("open model %s: %w", path, err)
		}
	}
	m := new(model)
	if err := json.NewDecoder(r).Decode(m); err != nil {
		return nil, fmt.Errorf("read model %s: %w", path, err)
	}
	return m, nil
}

var plainSegment = regexp.MustCompile(`^([A-Za-z0-9-]+|\{[A-Za-z]+\})$`)

// check refuses what the runtime in package connect cannot serve, so that a
// newer model fails here and not at a caller.
func (m *model) check() error {
	for _, name := range sortedKeys(m.Operations) {
		op := m.Operations[name]
		if op.Input == nil {
			return fmt.Errorf("operation %s has no input", name)
		}
		for _, seg := range strings.Split(op.HTTP.RequestURI, "/")[1:] {
			if !plainSegment.MatchString(seg) {
				return fmt.Errorf("operation %s: URI %s: segment %q is neither a word nor a label", name, op.HTTP.RequestURI, seg)
			}
		}
	}
	seen := map[string]string{}
	for _, name := range sortedKeys(m.Shapes) {
		s := m.Shapes[name]
		if s.Type != "structure" && len(s.Enum) == 0 {
			continue
		}
		if other, dup := seen[exported(name)]; dup {
			return fmt.Errorf("shapes %s and %s would share the Go name %s", other, name, exported(name))
		}
		seen[exported(name)] = name
	}
	return nil
}

// prune drops the shapes that no operation reaches.
func (m *model) prune() {
	reached := map[string]*shape{}
	var visit func(r *ref)
	visit = func(r *ref) {
		if r == nil || reached[r.Shape] != nil {
			return
		}
		s := m.Shapes[r.Shape]
		reached[r.Shape] = s
		visit(s.Member)
		visit(s.Key)
		visit(s.Value)
		for _, member := range s.Members {
			visit(&member)
		}
	}
	for _, op := range m.Operations {
		visit(op.Input)
		visit(op.Output)
		for _, e := range op.Errors {
			visit(&e)
		}
	}
	m.Shapes = reached
}

func sortedKeys[K cmp.Ordered, V any](in map[K]V) []K {
	return slices.Sorted(maps.Keys(in))
}

// exported is name with its first letter in upper case.
func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
