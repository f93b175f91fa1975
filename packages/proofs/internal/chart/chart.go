// Package chart renders the vcluster chart the way Helm does on `helm install`.
package chart

import (
	"fmt"
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// Chart is a vcluster chart of one version.
type Chart struct {
	files *chart.Chart
}

// Load reads a chart's directory. The source has a placeholder where releases have their version.
func Load(directory, version string) (*Chart, error) {
	files, err := loader.LoadDir(directory)
	if err != nil {
		return nil, err
	}
	files.Metadata.Version = version
	files.Metadata.AppVersion = version
	return &Chart{files}, nil
}

// Release says where a chart is installed to.
type Release struct {
	Name      string
	Namespace string
	// Kubernetes is the version of the host cluster: "v1.34".
	Kubernetes string
	// Values is the text of a values file.
	Values []byte
}

// Render returns the manifests of a release, by the name of their template. Values are checked
// against the chart's schema.
func (c *Chart) Render(release Release) (map[string][]byte, error) {
	values, err := chartutil.ReadValues(release.Values)
	if err != nil {
		return nil, err
	}
	kubernetes, err := chartutil.ParseKubeVersion(release.Kubernetes)
	if err != nil {
		return nil, err
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *kubernetes
	all, err := chartutil.ToRenderValues(c.files, values, chartutil.ReleaseOptions{
		Name:      release.Name,
		Namespace: release.Namespace,
		Revision:  1,
		IsInstall: true,
	}, capabilities)
	if err != nil {
		return nil, err
	}
	texts, err := engine.Render(c.files, all)
	if err != nil {
		return nil, err
	}
	manifests := map[string][]byte{}
	for name, text := range texts {
		if path.Ext(name) == ".yaml" && strings.TrimSpace(text) != "" {
			manifests[name] = []byte(text)
		}
	}
	if len(manifests) == 0 {
		return nil, fmt.Errorf("chart %s renders nothing", c.files.Name())
	}
	return manifests, nil
}
