package lint

import (
	_ "embed"
	"errors"
	"fmt"

	"sigs.k8s.io/yaml"
)

//go:embed samples.yaml
var samples []byte

// CheckSamples makes sure that we would notice: the same code must find the faults of objects that
// have them. It returns how many faults that are.
func CheckSamples(linters []Linter) (int, error) {
	var expected []struct {
		Finds  []string       `json:"finds"`
		Object map[string]any `json:"object"`
	}
	if err := yaml.UnmarshalStrict(samples, &expected); err != nil {
		return 0, fmt.Errorf("samples.yaml: %w", err)
	}
	objects := make([]Object, len(expected))
	for index, sample := range expected {
		objects[index] = Object{Path: "samples.yaml", Cluster: "host", Content: sample.Object}
		if err := objects[index].describe(); err != nil {
			return 0, fmt.Errorf("samples.yaml: %w", err)
		}
	}
	found := map[string]bool{}
	for _, linter := range linters {
		report, err := linter.Lint(objects)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", linter.Name(), err)
		}
		for _, finding := range report.Findings {
			found[finding.Check+" at "+finding.Object.Address()] = true
		}
	}
	count := 0
	var missing []error
	for index, sample := range expected {
		for _, check := range sample.Finds {
			count++
			if fault := check + " at " + objects[index].Address(); !found[fault] {
				missing = append(missing, fmt.Errorf("samples.yaml: nobody finds %s", fault))
			}
		}
	}
	return count, errors.Join(missing...)
}
