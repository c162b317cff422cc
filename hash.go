package tandem

// HashWire hashes a value's public part (FNV-1a, 64 bits). Machines sum the
// hashes of their things, so that a change costs only the thing changed.
func HashWire(w Wire) uint64 {
	e := NewEncoder(nil, nil)
	w.EncodeWire(e)
	return HashBytes(e.Bytes())
}

// HashBytes is FNV-1a over b.
func HashBytes(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
