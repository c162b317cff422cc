package view

import (
	"slices"

	"tandem"
	"tandem/center"
	"tandem/event"
)

// HierarchyLevels is how deep the agent hierarchy is at most.
const HierarchyLevels = 5

// HierarchyPath is the group of the agent hierarchy and those above it, the
// highest first: at most [HierarchyLevels], none for a group that is unknown.
func HierarchyPath(st *center.State, id tandem.ID) []*event.HierarchyGroupSaved {
	var path []*event.HierarchyGroupSaved
	for g := st.HierarchyGroups[id]; g != nil && len(path) < HierarchyLevels; g = st.HierarchyGroups[g.ParentID] {
		path = append(path, g)
	}
	slices.Reverse(path)
	return path
}
