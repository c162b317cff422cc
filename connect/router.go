package connect

import (
	"net/url"
	"strings"
)

// router finds operations by method and path. It works on the escaped path,
// so that an escaped slash stays within its segment, and never cleans or
// redirects.
type router struct{ root node }

// node is the routes that share the path so far.
type node struct {
	words map[string]*node      // continued by this very segment
	label *node                 // continued by any segment that is not empty
	ends  map[string]*Operation // ending here, by HTTP method
}

func newRouter(ops []Operation) *router {
	r := new(router)
	for i := range ops {
		n := &r.root
		for _, seg := range segments(ops[i].URI) {
			n = n.next(seg)
		}
		if n.ends == nil {
			n.ends = map[string]*Operation{}
		}
		n.ends[ops[i].Method] = &ops[i]
	}
	return r
}

// segments splits a path that begins with "/".
func segments(path string) []string { return strings.Split(path, "/")[1:] }

func isLabel(segment string) bool { return strings.HasPrefix(segment, "{") }

// next is the node behind a segment of a URI pattern, made if need be.
func (n *node) next(seg string) *node {
	if isLabel(seg) {
		if n.label == nil {
			n.label = new(node)
		}
		return n.label
	}
	if n.words == nil {
		n.words = map[string]*node{}
	}
	if n.words[seg] == nil {
		n.words[seg] = new(node)
	}
	return n.words[seg]
}

// route returns the operation and the values of its labels, or nil if no
// operation has this method and path.
func (r *router) route(method, escapedPath string) (*Operation, map[string]string) {
	if !strings.HasPrefix(escapedPath, "/") {
		return nil, nil
	}
	var segs []string
	for _, seg := range segments(escapedPath) {
		plain, err := url.PathUnescape(seg)
		if err != nil {
			return nil, nil
		}
		segs = append(segs, plain)
	}
	op := r.root.find(method, segs)
	if op == nil {
		return nil, nil
	}
	labels := map[string]string{}
	for i, seg := range segments(op.URI) {
		if isLabel(seg) {
			labels[strings.Trim(seg, "{}")] = segs[i]
		}
	}
	return op, labels
}

// find prefers a word to a label, and goes back if the word leads nowhere.
func (n *node) find(method string, segs []string) *Operation {
	if len(segs) == 0 {
		return n.ends[method]
	}
	if next := n.words[segs[0]]; next != nil {
		if op := next.find(method, segs[1:]); op != nil {
			return op
		}
	}
	if n.label == nil || segs[0] == "" {
		return nil
	}
	return n.label.find(method, segs[1:])
}
