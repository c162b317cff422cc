// Package example has a struct of every shape that wiregen can write, so that
// its output is compiled and run by tests.
package example

import (
	"slices"

	"tandem"
	"tandem/event"
)

//go:generate go run tandem/internal/gen/wiregen .

// Color, Level and Word are named basic types.
type (
	Color uint8
	Level int16
	Word  string
	Flag  bool
)

// Inner is a struct that others hold; it has a subject of its own.
//
//wire:value
type Inner struct {
	Owner tandem.ID `wire:"subject"`
	Rank  Level
	Note  tandem.Personal
}

// Reversed writes itself: its methods are not generated.
type Reversed struct{ Letters []byte }

// EncodeWire implements tandem.Wire.
func (r *Reversed) EncodeWire(e *tandem.Encoder) {
	b := slices.Clone(r.Letters)
	slices.Reverse(b)
	e.ByteString(b)
}

// DecodeWire implements tandem.Wire.
func (r *Reversed) DecodeWire(d *tandem.Decoder) {
	r.Letters = d.ByteString()
	slices.Reverse(r.Letters)
}

// Everything has a field of each shape.
//
//wire:state
type Everything struct {
	Subject   tandem.ID `wire:"subject"`
	Flag      Flag
	Small     int8
	Color     Color
	Size      int
	Count     uint
	Wide      uint32
	Word      Word
	At        tandem.Time
	Ref       tandem.PayloadRef
	Raw       []byte
	Colors    []Color
	Grid      [][]Level
	Inner     Inner
	Next      *Inner
	List      []Inner
	Pointers  []*Inner
	ByID      map[tandem.ID]*Inner
	ByName    map[Word]Inner
	ByNumber  map[int32][]string
	Nested    map[uint64]map[string]string
	Foreign   event.HoursSlot
	Foreigns  map[tandem.ID]*event.UserSaved
	ByHand    Reversed
	Skipped   float64 `wire:"-"`
	hidden    float64
	Secret    tandem.Personal
	Secrets   []tandem.Personal
	Named     map[string]tandem.Personal
	Attribute tandem.PersonalMap
	Text      tandem.Blob
}

// Happened is an event without fields.
//
//wire:event 7
type Happened struct{}

//wire:retired 5 6
