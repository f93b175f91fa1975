// Package dist reads what `pnpm synth` has written, as far as pods are concerned.
package dist

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// HostWide is the directory of what belongs to no tenant; Hosts has one for each of several hosts.
// No tenant can have their names, nor those of what other engines read.
const (
	HostWide = "_host"
	Hosts    = "_hosts"
	shared   = "_"
)

// Tenant is the directory of one tenant.
type Tenant struct {
	ID           string
	ChartVersion string
	// Namespace is the manifest of the host namespace that all of the tenant's pods run in.
	Namespace File
	// Values are those of the vcluster chart.
	Values File
	// Manifests are the objects for the host and for the virtual cluster.
	Manifests []File
}

// File is a file and what is in it.
type File struct {
	Path string
	Text []byte
}

// Read returns the tenants in a dist directory, and the files that are for the host as a whole.
func Read(directory string) (tenants []Tenant, hostWide []File, err error) {
	entries, err := os.ReadDir(directory)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no %s: run `pnpm synth` first", directory)
	} else if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		path := filepath.Join(directory, entry.Name())
		if !entry.IsDir() || isHidden(path) {
			continue
		} else if entry.Name() == HostWide {
			hostWide, err = readAll(filepath.Join(path, "*.yaml"))
		} else if entry.Name() == Hosts {
			hostWide, err = readAll(filepath.Join(path, "*", "*.yaml"))
		} else if !strings.HasPrefix(entry.Name(), shared) {
			var tenant Tenant
			tenant, err = readTenant(path)
			tenants = append(tenants, tenant)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if len(tenants) == 0 {
		return nil, nil, fmt.Errorf("there is no tenant in %s: run `pnpm synth` first", directory)
	}
	return tenants, hostWide, nil
}

func readTenant(directory string) (Tenant, error) {
	about, err := os.ReadFile(filepath.Join(directory, "tenant.json"))
	if err != nil {
		return Tenant{}, err
	}
	var tenant Tenant
	if err := json.Unmarshal(about, &tenant); err != nil {
		return Tenant{}, fmt.Errorf("%s: %w", filepath.Join(directory, "tenant.json"), err)
	}
	namespaces, err := readAll(filepath.Join(directory, "host", "namespace*.yaml"))
	if err != nil {
		return Tenant{}, err
	}
	if len(namespaces) != 1 {
		return Tenant{}, fmt.Errorf("%s: found %d host/namespace*.yaml, expected 1", directory, len(namespaces))
	}
	tenant.Namespace = namespaces[0]
	values, err := readAll(filepath.Join(directory, "vcluster.yaml"))
	if err != nil {
		return Tenant{}, err
	}
	if len(values) != 1 {
		return Tenant{}, fmt.Errorf("%s: there is no vcluster.yaml", directory)
	}
	tenant.Values = values[0]
	tenant.Manifests, err = readAll(filepath.Join(directory, "*", "*.yaml"))
	return tenant, err
}

func readAll(pattern string) ([]File, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(paths))
	for _, path := range paths {
		if isHidden(path) || isHidden(filepath.Dir(path)) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, File{path, text})
	}
	return files, nil
}

// isHidden tells what is an editor's or the system's: no command of ours reads it.
func isHidden(path string) bool {
	return strings.HasPrefix(filepath.Base(path), ".")
}

// ShortPath is a path as people know it: "dist/alice/vcluster.yaml" rather than one from the root.
func ShortPath(directory, path string) string {
	if shorter, err := filepath.Rel(directory, path); err == nil && filepath.IsLocal(shorter) {
		return filepath.Join(filepath.Base(directory), shorter)
	}
	return path
}
