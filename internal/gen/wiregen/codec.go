package main

import (
	"fmt"
	"go/types"
)

// convert is an expression of type from turned into the predeclared type to.
func (e *emitter) convert(to types.BasicKind, expr string, from types.Type) string {
	if types.Identical(from, types.Typ[to]) {
		return expr
	}
	return types.Typ[to].Name() + "(" + expr + ")"
}

// encode writes the statements that append the value of expr, which can be
// addressed.
func (e *emitter) encode(enc, expr string, t types.Type) {
	switch {
	case e.isWire(t):
		e.line("%s.EncodeWire(%s)", expr, enc)
		return
	case rootName(t, e.loader.module) == "ID":
		e.line("%s.ID(%s)", enc, expr)
		return
	case isStringMap(t):
		e.line("%s.StringMap(%s)", enc, expr)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		e.encodeBasic(enc, expr, t, u)
	case *types.Array:
		e.line("%s.Fixed(%s[:])", enc, expr)
	case *types.Slice:
		e.encodeSlice(enc, expr, u)
	case *types.Map:
		e.encodeMap(enc, expr, u)
	case *types.Pointer:
		e.line("%s.Bool(%s != nil)", enc, expr)
		e.line("if %s != nil {", expr)
		e.encode(enc, expr, u.Elem())
		e.line("}")
	}
}

func (e *emitter) encodeBasic(enc, expr string, t types.Type, u *types.Basic) {
	switch {
	case u.Info()&types.IsBoolean != 0:
		e.line("%s.Bool(%s)", enc, e.convert(types.Bool, expr, t))
	case u.Info()&types.IsString != 0:
		e.line("%s.String(%s)", enc, e.convert(types.String, expr, t))
	case u.Info()&types.IsUnsigned != 0:
		e.line("%s.Uvarint(%s)", enc, e.convert(types.Uint64, expr, t))
	default:
		e.line("%s.Varint(%s)", enc, e.convert(types.Int64, expr, t))
	}
}

func (e *emitter) encodeSlice(enc, expr string, u *types.Slice) {
	if isByte(u.Elem()) {
		e.line("%s.ByteString(%s)", enc, expr)
		return
	}
	i := fmt.Sprintf("i%d", e.depth)
	e.depth++
	e.line("%s.Uvarint(uint64(len(%s)))", enc, expr)
	e.line("for %s := range %s {", i, expr)
	e.encode(enc, expr+"["+i+"]", u.Elem())
	e.line("}")
	e.depth--
}

func (e *emitter) encodeMap(enc, expr string, u *types.Map) {
	k, v := fmt.Sprintf("k%d", e.depth), fmt.Sprintf("v%d", e.depth)
	sorted := "SortedKeys"
	if rootName(u.Key(), e.loader.module) == "ID" {
		sorted = "SortedIDs"
	}
	e.depth++
	e.line("%s.Uvarint(uint64(len(%s)))", enc, expr)
	e.line("for _, %s := range tandem.%s(%s) {", k, sorted, expr)
	e.line("%s := %s[%s]", v, expr, k)
	e.encode(enc, k, u.Key())
	e.encode(enc, v, u.Elem())
	e.line("}")
	e.depth--
}

// decode writes the statements that read into target, which is zero.
func (e *emitter) decode(dec, target string, t types.Type) {
	switch {
	case e.isWire(t):
		e.line("%s.DecodeWire(%s)", target, dec)
		return
	case rootName(t, e.loader.module) == "ID":
		e.line("%s = %s.ID()", target, dec)
		return
	case isStringMap(t):
		e.line("%s = %s.StringMap()", target, dec)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		e.decodeBasic(dec, target, t, u)
	case *types.Array:
		e.line("%s.Fixed(%s[:])", dec, target)
	case *types.Slice:
		e.decodeSlice(dec, target, t, u)
	case *types.Map:
		e.decodeMap(dec, target, t, u)
	case *types.Pointer:
		e.line("if %s.Bool() {\n%s = new(%s)", dec, target, e.typeName(u.Elem()))
		e.decode(dec, target, u.Elem())
		e.line("}")
	}
}

func (e *emitter) decodeBasic(dec, target string, t types.Type, u *types.Basic) {
	var read string
	var gives types.BasicKind
	bits := basicBits(u)
	switch {
	case u.Info()&types.IsBoolean != 0:
		read, gives = "Bool()", types.Bool
	case u.Info()&types.IsString != 0:
		read, gives = "String()", types.String
	case u.Info()&types.IsUnsigned != 0 && bits == 64:
		read, gives = "Uvarint()", types.Uint64
	case u.Info()&types.IsUnsigned != 0:
		read, gives = fmt.Sprintf("Uint(%d)", bits), types.Uint64
	case bits == 64:
		read, gives = "Varint()", types.Int64
	default:
		read, gives = fmt.Sprintf("Int(%d)", bits), types.Int64
	}
	if types.Identical(t, types.Typ[gives]) {
		e.line("%s = %s.%s", target, dec, read)
	} else {
		e.line("%s = %s(%s.%s)", target, e.typeName(t), dec, read)
	}
}

func (e *emitter) decodeSlice(dec, target string, t types.Type, u *types.Slice) {
	if isByte(u.Elem()) {
		e.line("%s = %s.ByteString()", target, dec)
		return
	}
	i := fmt.Sprintf("i%d", e.depth)
	e.depth++
	e.line("if n := %s.BeginList(%d); n > 0 {", dec, e.minBytes(u.Elem()))
	e.line("%s = make(%s, n)", target, e.typeName(t))
	e.line("for %s := range %s {", i, target)
	e.decode(dec, target+"["+i+"]", u.Elem())
	e.line("}\n}\n%s.EndList()", dec)
	e.depth--
}

func (e *emitter) decodeMap(dec, target string, t types.Type, u *types.Map) {
	k, v := fmt.Sprintf("k%d", e.depth), fmt.Sprintf("v%d", e.depth)
	e.depth++
	e.line("if n := %s.BeginList(%d); n > 0 {", dec, e.minBytes(u.Key())+e.minBytes(u.Elem()))
	e.line("%s = make(%s, n)", target, e.typeName(t))
	e.line("for range n {")
	e.line("var %s %s", k, e.typeName(u.Key()))
	e.decode(dec, k, u.Key())
	e.line("var %s %s", v, e.typeName(u.Elem()))
	e.decode(dec, v, u.Elem())
	e.line("%s[%s] = %s\n}\n}\n%s.EndList()", target, k, v, dec)
	e.depth--
}
