package main

import (
	"fmt"
	"go/types"
	"reflect"
)

// rootName is the name of a type that the root package of the module defines,
// or "".
func rootName(t types.Type, module string) string {
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == module {
		return n.Obj().Name()
	}
	return ""
}

// isWire reports whether a type has EncodeWire and DecodeWire: a marked
// struct, or a type whose methods are written by hand.
func (m *model) isWire(t types.Type) bool {
	n, ok := t.(*types.Named)
	if !ok {
		return false
	}
	if _, marked := m.loader.markers[n.Obj()]; marked {
		return true
	}
	var found int
	for method := range n.Methods() {
		if name := method.Name(); name == "EncodeWire" || name == "DecodeWire" {
			found++
		}
	}
	return found == 2
}

// isPrivate reports whether a type holds personal data or text that is sealed.
func (m *model) isPrivate(t types.Type) bool {
	switch rootName(t, m.loader.module) {
	case "Personal", "PersonalMap", "Blob":
		return true
	}
	switch t := t.(type) {
	case *types.Slice:
		return m.isPrivate(t.Elem())
	case *types.Map:
		return m.isPrivate(t.Key()) || m.isPrivate(t.Elem())
	}
	return false
}

// check refuses a type that cannot be written.
func (m *model) check(t types.Type) error {
	if m.isWire(t) || rootName(t, m.loader.module) == "ID" {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0 && u.Kind() != types.Uintptr {
			return nil
		}
	case *types.Slice:
		return m.check(u.Elem())
	case *types.Array:
		if isByte(u.Elem()) {
			return nil
		}
	case *types.Map:
		if err := m.checkKey(u.Key()); err != nil {
			return err
		}
		return m.check(u.Elem())
	case *types.Pointer:
		if m.isWire(u.Elem()) {
			return nil
		}
		return fmt.Errorf("pointer to %s: only a pointer to a struct marked //wire:value or //wire:state can be written", u.Elem())
	case *types.Struct:
		return fmt.Errorf("%s is a struct without a marker: mark it //wire:value or //wire:state, or tag the field `wire:\"-\"`", t)
	}
	return fmt.Errorf("type %s cannot be written", t)
}

func (m *model) checkKey(t types.Type) error {
	if rootName(t, m.loader.module) == "ID" {
		return nil
	}
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&(types.IsInteger|types.IsString) != 0 {
		return nil
	}
	return fmt.Errorf("map key %s: want a string, an integer or tandem.ID", t)
}

// isByte reports whether t is byte itself, not a type named after it.
func isByte(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

// isStringMap reports whether t is a map from string to string.
func isStringMap(t types.Type) bool {
	u, ok := t.Underlying().(*types.Map)
	return ok && types.Identical(u.Key(), types.Typ[types.String]) && types.Identical(u.Elem(), types.Typ[types.String])
}

// minBytes is the least number of bytes a value of the type takes. Of a struct
// only the first field counts: those after it may have been added later.
func (m *model) minBytes(t types.Type) int {
	if rootName(t, m.loader.module) == "ID" {
		return 16
	}
	if m.isWire(t) {
		return 1 + m.minFirst(t)
	}
	if a, ok := t.Underlying().(*types.Array); ok {
		return max(1, int(a.Len()))
	}
	return 1
}

func (m *model) minFirst(t types.Type) int {
	st, ok := t.Underlying().(*types.Struct)
	if _, marked := m.loader.markers[t.(*types.Named).Obj()]; !ok || !marked {
		return 0
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if f.Exported() && reflect.StructTag(st.Tag(i)).Get("wire") != "-" && !m.isPrivate(f.Type()) {
			return m.minBytes(f.Type())
		}
	}
	return 0
}

// basicBits is the number of bits of an integer type.
func basicBits(b *types.Basic) int {
	switch b.Kind() {
	case types.Int8, types.Uint8:
		return 8
	case types.Int16, types.Uint16:
		return 16
	case types.Int32, types.Uint32:
		return 32
	}
	return 64
}
