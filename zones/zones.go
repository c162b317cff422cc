// Package zones is the time zone database that ships with the product, so that
// a decision about opening hours is the same on every machine and whenever it
// is replayed. The data is the IANA Time Zone Database, which is in the public
// domain, in the compiled form that comes with Go.
package zones

import (
	"archive/zip"
	"bytes"
	_ "embed" // the database
	"io"
	"sync"
	"time"
)

//go:embed zoneinfo.zip
var database []byte

// Shipped finds zones in the shipped database. The zero value is ready; all
// values share one cache.
type Shipped struct{}

var (
	mu     sync.Mutex
	loaded = map[string]*time.Location{}
	files  map[string]*zip.File
)

// Location returns the zone of an IANA name such as Europe/Berlin.
func (Shipped) Location(name string) (*time.Location, bool) {
	mu.Lock()
	defer mu.Unlock()
	if l, ok := loaded[name]; ok {
		return l, true
	}
	index()
	f, ok := files[name]
	if !ok {
		return nil, false
	}
	l, err := read(f)
	if err != nil {
		return nil, false
	}
	loaded[name] = l
	return l, true
}

func index() {
	if files != nil {
		return
	}
	r, err := zip.NewReader(bytes.NewReader(database), int64(len(database)))
	if err != nil {
		panic("the shipped time zone database is damaged: " + err.Error())
	}
	files = make(map[string]*zip.File, len(r.File))
	for _, f := range r.File {
		files[f.Name] = f
	}
}

func read(f *zip.File) (*time.Location, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(f.Name, data)
}
