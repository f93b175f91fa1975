// Package yamlreading checks that what packages/manifests writes as YAML reads back the same in Go: by
// the reader of kubectl, Helm and vcluster, and by yaml.v3.
package yamlreading

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

const workspace = "../../../.."

// sample is an object and the YAML that was written for it.
type sample struct {
	Object json.RawMessage `json:"object"`
	YAML   string          `json:"yaml"`
}

// samples runs the generator, which draws the same objects each time.
func samples(t *testing.T) []sample {
	t.Helper()
	node := filepath.Join(workspace, "node_modules/.bin/node")
	if _, err := os.Stat(node); err != nil {
		t.Fatalf("%v: run `pnpm install` first", err)
	}
	command := exec.Command(node, filepath.Join(workspace, "packages/manifests/test/print-odd-yaml.ts"), "4000", "1")
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []sample
	scanner := bufio.NewScanner(bytes.NewReader(output))
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var one sample
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	if len(found) < 4000 {
		t.Fatalf("%d objects, expected at least 4000", len(found))
	}
	return found
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
	for _, one := range samples(t) {
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
