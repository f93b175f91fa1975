// Command lint asks the Kubernetes linters of the field, Trivy and kube-score, what they make of
// every object that dist/ leads to:
//
//	go -C packages/proofs run ./cmd/lint [DIST]
//
// Those are the objects in dist/ itself, and those that the vcluster chart makes of
// dist/ID/vcluster.yaml. It says a line for each finding that lint-exceptions.yaml does not except
// and for each exception without a finding, and exits 1.
package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tenantry.dev/proofs/internal/lint"
)

// Relative to this module's root, where `go -C` starts the command.
const (
	defaultDist    = "../../dist"
	exceptionsFile = "lint-exceptions.yaml"
)

func main() {
	directory := defaultDist
	if len(os.Args) > 1 {
		directory = os.Args[1]
	}
	if err := run(directory); err != nil {
		fmt.Fprintf(os.Stderr, "linters: %v\n", err)
		os.Exit(1)
	}
}

func run(directory string) error {
	directory, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	exceptions, err := readExceptions()
	if err != nil {
		return err
	}
	collection, err := collect(directory)
	if err != nil {
		return err
	}
	trivy, err := lint.NewTrivy()
	if err != nil {
		return err
	}
	kubeScore, err := lint.NewKubeScore(collection.kubernetes.String())
	if err != nil {
		return err
	}
	linters := []lint.Linter{trivy, kubeScore}
	faults, err := lint.CheckSamples(linters)
	if err != nil {
		return err
	}
	check := check{exceptions: exceptions}
	for _, group := range collection.groups {
		for _, linter := range linters {
			if err := check.group(group, linter); err != nil {
				return err
			}
		}
	}
	objects := slices.Concat(collection.groups...)
	unused := exceptions.Unused(objects)
	for _, line := range unused {
		fmt.Fprintf(os.Stderr, "%s excepts %s, where nothing is found\n", exceptionsFile, line)
	}
	if check.found > 0 || len(unused) > 0 {
		return fmt.Errorf("%d findings in %d objects, %d exceptions without one; fix them, or say why not in packages/proofs/%s",
			check.found, len(objects), len(unused), exceptionsFile)
	}
	fmt.Printf("linters: %d checks of %d objects find nothing but the %d that %s excepts; all %d faults of the samples are found\n",
		check.made, len(objects), check.excepted, exceptionsFile, faults)
	return nil
}

func readExceptions() (*lint.Exceptions, error) {
	text, err := os.ReadFile(exceptionsFile)
	if err != nil {
		return nil, err
	}
	exceptions, err := lint.ReadExceptions(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", exceptionsFile, err)
	}
	return exceptions, nil
}

// check lints group after group and counts.
type check struct {
	exceptions *lint.Exceptions
	made       int
	found      int
	excepted   int
}

func (c *check) group(objects []lint.Object, linter lint.Linter) error {
	report, err := linter.Lint(objects)
	if err != nil {
		return fmt.Errorf("%s: %w", linter.Name(), err)
	}
	for index, object := range objects {
		c.made += report.Checks[index]
		if len(object.Containers) > 0 && report.Checks[index] == 0 {
			return fmt.Errorf("%s: %s has not looked at %s", object.Path, linter.Name(), object.Address())
		}
	}
	slices.SortStableFunc(report.Findings, func(a, b lint.Finding) int {
		return cmp.Or(strings.Compare(a.Object.Path, b.Object.Path), strings.Compare(a.Check, b.Check))
	})
	for _, finding := range report.Findings {
		if c.exceptions.Cover(finding) {
			c.excepted++
			continue
		}
		c.found++
		fmt.Fprintf(os.Stderr, "%s: %s at %s: %s\n", finding.Object.Path, finding.Check, finding.Place(), finding.Message)
	}
	return nil
}
