package dist

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestReadLeavesHiddenFilesAlone(t *testing.T) {
	directory := t.TempDir()
	for _, name := range []string{
		"_host/policy.yaml",
		"_host/.policy.yaml",
		"alice/tenant.json",
		"alice/vcluster.yaml",
		"alice/.vcluster.yaml",
		"alice/host/namespace.a.yaml",
		"alice/host/.namespace.a.yaml",
		"alice/virtual/.#service.yaml",
		"alice/.vscode/settings.yaml",
		".idea/workspace.yaml",
	} {
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
	want := []string{
		"alice/host/namespace.a.yaml",
		"alice/vcluster.yaml",
		"alice/host/namespace.a.yaml",
		"_host/policy.yaml",
	}
	if !reflect.DeepEqual(read, want) {
		t.Errorf("read %v, want %v", read, want)
	}
}
