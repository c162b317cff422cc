package connect

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Operation describes one operation of the API, as its model has it.
type Operation struct {
	Name   string
	Method string   // the HTTP method
	URI    string   // the path; {Label} stands for one escaped segment
	Errors []string // the codes of the errors that the operation may answer

	in, out reflect.Type // the request and response structures
}

// Empty is the response of an operation that answers nothing.
type Empty struct{}

// Operations lists every operation of the API in order of name, served or not.
func Operations() []Operation { return slices.Clone(operations) }

// allows reports whether the operation may answer the error code.
func (op *Operation) allows(code string) bool { return slices.Contains(op.Errors, code) }

// firstAllowed is the first of the codes that the operation may answer, or the
// last of them if it may answer none.
func (op *Operation) firstAllowed(codes ...string) string {
	for _, code := range codes {
		if op.allows(code) {
			return code
		}
	}
	return codes[len(codes)-1]
}

// binding ties an operation's name to the function that serves it.
type binding struct {
	name    string
	in, out reflect.Type
	call    func(s *Server, call *Call, in any) (any, error)
}

// op makes a binding. New checks that the types are those of the operation.
func op[I, O any](name string, serve func(s *Server, call *Call, in *I) (*O, error)) binding {
	return binding{
		name: name,
		in:   reflect.TypeFor[I](),
		out:  reflect.TypeFor[O](),
		call: func(s *Server, call *Call, in any) (any, error) {
			out, err := serve(s, call, in.(*I))
			if err != nil {
				return nil, err
			}
			if out == nil {
				return nil, fmt.Errorf("%s returned neither a response nor an error", name)
			}
			return out, nil
		},
	}
}

// bind puts the bindings into a map by name and refuses those that do not fit
// the table of operations.
func bind(list []binding) (map[string]binding, error) {
	bound := map[string]binding{}
	for _, b := range list {
		i, found := slices.BinarySearchFunc(operations, b.name, func(op Operation, name string) int {
			return strings.Compare(op.Name, name)
		})
		if !found {
			return nil, fmt.Errorf("operation %s: the API has no operation of this name", b.name)
		}
		if _, twice := bound[b.name]; twice {
			return nil, fmt.Errorf("operation %s is on the list twice", b.name)
		}
		if want := operations[i]; b.in != want.in || b.out != want.out {
			return nil, fmt.Errorf("operation %s: function takes %s and returns %s, want %s and %s",
				b.name, b.in.Name(), b.out.Name(), want.in.Name(), want.out.Name())
		}
		bound[b.name] = b
	}
	return bound, nil
}
