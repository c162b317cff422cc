package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
)

// demoDesk is how an agent's status is seen and chosen in a stand-in, as the
// agent would: by the control API of its page.
type demoDesk struct {
	agents  string                       // path of the agents
	shows   func(row map[string]any) any // the status in an agent's row
	id      string                       // the member of a choice
	number  bool                         // ids are numbers
	choices []demoChoice
}

// demoChoice is a status that can be chosen.
type demoChoice struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// showing is the id of the status that a stand-in shows for each agent, by the
// agent's id.
func (s *demoSystem) showing(ctx context.Context, c *demoClient) (map[string]string, error) {
	req, _, err := demoRequest(ctx, "GET", s.url+s.desk.agents, nil)
	if err != nil {
		return nil, err
	}
	var rows []map[string]any
	if err := c.send(req, &rows); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, row := range rows {
		all[textOfID(row["id"])] = textOfID(s.desk.shows(row))
	}
	return all, nil
}

// textOfID is an id as a text; a number has no fraction.
func textOfID(id any) string {
	switch id := id.(type) {
	case float64:
		return fmt.Sprintf("%.0f", id)
	case string:
		return id
	}
	return ""
}

// choose sets an agent's status as the agent would.
func (s *demoSystem) choose(ctx context.Context, c *demoClient, agent, status string) error {
	var value any = status
	if s.desk.number {
		value = json.Number(status)
	}
	req, _, err := demoRequest(ctx, "POST", s.url+s.desk.agents+"/"+url.PathEscape(agent)+"/status", map[string]any{s.desk.id: value})
	if err != nil {
		return err
	}
	return c.send(req, nil)
}
