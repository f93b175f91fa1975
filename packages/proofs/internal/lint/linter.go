package lint

import "strings"

// Linter is one of the linters of the field.
type Linter interface {
	Name() string
	// Lint looks at objects that meet each other in one cluster.
	Lint(objects []Object) (Report, error)
}

// Report is what a linter says.
type Report struct {
	Findings []Finding
	// Checks counts what was tried on each object, passed or not, in the order they were given in.
	Checks []int
}

// Finding is something that a linter has against an object.
type Finding struct {
	// Check is the linter's name and its own id of the check: "trivy KSV-0014".
	Check  string
	Object Object
	// Container is the one that it is about, or "".
	Container string
	Message   string
}

// Place is what an exception says of where it applies: "host StatefulSet/tenant-alice syncer".
func (f Finding) Place() string {
	return strings.TrimSpace(f.Object.Address() + " " + f.Container)
}
