// Package salesforce holds what is deployed to a Salesforce org: a Salesforce
// DX project with the utility item that runs in agents' consoles. README.md says
// how to deploy it. The package is for the stand-in and for tests, which run the
// very files that are deployed.
package salesforce

import (
	"embed"
	"io/fs"
)

//go:embed force-app/main/default/aura/tandemPresence
var project embed.FS

// Component is the name of the Aura bundle.
const Component = "tandemPresence"

// Bundle is the folder of the Aura bundle: markup, controller, helper, style
// and design.
func Bundle() fs.FS {
	bundle, err := fs.Sub(project, "force-app/main/default/aura/"+Component)
	if err != nil {
		panic(err) // the path is valid, as it is written above
	}
	return bundle
}
