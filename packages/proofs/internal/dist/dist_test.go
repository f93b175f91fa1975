package dist

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestReadLeavesHiddenFilesAndOtherEnginesAlone(t *testing.T) {
	want := append(tenant, "_host/policy.yaml")
	if read := readNames(t, "_host/policy.yaml", "_host/.policy.yaml", "_flux/alice/release.yaml"); !reflect.DeepEqual(read, want) {
		t.Errorf("read %v, want %v", read, want)
	}
}

func TestReadTakesWhatEachOfSeveralHostsHas(t *testing.T) {
	want := append(tenant, "_hosts/eu/policy.yaml", "_hosts/us/policy.yaml")
	if read := readNames(t, "_hosts/eu/policy.yaml", "_hosts/us/policy.yaml", "_hosts/us/host.json"); !reflect.DeepEqual(read, want) {
		t.Errorf("read %v, want %v", read, want)
	}
}

// tenant is what is read of the tenant that readNames makes.
var tenant = []string{"alice/host/namespace.a.yaml", "alice/vcluster.yaml", "alice/host/namespace.a.yaml"}

// readNames makes a tenant and these files, and returns the paths of what is read.
func readNames(t *testing.T, names ...string) []string {
	t.Helper()
	directory := t.TempDir()
	for _, name := range append(names,
		"alice/tenant.json",
		"alice/vcluster.yaml",
		"alice/.vcluster.yaml",
		"alice/host/namespace.a.yaml",
		"alice/host/.namespace.a.yaml",
		"alice/virtual/.#service.yaml",
		"alice/.vscode/settings.yaml",
		".idea/workspace.yaml",
	) {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(`{"id":"alice"}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	tenants, hostWide, err := Read(directory)
	if err != nil {
		t.Fatal(err)
	}
	var read []string
	for _, tenant := range tenants {
		for _, file := range append([]File{tenant.Namespace, tenant.Values}, tenant.Manifests...) {
			read = append(read, file.Path)
		}
	}
	for _, file := range hostWide {
		read = append(read, file.Path)
	}
	for i, path := range read {
		read[i], _ = filepath.Rel(directory, path)
	}
	return read
}
