package zendesk

import (
	"net/http"
	"slices"
	"strconv"
)

// offsetLimit is how deep offset pages reach ("Zendesk: Pagination").
const offsetLimit = 10_000

// integrationUserID is the admin that tokens of client credentials act as.
const integrationUserID int64 = 1

func userJSON(r *http.Request, a Agent) object {
	return object{
		"id": a.ID, "url": baseURL(r) + "/api/v2/users/" + strconv.FormatInt(a.ID, 10) + ".json",
		"name": a.Name, "email": a.Email, "role": a.Role, "active": true, "suspended": false,
	}
}

// listUsers is GET /api/v2/users with role or role[]; page[size] chooses
// cursor pages, page and per_page offset pages.
func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	roles := slices.Concat(query["role[]"], query["role"])
	users := []object{}
	for _, v := range s.account.views() {
		if len(roles) == 0 || slices.Contains(roles, v.Role) {
			users = append(users, userJSON(r, v.Agent))
		}
	}
	if query.Has("page[size]") || query.Has("page[after]") || query.Has("page[before]") {
		p, err := cursorPage(r, users, func(u object) string { return idKey(u["id"].(int64)) })
		if err != nil {
			writeError(w, http.StatusBadRequest, "InvalidPaginationParameter", err.Error())
			return
		}
		writeJSON(w, http.StatusOK, object{"users": p.items, "meta": p.meta, "links": p.links})
		return
	}
	offsetPage(w, r, users)
}

func offsetPage(w http.ResponseWriter, r *http.Request, users []object) {
	number, size := positive(r, "page", 1), min(positive(r, "per_page", largestPage), largestPage)
	if number > offsetLimit/size {
		writeError(w, http.StatusBadRequest, "InvalidPaginationDepth", "Number of results exceeds the limit of 10000; use cursor pagination")
		return
	}
	from := min(len(users), (number-1)*size)
	to := min(len(users), from+size)
	answer := object{"users": users[from:to], "count": len(users), "next_page": nil, "previous_page": nil}
	if to < len(users) {
		answer["next_page"] = pageURL(r, "page", strconv.Itoa(number+1))
	}
	if number > 1 {
		answer["previous_page"] = pageURL(r, "page", strconv.Itoa(number-1))
	}
	writeJSON(w, http.StatusOK, answer)
}

func positive(r *http.Request, name string, fallback int) int {
	if number, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && number > 0 {
		return number
	}
	return fallback
}

// showMe is GET /api/v2/users/me: the admin the token acts as.
func (s *Server) showMe(w http.ResponseWriter, r *http.Request) {
	me := Agent{ID: integrationUserID, Name: "Integration", Email: "integration@example.com", Role: "admin"}
	writeJSON(w, http.StatusOK, object{"user": userJSON(r, me)})
}

func (s *Server) showUser(w http.ResponseWriter, r *http.Request) {
	id, ok := pathID(r)
	v, err := s.account.view(id)
	if !ok || err != nil {
		notFound(w)
		return
	}
	writeJSON(w, http.StatusOK, object{"user": userJSON(r, v.Agent)})
}
