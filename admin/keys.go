package admin

import (
	"slices"

	"tandem"
	"tandem/auth"
	"tandem/directory"
	"tandem/event"
)

// keyJSON is a key of this API.
type keyJSON struct {
	ID        tandem.ID `json:"id" doc:"Its id."`
	Name      string    `json:"name" doc:"What it is called."`
	Role      string    `json:"role" doc:"What it may do."`
	CreatedAt string    `json:"created_at" doc:"When it was made (RFC 3339)."`
	Ended     bool      `json:"ended" doc:"It does not hold any more."`
}

// keyList lists keys.
type keyList struct {
	Keys []keyJSON `json:"keys" doc:"By id."`
}

func showKey(k *event.AdminKeySaved) keyJSON {
	return keyJSON{ID: k.KeyID, Name: k.Name, Role: k.Role, CreatedAt: k.CreatedAt.String(), Ended: len(k.Hash) == 0}
}

func (h *Handler) listKeys(q *request) (keyList, error) {
	j := keyList{[]keyJSON{}}
	keys, err := h.cfg.Keys(q.Context())
	for i := range keys {
		j.Keys = append(j.Keys, showKey(&keys[i]))
	}
	return j, err
}

// keyInput is a key to be made.
type keyInput struct {
	Name string    `json:"name" doc:"What to call it, such as who uses it; 1 to 128 characters." need:"true"`
	Role auth.Role `json:"role" doc:"What it may do." need:"true"`
}

// newKeyJSON is a key with its token.
type newKeyJSON struct {
	Key   keyJSON `json:"key" doc:"The key."`
	Token string  `json:"token" doc:"What requests carry: Authorization: Bearer. It is shown this once."`
}

func (h *Handler) createKey(q *request, in *keyInput) (newKeyJSON, error) {
	var j newKeyJSON
	if !slices.Contains(auth.Roles, in.Role) {
		return j, tandem.Errorf(tandem.Invalid, "role", "%q is no role; use %s", in.Role, anyOf(auth.Roles))
	}
	token, hash := auth.NewToken()
	answer, err := h.cfg.Do(q.Context(), directory.Shard, q.principal.Actor, directory.SaveAdminKey{Key: event.AdminKeySaved{Name: in.Name, Role: string(in.Role), Hash: hash}})
	if err != nil {
		return j, err
	}
	id, _ := answer.(tandem.ID)
	keys, err := h.cfg.Keys(q.Context())
	for i := range keys {
		if keys[i].KeyID == id {
			j = newKeyJSON{Key: showKey(&keys[i]), Token: token}
		}
	}
	return j, err
}

// endedKeyJSON says which key was ended.
type endedKeyJSON struct {
	Ended tandem.ID `json:"ended" doc:"The key."`
}

func (h *Handler) endKey(q *request) (endedKeyJSON, error) {
	_, err := h.cfg.Do(q.Context(), directory.Shard, q.principal.Actor, directory.EndAdminKey{KeyID: q.key})
	return endedKeyJSON{q.key}, err
}
