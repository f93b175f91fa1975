// Package controlplane renders what the vcluster chart makes of a tenant's dist/ID/vcluster.yaml.
package controlplane

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"tenantry.dev/proofs/internal/chart"
	"tenantry.dev/proofs/internal/dist"
	"tenantry.dev/proofs/internal/module"
)

// Its go.mod chooses the chart, as it does for a deploy. Relative to this module's root.
const sealedModule = "../sealed"

// Chart is the vcluster chart that a deploy installs.
type Chart struct {
	source module.Module
}

func Download() (Chart, error) {
	source, err := module.Download(sealedModule, "github.com/loft-sh/vcluster")
	return Chart{source}, err
}

// Render returns the manifests for the tenant's host namespace, one file for each template that
// renders to something. Kubernetes is the version of the host cluster: "v1.34".
func (c Chart) Render(tenant dist.Tenant, kubernetes string) ([]dist.File, error) {
	if c.source.Version != "v"+tenant.ChartVersion {
		return nil, fmt.Errorf("is for chart %s, but %s/go.mod has %s", tenant.ChartVersion, sealedModule, c.source.Version)
	}
	loaded, err := chart.Load(filepath.Join(c.source.Dir, "chart"), tenant.ChartVersion)
	if err != nil {
		return nil, err
	}
	manifests, err := loaded.Render(chart.Release{
		Name:       "tenant-" + tenant.ID,
		Namespace:  "vcluster-tenant-" + tenant.ID,
		Kubernetes: kubernetes + ".0",
		Values:     tenant.Values.Text,
	})
	if err != nil {
		return nil, err
	}
	files := make([]dist.File, 0, len(manifests))
	for _, template := range slices.Sorted(maps.Keys(manifests)) {
		path := fmt.Sprintf("%s (%s)", tenant.Values.Path, template)
		files = append(files, dist.File{Path: path, Text: manifests[template]})
	}
	return files, nil
}
