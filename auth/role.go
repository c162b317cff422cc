package auth

import "slices"

// Permission is what an operation of the admin API needs.
type Permission string

// The permissions.
const (
	ViewConfiguration Permission = "view"     // read everything but audit and keys
	SeeNotices        Permission = "notices"  // mark notices as seen
	LinkAgents        Permission = "agents"   // link, unlink and release agents
	EditSystems       Permission = "systems"  // connect, change, test and delete systems, their secrets and rules
	EditSettings      Permission = "settings" // change how the center treats agents and contacts
	ReadAudit         Permission = "audit"    // read who changed what
	EraseSubjects     Permission = "erase"    // erase personal data for good
	ManageKeys        Permission = "keys"     // make and end keys
)

// Role is a set of permissions by its name. The zero Role may do nothing.
type Role string

// The roles, from the least to the most that they may do.
const (
	Viewer        Role = "viewer"
	Auditor       Role = "auditor"
	Operator      Role = "operator"
	Manager       Role = "manager"
	Administrator Role = "administrator"
)

// Roles lists the roles, from the least to the most that they may do.
var Roles = []Role{Viewer, Auditor, Operator, Manager, Administrator}

var permissions = map[Role][]Permission{
	Viewer:        {ViewConfiguration},
	Auditor:       {ViewConfiguration, ReadAudit},
	Operator:      {ViewConfiguration, SeeNotices, LinkAgents},
	Manager:       {ViewConfiguration, SeeNotices, LinkAgents, EditSystems, EditSettings, ReadAudit},
	Administrator: {ViewConfiguration, SeeNotices, LinkAgents, EditSystems, EditSettings, ReadAudit, EraseSubjects, ManageKeys},
}

// May reports whether the role has a permission.
func (r Role) May(p Permission) bool { return slices.Contains(permissions[r], p) }

// Permissions lists what the role may do.
func (r Role) Permissions() []Permission { return slices.Clone(permissions[r]) }

// WhoMay lists the roles that have a permission.
func WhoMay(p Permission) []Role {
	var who []Role
	for _, r := range Roles {
		if r.May(p) {
			who = append(who, r)
		}
	}
	return who
}
