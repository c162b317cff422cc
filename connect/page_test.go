package connect

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem"
)

func pagingCall(t *testing.T, principal string, in any) *Call {
	t.Helper()
	return &Call{Operation: operationNamed(t, "ListQueues"), Principal: principal, Time: time.Unix(1_700_000_000, 0), in: in}
}

func self(s string) string { return s }

func TestPagesHoldEveryEntryOnceInOrder(t *testing.T) {
	all := strings.Split("abcdefghij", "")
	for size := int32(1); size <= 11; size++ {
		var got []string
		var token *string
		for {
			in := &ListQueuesRequest{InstanceId: new("i"), MaxResults: &size, NextToken: token}
			part, next, err := page(pagingCall(t, "p", in), all, self, in.MaxResults, in.NextToken)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) > int(size) {
				t.Fatalf("page of %d has %d entries", size, len(part))
			}
			got = append(got, part...)
			if token = next; token == nil {
				break
			}
		}
		if !slices.Equal(got, all) {
			t.Errorf("pages of %d hold %v, want %v", size, got, all)
		}
	}
}

func TestPageSurvivesEntriesThatComeAndGo(t *testing.T) {
	in := &ListQueuesRequest{MaxResults: new(int32(2))}
	call := pagingCall(t, "p", in)
	_, token, err := page(call, []string{"b", "d", "f", "h"}, self, in.MaxResults, nil)
	if err != nil {
		t.Fatal(err)
	}
	part, _, err := page(call, []string{"a", "b", "e", "f", "h"}, self, in.MaxResults, token)
	if err != nil || !slices.Equal(part, []string{"e", "f"}) {
		t.Errorf("second page = %v (%v), want what follows d", part, err)
	}
}

func TestEmptyListIsAPageWithoutToken(t *testing.T) {
	part, token, err := page(pagingCall(t, "p", &ListQueuesRequest{}), nil, self, nil, nil)
	if part == nil || len(part) != 0 || token != nil || err != nil {
		t.Errorf("page = %v, %v, %v; want an empty list", part, token, err)
	}
	part, token, err = page(pagingCall(t, "p", &ListQueuesRequest{}), make([]string, 101), self, nil, nil)
	if len(part) != 100 || token == nil || err != nil {
		t.Errorf("page without MaxResults has %d entries, token %v, %v; want 100 and a token", len(part), token, err)
	}
}

func TestTokenIsGoodOnlyForTheCallItCameFrom(t *testing.T) {
	in := func(instance string) *ListQueuesRequest { return &ListQueuesRequest{InstanceId: &instance} }
	first := pagingCall(t, "p", in("i"))
	token := first.nextToken("cursor")
	later := pagingCall(t, "p", in("i"))
	later.Time = later.Time.Add(6 * time.Minute)
	other := pagingCall(t, "p", &ListUsersRequest{InstanceId: new("i")})
	other.Operation = operationNamed(t, "ListUsers")
	flipped := "A" + (*token)[1:]
	if flipped == *token {
		flipped = "B" + (*token)[1:]
	}
	for _, tt := range []struct {
		name   string
		call   *Call
		token  string
		maxAge time.Duration
		good   bool
	}{
		{"same call", first, *token, 5 * time.Minute, true},
		{"other page size", pagingCall(t, "p", &ListQueuesRequest{InstanceId: new("i"), MaxResults: new(int32(7))}), *token, 0, true},
		{"late, without limit", later, *token, 0, true},
		{"too late", later, *token, 5 * time.Minute, false},
		{"other instance", pagingCall(t, "p", in("j")), *token, 0, false},
		{"other caller", pagingCall(t, "q", in("i")), *token, 0, false},
		{"other operation", other, *token, 0, false},
		{"changed", first, flipped, 0, false},
		{"cut", first, (*token)[:10], 0, false},
		{"nonsense", first, "not a token!", 0, false},
	} {
		cursor, ok, err := tt.call.cursor(&tt.token, tt.maxAge)
		if tt.good {
			if cursor != "cursor" || !ok || err != nil {
				t.Errorf("%s: %q, %v, %v; want the cursor", tt.name, cursor, ok, err)
			}
			continue
		}
		var refusal *tandem.Error
		if !errors.As(err, &refusal) || refusal.Field != "NextToken" || refusal.Kind != tandem.Invalid {
			t.Errorf("%s: error = %v, want a refusal of NextToken", tt.name, err)
		}
	}
}
