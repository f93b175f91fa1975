package lint

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// anyName stands for a name that the workload gives.
const anyName = "*"

// Exceptions are the findings that were looked at and left as they are.
type Exceptions struct {
	all []exception
}

// exception is one check in one place, as the file's entries list them.
type exception struct {
	check string
	place string
	// optional says that not every fleet has the object.
	optional bool
	// ofWorkload says that the place has names of the workload's in it, whatever they are.
	ofWorkload bool
	used       bool
}

// ReadExceptions reads the file of exceptions. All of its faults are reported together.
func ReadExceptions(text []byte) (*Exceptions, error) {
	var entries []struct {
		Checks []string `json:"checks"`
		// At lists places: "host StatefulSet/tenant-{id} syncer", with a "?" where not every fleet
		// has the object.
		At     []string `json:"at"`
		Reason string   `json:"reason"`
	}
	if err := yaml.UnmarshalStrict(text, &entries); err != nil {
		return nil, err
	}
	exceptions := &Exceptions{}
	var faults []error
	for index, entry := range entries {
		if len(entry.Checks) == 0 || len(entry.At) == 0 || strings.TrimSpace(entry.Reason) == "" {
			faults = append(faults, fmt.Errorf("entry %d: checks, at and reason are all needed", index+1))
		}
		for _, check := range entry.Checks {
			for _, written := range entry.At {
				place, optional := strings.CutSuffix(written, "?")
				if exceptions.has(check, place) {
					faults = append(faults, fmt.Errorf("entry %d: %s at %s is excepted already", index+1, check, place))
				}
				exceptions.all = append(exceptions.all, exception{
					check: check, place: place, optional: optional, ofWorkload: strings.Contains(place, anyName),
				})
			}
		}
	}
	return exceptions, errors.Join(faults...)
}

func (e *Exceptions) has(check, place string) bool {
	return slices.ContainsFunc(e.all, func(exception exception) bool {
		return exception.check == check && exception.place == place
	})
}

// Cover says whether a finding is excepted.
func (e *Exceptions) Cover(finding Finding) bool {
	for index := range e.all {
		exception := &e.all[index]
		if exception.check == finding.Check && exception.isAt(finding) {
			exception.used = true
			return true
		}
	}
	return false
}

// Unused returns a line for each exception that has covered nothing in these objects.
func (e *Exceptions) Unused(objects []Object) []string {
	var lines []string
	for _, exception := range e.all {
		if !exception.used && !exception.ofWorkload && !(exception.optional && exception.isNowhere(objects)) {
			lines = append(lines, fmt.Sprintf("%s at %s", exception.check, exception.place))
		}
	}
	return lines
}

// isAt says whether a finding is at the exception's place; "*" in it stands for any one name.
func (e exception) isAt(finding Finding) bool {
	place := regexp.QuoteMeta(e.placeOf(finding.Object.Tenant))
	pattern := strings.ReplaceAll(place, regexp.QuoteMeta(anyName), `[^ /]+`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(finding.Place())
}

func (e exception) placeOf(tenant string) string {
	return strings.ReplaceAll(e.place, "{id}", tenant)
}

// isNowhere says whether none of the objects is the one of the exception's place.
func (e exception) isNowhere(objects []Object) bool {
	return !slices.ContainsFunc(objects, func(object Object) bool {
		return strings.HasPrefix(e.placeOf(object.Tenant)+" ", object.Address()+" ")
	})
}
