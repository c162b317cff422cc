package world

import (
	"fmt"
	"slices"

	"tandem"
	"tandem/voice"
)

// nonsense is what is wrong with a room that the core wants; empty for nothing.
func nonsense(want voice.Room) string {
	known := func(id tandem.ID) bool {
		return slices.ContainsFunc(want.Legs, func(l voice.Leg) bool { return l.ID == id && l.Wish != voice.WishGone })
	}
	customers := 0
	for i, l := range want.Legs {
		switch {
		case slices.ContainsFunc(want.Legs[:i], func(o voice.Leg) bool { return o.ID == l.ID }):
			return fmt.Sprintf("the leg %s twice", l.ID)
		case want.Ended && l.Wish != voice.WishGone:
			return fmt.Sprintf("the leg %s, though it has ended", l.ID)
		case l.Role == voice.Customer && l.Wish != voice.WishGone:
			customers++
		}
	}
	if customers > 1 {
		return fmt.Sprintf("%d customers", customers)
	}
	for i, p := range want.Mix {
		if p.Speaker == p.Listener || !known(p.Speaker) || !known(p.Listener) || slices.Contains(want.Mix[:i], p) {
			return fmt.Sprintf("%s to be heard by %s", p.Speaker, p.Listener)
		}
	}
	for i, p := range want.Plays {
		same := func(o voice.Play) bool { return o.Listener == p.Listener || o.ID == p.ID }
		if !known(p.Listener) || slices.ContainsFunc(want.Plays[:i], same) {
			return fmt.Sprintf("the play %s for %s", p.ID, p.Listener)
		}
	}
	return ""
}
