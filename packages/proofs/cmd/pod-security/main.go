// Command pod-security asks Kubernetes' own Pod Security evaluator whether the pods that dist/
// leads to would be admitted to their tenant's host namespace:
//
//	go -C packages/proofs run ./cmd/pod-security [DIST]
//
// Those are the pods in dist/ itself, and the control plane's, which the vcluster chart makes of
// dist/ID/vcluster.yaml. It says a line for each pod that would be refused and exits 1.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/pod-security-admission/api"

	"tenantry.dev/proofs/internal/controlplane"
	"tenantry.dev/proofs/internal/dist"
	"tenantry.dev/proofs/internal/module"
	"tenantry.dev/proofs/internal/podsecurity"
)

// Relative to this module's root, where `go -C` starts the command.
const defaultDist = "../../dist"

func main() {
	directory := defaultDist
	if len(os.Args) > 1 {
		directory = os.Args[1]
	}
	if err := run(directory); err != nil {
		fmt.Fprintf(os.Stderr, "pod security: %v\n", err)
		os.Exit(1)
	}
}

func run(directory string) error {
	directory, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	tenants, hostWide, err := dist.Read(directory)
	if err != nil {
		return err
	}
	evaluator, err := podsecurity.NewEvaluator()
	if err != nil {
		return err
	}
	fixtures, err := checkFixtures(evaluator)
	if err != nil {
		return err
	}
	check := check{evaluator: evaluator, root: directory}
	if err := check.files(hostWide, api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}); err != nil {
		return err
	}
	chart, err := controlplane.Download()
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		if err := check.tenant(tenant, chart); err != nil {
			return err
		}
	}
	if check.refused > 0 {
		return fmt.Errorf("%d of %d pods in %d tenants would be refused", check.refused, check.pods, len(tenants))
	}
	fmt.Printf("pod security: %d pods in %d tenants are admitted; all %d fixtures of the evaluator come out right\n",
		check.pods, len(tenants), fixtures)
	return nil
}

// checkFixtures makes sure that we would notice: the same code must admit and refuse what the
// evaluator's own tests say.
func checkFixtures(evaluator *podsecurity.Evaluator) (int, error) {
	source, err := module.Download(".", "k8s.io/pod-security-admission")
	if err != nil {
		return 0, err
	}
	count, wrong, err := podsecurity.CheckFixtures(evaluator, filepath.Join(source.Dir, "test", "testdata"))
	if len(wrong) > 0 {
		err = errors.Join(err, errors.New(strings.Join(wrong, "\n")))
	}
	return count, err
}

// check evaluates pod after pod and counts.
type check struct {
	evaluator *podsecurity.Evaluator
	// root is the directory that paths are shown from.
	root    string
	pods    int
	refused int
}

func (c *check) tenant(tenant dist.Tenant, chart controlplane.Chart) error {
	enforced, err := podsecurity.EnforcedPolicy(tenant.Namespace.Text)
	if err != nil {
		return fmt.Errorf("%s: %w", dist.ShortPath(c.root, tenant.Namespace.Path), err)
	}
	if err := c.files(tenant.Manifests, enforced); err != nil {
		return err
	}
	controlPlane, err := chart.Render(tenant, enforced.Version.String())
	if err != nil {
		return fmt.Errorf("%s: %w", dist.ShortPath(c.root, tenant.Values.Path), err)
	}
	before := c.pods
	if err := c.files(controlPlane, enforced); err != nil {
		return err
	}
	if c.pods == before {
		return fmt.Errorf("%s: the chart made no pod of it", dist.ShortPath(c.root, tenant.Values.Path))
	}
	return nil
}

func (c *check) files(files []dist.File, enforced api.LevelVersion) error {
	for _, file := range files {
		pods, err := podsecurity.FindPods(file.Text)
		if err != nil {
			return fmt.Errorf("%s: %w", dist.ShortPath(c.root, file.Path), err)
		}
		for _, pod := range pods {
			c.pods++
			if objections := c.evaluator.Objections(enforced, pod); objections != "" {
				c.refused++
				fmt.Fprintf(os.Stderr, "%s: %s violates %s: %s\n", dist.ShortPath(c.root, file.Path), pod.Where, enforced, objections)
			}
		}
	}
	return nil
}
