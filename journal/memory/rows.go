package memory

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"tandem"
	"tandem/journal"
)

// Key implements [journal.Rows].
func (s *Store) Key(ctx context.Context, id, subject tandem.ID) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.disk.mu.Unlock()
	wrapped, ok := s.disk.shard(id).keys[subject]
	if !ok {
		return nil, journal.ErrAbsent
	}
	return bytes.Clone(wrapped), nil
}

// Payload implements [journal.Rows].
func (s *Store) Payload(ctx context.Context, id tandem.ID, ref tandem.PayloadRef) (journal.PayloadRow, error) {
	if err := s.enter(ctx); err != nil {
		return journal.PayloadRow{}, err
	}
	defer s.disk.mu.Unlock()
	p, ok := s.disk.shard(id).payloads[ref]
	if !ok {
		return journal.PayloadRow{}, journal.ErrAbsent
	}
	p.row.Salt, p.row.Sealed = bytes.Clone(p.row.Salt), bytes.Clone(p.row.Sealed)
	return p.row, nil
}

// Quarantined implements [journal.Rows].
func (s *Store) Quarantined(ctx context.Context, id tandem.ID) ([]journal.QuarantineRow, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.disk.mu.Unlock()
	list := slices.Clone(s.disk.shard(id).quarantine)
	slices.SortStableFunc(list, func(a, b journal.QuarantineRow) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return a.CommandID.Compare(b.CommandID)
	})
	return list[:min(len(list), journal.MaxQuarantined)], nil
}

// Erase implements [journal.Rows]. It is durable at once, as is every change
// to a secret: a crash does not bring back what was erased.
func (s *Store) Erase(ctx context.Context, id, subject tandem.ID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.disk.mu.Unlock()
	s.disk.unsynced = nil
	sh := s.disk.shard(id)
	delete(sh.keys, subject)
	maps.DeleteFunc(sh.payloads, func(_ tandem.PayloadRef, p payload) bool { return p.row.Subject == subject })
	var kept []journal.QuarantineRow
	for _, q := range sh.quarantine {
		if q.Subject != subject {
			kept = append(kept, q)
		}
	}
	sh.quarantine = kept
	return nil
}

// PutSecret implements [journal.Secrets].
func (s *Store) PutSecret(ctx context.Context, row journal.SecretRow) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.disk.mu.Unlock()
	s.disk.unsynced = nil
	s.disk.secrets[row.Name] = bytes.Clone(row.Sealed)
	return nil
}

// Secret implements [journal.Secrets].
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.disk.mu.Unlock()
	sealed, ok := s.disk.secrets[name]
	if !ok {
		return nil, journal.ErrAbsent
	}
	return bytes.Clone(sealed), nil
}

// DeleteSecret implements [journal.Secrets].
func (s *Store) DeleteSecret(ctx context.Context, name string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.disk.mu.Unlock()
	if _, ok := s.disk.secrets[name]; !ok {
		return journal.ErrAbsent
	}
	s.disk.unsynced = nil
	delete(s.disk.secrets, name)
	return nil
}

// SecretNames implements [journal.Secrets].
func (s *Store) SecretNames(ctx context.Context, prefix string) ([]string, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.disk.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.disk.secrets)) {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Rewrap implements [journal.Secrets].
func (s *Store) Rewrap(ctx context.Context, key func(tandem.ID, journal.KeyRow) ([]byte, error),
	secret func(journal.SecretRow) ([]byte, error), add ...journal.SecretRow) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.disk.mu.Unlock()
	keys := make(map[tandem.ID]map[tandem.ID][]byte)
	for id, sh := range s.disk.shards {
		keys[id] = make(map[tandem.ID][]byte)
		for subject, wrapped := range sh.keys {
			again, err := key(id, journal.KeyRow{Subject: subject, Wrapped: wrapped})
			if err != nil {
				return err
			}
			keys[id][subject] = again
		}
	}
	secrets := make(map[string][]byte)
	for name, sealed := range s.disk.secrets {
		again, err := secret(journal.SecretRow{Name: name, Sealed: sealed})
		if err != nil {
			return err
		}
		if again != nil {
			secrets[name] = again
		}
	}
	for _, row := range add {
		secrets[row.Name] = bytes.Clone(row.Sealed)
	}
	for id, k := range keys {
		s.disk.shards[id].keys = k
	}
	s.disk.secrets, s.disk.unsynced = secrets, nil
	return nil
}
