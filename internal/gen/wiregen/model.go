package main

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
)

// model is what a package's generated file is made from.
type model struct {
	loader  *loader
	pkg     *types.Package
	structs []*wireStruct
}

// wireStruct is one marked struct.
type wireStruct struct {
	name    string
	event   uint16 // 0 if it is none
	subject string // the field that names the subject, if one does
	public  []field
	private []field
}

// field is one field that is written.
type field struct {
	name string
	typ  types.Type
}

func newModel(l *loader, p *pkg) (*model, error) {
	m := &model{loader: l, pkg: p.types}
	for _, name := range p.types.Scope().Names() { // sorted
		tn, ok := p.types.Scope().Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		mark, ok := l.markers[tn]
		if !ok {
			continue
		}
		s, err := m.newStruct(tn, mark)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", mark.pos, name, err)
		}
		m.structs = append(m.structs, s)
	}
	if len(m.structs) == 0 {
		return nil, fmt.Errorf("package %s marks no struct with //wire:event N, //wire:value or //wire:state", p.types.Path())
	}
	return m, m.checkNumbers(p)
}

// checkNumbers refuses a number that two events have, or that was retired.
func (m *model) checkNumbers(p *pkg) error {
	holder := map[uint16]string{}
	for _, r := range p.retired {
		n, err := parseNumber(r.number)
		if err != nil {
			return fmt.Errorf("%s: %w", r.pos, err)
		}
		holder[n] = "a retired event"
	}
	for _, s := range m.events() {
		if other := holder[s.event]; other != "" {
			return fmt.Errorf("%s: number %d belongs to %s; a number is never used again", s.name, s.event, other)
		}
		holder[s.event] = s.name
	}
	return nil
}

func parseNumber(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is not an event number: want 1 to 65535", s)
	}
	return uint16(n), nil
}

// events returns the structs that are events, by number.
func (m *model) events() []*wireStruct {
	var events []*wireStruct
	for _, s := range m.structs {
		if s.event != 0 {
			events = append(events, s)
		}
	}
	slices.SortStableFunc(events, func(a, b *wireStruct) int { return int(a.event) - int(b.event) })
	return events
}

func (m *model) newStruct(tn *types.TypeName, mark marker) (*wireStruct, error) {
	st, ok := tn.Type().Underlying().(*types.Struct)
	if !ok {
		return nil, fmt.Errorf("only a struct can be marked, not %s", tn.Type().Underlying())
	}
	s := &wireStruct{name: tn.Name()}
	if mark.word == "event" {
		n, err := parseNumber(mark.number)
		if err != nil {
			return nil, err
		}
		s.event = n
	}
	for i := range st.NumFields() {
		if err := m.addField(s, st.Field(i), reflect.StructTag(st.Tag(i)).Get("wire")); err != nil {
			return nil, fmt.Errorf("field %s: %w", st.Field(i).Name(), err)
		}
	}
	if len(s.private) > 0 && s.subject == "" {
		return nil, fmt.Errorf("field %s is private, but no field is tagged `wire:\"subject\"`", s.private[0].name)
	}
	if m.contains(st, tn, map[types.Type]bool{}) {
		return nil, fmt.Errorf("it contains itself; damaged bytes could nest it without end")
	}
	return s, nil
}

func (m *model) addField(s *wireStruct, v *types.Var, tag string) error {
	f := field{v.Name(), v.Type()}
	switch tag {
	case "", "-":
	case "subject":
		if s.subject != "" {
			return fmt.Errorf("%s is the subject already", s.subject)
		}
		if rootName(f.typ, m.loader.module) != "ID" || !v.Exported() {
			return fmt.Errorf("the subject is an exported field of type tandem.ID")
		}
		s.subject = f.name
	default:
		return fmt.Errorf("unknown tag wire:%q: want \"subject\" or \"-\"", tag)
	}
	if !v.Exported() || tag == "-" {
		return nil
	}
	if slices.Contains([]string{"Kind", "EventName", "EncodeWire", "DecodeWire"}, f.name) && s.event != 0 {
		return fmt.Errorf("the name belongs to a method that is generated")
	}
	if err := m.check(f.typ); err != nil {
		return err
	}
	if m.isPrivate(f.typ) {
		s.private = append(s.private, f)
	} else {
		s.public = append(s.public, f)
	}
	return nil
}

// contains reports whether a type leads to the named type target.
func (m *model) contains(t types.Type, target *types.TypeName, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		return t.Obj() == target || m.contains(t.Underlying(), target, seen)
	case *types.Pointer:
		return m.contains(t.Elem(), target, seen)
	case *types.Slice:
		return m.contains(t.Elem(), target, seen)
	case *types.Map:
		return m.contains(t.Elem(), target, seen)
	case *types.Struct:
		for i := range t.NumFields() {
			tag := reflect.StructTag(t.Tag(i)).Get("wire")
			if f := t.Field(i); f.Exported() && tag != "-" && m.contains(f.Type(), target, seen) {
				return true
			}
		}
	}
	return false
}
