package sqlite

import (
	"context"

	"tandem"
	"tandem/journal"
)

const putSecretSQL = `INSERT INTO secret (name, sealed) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sealed = ?2`

// PutSecret implements [journal.Secrets].
func (s *Store) PutSecret(ctx context.Context, row journal.SecretRow) error {
	return s.updateAndScrub(ctx, func() error {
		_, err := s.conn.ExecContext(ctx, putSecretSQL, row.Name, row.Sealed)
		return err
	})
}

// Secret implements [journal.Secrets].
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	var sealed []byte
	err := s.read.QueryRowContext(ctx, `SELECT sealed FROM secret WHERE name = ?1`, name).Scan(&sealed)
	return sealed, s.absent(err)
}

// DeleteSecret implements [journal.Secrets].
func (s *Store) DeleteSecret(ctx context.Context, name string) error {
	return s.updateAndScrub(ctx, func() error {
		res, err := s.conn.ExecContext(ctx, `DELETE FROM secret WHERE name = ?1`, name)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return journal.ErrAbsent
	})
}

// SecretNames implements [journal.Secrets].
func (s *Store) SecretNames(ctx context.Context, prefix string) ([]string, error) {
	if s.isClosed() {
		return nil, journal.ErrClosed
	}
	rows, err := s.read.QueryContext(ctx, `SELECT name FROM secret WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name`, prefix)
	if err != nil {
		return nil, s.explain(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.explain(err)
		}
		names = append(names, name)
	}
	return names, s.explain(rows.Err())
}

// Rewrap implements [journal.Secrets].
func (s *Store) Rewrap(ctx context.Context, key func(tandem.ID, journal.KeyRow) ([]byte, error),
	secret func(journal.SecretRow) ([]byte, error), add ...journal.SecretRow) error {
	return s.updateAndScrub(ctx, func() error {
		if err := s.rewrapKeys(ctx, key); err != nil {
			return err
		}
		if err := s.rewrapSecrets(ctx, secret); err != nil {
			return err
		}
		for _, row := range add {
			if _, err := s.conn.ExecContext(ctx, putSecretSQL, row.Name, row.Sealed); err != nil {
				return err
			}
		}
		return nil
	})
}

// rewrapKeys goes through the keys in their order, a portion at a time.
func (s *Store) rewrapKeys(ctx context.Context, wrap func(tandem.ID, journal.KeyRow) ([]byte, error)) error {
	var last keyPlace
	for {
		portion, err := s.keysAfter(ctx, last)
		if err != nil || len(portion) == 0 {
			return err
		}
		for _, p := range portion {
			wrapped, err := wrap(p.shard, p.row)
			if err != nil {
				return err
			}
			_, err = s.conn.ExecContext(ctx, `UPDATE subject_key SET wrapped = ?3 WHERE shard = ?1 AND subject = ?2`,
				p.shard[:], p.row.Subject[:], wrapped)
			if err != nil {
				return err
			}
		}
		last = portion[len(portion)-1]
	}
}

type keyPlace struct {
	shard tandem.ID
	row   journal.KeyRow
}

func (s *Store) keysAfter(ctx context.Context, last keyPlace) ([]keyPlace, error) {
	rows, err := s.conn.QueryContext(ctx, `
SELECT shard, subject, wrapped FROM subject_key WHERE (shard, subject) > (?1, ?2) ORDER BY shard, subject LIMIT 1000`,
		last.shard[:], last.row.Subject[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var portion []keyPlace
	for rows.Next() {
		var p keyPlace
		var shard, subject []byte
		if err := rows.Scan(&shard, &subject, &p.row.Wrapped); err != nil {
			return nil, err
		}
		copy(p.shard[:], shard)
		copy(p.row.Subject[:], subject)
		portion = append(portion, p)
	}
	return portion, rows.Err()
}

func (s *Store) rewrapSecrets(ctx context.Context, wrap func(journal.SecretRow) ([]byte, error)) error {
	rows, err := s.conn.QueryContext(ctx, `SELECT name, sealed FROM secret ORDER BY name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []journal.SecretRow
	for rows.Next() {
		var row journal.SecretRow
		if err := rows.Scan(&row.Name, &row.Sealed); err != nil {
			return err
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, row := range all {
		sealed, err := wrap(row)
		if err != nil {
			return err
		}
		if sealed == nil {
			_, err = s.conn.ExecContext(ctx, `DELETE FROM secret WHERE name = ?1`, row.Name)
		} else {
			_, err = s.conn.ExecContext(ctx, putSecretSQL, row.Name, sealed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
