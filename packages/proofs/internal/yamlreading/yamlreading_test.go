// Package yamlreading checks that what packages/manifests writes as YAML reads back the same in Go: by
// the reader of kubectl, Helm and vcluster, and by yaml.v3.
package yamlreading

import (
	"encoding/json"
	"reflect"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
	"tenantry.dev/proofs/internal/printed"
)

// sample is an object and the YAML that was written for it.
type sample struct {
	Object json.RawMessage `json:"object"`
	YAML   string          `json:"yaml"`
}

func TestYAMLReadsBackTheSame(t *testing.T) {
	readers := map[string]func(string) ([]byte, error){
		"sigs.k8s.io/yaml": func(text string) ([]byte, error) { return yaml.YAMLToJSONStrict([]byte(text)) },
		"yaml.v3": func(text string) ([]byte, error) {
			var value any
			if err := yamlv3.Unmarshal([]byte(text), &value); err != nil {
				return nil, err
			}
			return json.Marshal(value)
		},
	}
	for _, one := range printed.Lines[sample](t, "packages/manifests/test/print-odd-yaml.ts", 4000, 1) {
		for name, read := range readers {
			text, err := read(one.YAML)
			if err != nil {
				t.Errorf("%s: %v\n%q\n%s", name, err, one.YAML, one.Object)
			} else if !reflect.DeepEqual(valueOf(t, text), valueOf(t, one.Object)) {
				t.Errorf("%s: %q\nread as %s\nwant    %s", name, one.YAML, text, one.Object)
			}
		}
	}
}

func valueOf(t *testing.T, text []byte) (value any) {
	t.Helper()
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}
