package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"k8s.io/pod-security-admission/api"

	"tenantry.dev/proofs/internal/controlplane"
	"tenantry.dev/proofs/internal/dist"
	"tenantry.dev/proofs/internal/lint"
	"tenantry.dev/proofs/internal/podsecurity"
)

// collection is every object that a dist directory leads to.
type collection struct {
	// groups are the objects that meet each other: a tenant's on the host, a tenant's in its own
	// cluster, and those for the host as a whole.
	groups [][]lint.Object
	// kubernetes is the newest version that a tenant's host namespace is checked by.
	kubernetes api.Version
	// root is the directory that paths are shown from.
	root string
}

func collect(directory string) (collection, error) {
	tenants, hostWide, err := dist.Read(directory)
	if err != nil {
		return collection{}, err
	}
	chart, err := controlplane.Download()
	if err != nil {
		return collection{}, err
	}
	all := collection{root: directory}
	if err := all.add(hostWide, lint.Object{Cluster: dist.HostWide}); err != nil {
		return collection{}, err
	}
	for _, tenant := range tenants {
		if err := all.addTenant(tenant, chart); err != nil {
			return collection{}, err
		}
	}
	return all, nil
}

func (c *collection) addTenant(tenant dist.Tenant, chart controlplane.Chart) error {
	enforced, err := podsecurity.EnforcedPolicy(tenant.Namespace.Text)
	if err != nil {
		return fmt.Errorf("%s: %w", dist.ShortPath(c.root, tenant.Namespace.Path), err)
	}
	if c.kubernetes == (api.Version{}) || c.kubernetes.Older(enforced.Version) {
		c.kubernetes = enforced.Version
	}
	controlPlane, err := chart.Render(tenant, enforced.Version.String())
	if err != nil {
		return fmt.Errorf("%s: %w", dist.ShortPath(c.root, tenant.Values.Path), err)
	}
	// dist/ID has a directory for each cluster; the chart is for the host.
	files := map[string][]dist.File{"host": controlPlane}
	for _, file := range tenant.Manifests {
		cluster := filepath.Base(filepath.Dir(file.Path))
		files[cluster] = append(files[cluster], file)
	}
	for _, cluster := range slices.Sorted(maps.Keys(files)) {
		if err := c.add(files[cluster], lint.Object{Tenant: tenant.ID, Cluster: cluster}); err != nil {
			return err
		}
	}
	return nil
}

// add parses files into a group of objects, which have in common what is given.
func (c *collection) add(files []dist.File, common lint.Object) error {
	var group []lint.Object
	for _, file := range files {
		common.Path = dist.ShortPath(c.root, file.Path)
		objects, err := lint.ParseObjects(file.Text, common)
		if err != nil {
			return fmt.Errorf("%s: %w", common.Path, err)
		}
		group = append(group, objects...)
	}
	c.groups = append(c.groups, group)
	return nil
}
