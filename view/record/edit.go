package record

import (
	"encoding/json"
	"fmt"

	"tandem"
	"tandem/view"
)

// editPage is how many records are changed at a time.
const editPage = 200

// column is by what the records to be changed are found.
type column string

const (
	byContact column = "contact"
	byInitial column = "initial"
	byUser    column = "user"
)

// stored is a record as it stands in the table.
type stored struct {
	id   []byte
	body string
}

// edit changes every record that has the id in the column; there may be none.
func (w writer) edit(by column, id tandem.ID, change func(*Record)) error {
	last := []byte{}
	for {
		page, err := w.page(by, id, last)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := w.rewrite(s, change); err != nil {
				return fmt.Errorf("the record of contact %s: %w", toID(s.id), err)
			}
			last = s.id
		}
		if len(page) < editPage {
			return nil
		}
	}
}

func (w writer) page(by column, id tandem.ID, after []byte) ([]stored, error) {
	rows, err := w.tx.Query("SELECT contact, body FROM record_contact WHERE shard = ? AND "+string(by)+" = ? AND contact > ? ORDER BY contact LIMIT ?",
		w.shard[:], id[:], after, editPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var page []stored
	for rows.Next() {
		var s stored
		if err := rows.Scan(&s.id, &s.body); err != nil {
			return nil, err
		}
		page = append(page, s)
	}
	return page, rows.Err()
}

func (w writer) rewrite(s stored, change func(*Record)) error {
	var r Record
	if err := json.Unmarshal([]byte(s.body), &r); err != nil {
		return err
	}
	change(&r)
	r.LastUpdateTimestamp = view.Seconds(w.at)
	body, err := json.Marshal(&r)
	if err != nil {
		return err
	}
	_, err = w.tx.Exec("UPDATE record_contact SET body = ?, modified = ? WHERE shard = ? AND contact = ?", string(body), int64(w.at), w.shard[:], s.id)
	return err
}

func toID(b []byte) (id tandem.ID) {
	copy(id[:], b)
	return id
}
