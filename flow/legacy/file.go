package legacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tandem/flow"
)

// A File is one flow with what the console keeps beside its content.
type File struct {
	Name        string
	Description string
	Type        flow.Type // empty if the file does not say
	Published   bool      // else it was saved only, or the file does not say
	Document    *flow.Document
}

// Imported is what a file held.
type Imported struct {
	File
	Converted  bool         // the file had the older form
	Blocks     []Block      // what became of each module of the older form, in its order
	Unresolved []Unresolved // what the instance does not have; placeholders stand for it
}

// ErrNotAFlow says that a file is neither a flow of the language nor an export of
// the older form.
var ErrNotAFlow = errors.New("the file is no contact flow: it has neither Actions nor modules")

// Import reads a file of either form. Without an instance references stay as they
// are, except those of which the file knows only the name. Its error is
// ErrNotAFlow, or flow.Problems as of flow.Parse.
func Import(content []byte, instance Resolver) (*Imported, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	members := object(content)
	if isOlderForm(members) {
		return importOlder(members, instance)
	}
	if members != nil && members["Actions"] == nil {
		return nil, ErrNotAFlow
	}
	doc, err := flow.Parse(content)
	if err != nil {
		return nil, err
	}
	imported := &Imported{File: fileOf(object(members["Metadata"]))}
	if instance != nil {
		r := resolver{instance: instance}
		resolveActions(doc, object(object(members["Metadata"])["ActionMetadata"]), &r)
		imported.Unresolved = r.unresolved
	}
	imported.Document = doc
	return imported, nil
}

// fileOf reads what stands beside the content.
func fileOf(metadata map[string]json.RawMessage) File {
	return File{Name: text(metadata["name"]), Description: text(metadata["description"]), Type: typeNamed(text(metadata["type"])),
		Published: strings.EqualFold(text(metadata["status"]), statusPublished)}
}

const (
	statusPublished = "published"
	statusSaved     = "saved"
)

// importOlder converts the older form.
func importOlder(members map[string]json.RawMessage, instance Resolver) (*Imported, error) {
	modules := readModules(members["modules"])
	c := newConversion(modules, instance)
	for _, m := range modules {
		c.convert(m)
	}
	metadata := object(members["metadata"])
	if metadata == nil {
		metadata = map[string]json.RawMessage{}
	}
	if metadata["type"] == nil && members["type"] != nil {
		metadata["type"] = members["type"]
	}
	delete(metadata, "hash") // of the older form's text
	metadata["ActionMetadata"] = encode(c.metadata)
	content := write([]member{
		{"Version", encode(flow.Version)}, {"StartAction", encode(text(members["start"]))},
		{"Metadata", encode(metadata)}, {"Actions", encode(c.actions)},
	})
	if c.actions == nil {
		return nil, fmt.Errorf("convert an older export: %w", errNoModules)
	}
	doc, err := flow.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("convert an older export: %w", err)
	}
	return &Imported{File: withDocument(fileOf(metadata), doc), Converted: true, Blocks: c.blocks, Unresolved: c.unresolved}, nil
}

var errNoModules = errors.New("it has no modules")

func withDocument(f File, doc *flow.Document) File {
	f.Document = doc
	return f
}

// member is one member of the object that a flow is.
type member struct {
	name  string
	value json.RawMessage
}

// write writes an object with its members in the order given.
func write(members []member) []byte {
	var out bytes.Buffer
	for i, m := range members {
		out.WriteByte("{,"[min(i, 1)])
		out.Write(encode(m.name))
		out.WriteByte(':')
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes()
}
