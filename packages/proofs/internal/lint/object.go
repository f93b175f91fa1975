// Package lint asks Kubernetes linters what they make of objects, and which of it is excepted.
package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"k8s.io/apimachinery/pkg/util/yaml"

	"tenantry.dev/proofs/internal/podsecurity"
)

// Object is an object of Kubernetes.
type Object struct {
	// Path says where it comes from.
	Path string
	// Tenant is the id of the one it belongs to, or "".
	Tenant string
	// Cluster is the one it is for: "host", "virtual" or "_host".
	Cluster string
	Kind    string
	Name    string
	// Containers are the names of those in the pods that it is or makes; none where there are none.
	Containers []string
	Content    map[string]any
}

// Address names an object within its tenant: "host StatefulSet/tenant-alice".
func (o Object) Address() string {
	return fmt.Sprintf("%s %s/%s", o.Cluster, o.Kind, o.Name)
}

// ParseObjects reads the objects in a file of YAML documents; they take what is known of them all
// from common.
func ParseObjects(manifest []byte, common Object) ([]Object, error) {
	var objects []Object
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	for {
		object := common
		if err := decoder.Decode(&object.Content); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		if len(object.Content) == 0 {
			continue
		}
		if err := object.describe(); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
}

// describe fills in what the content says.
func (o *Object) describe() error {
	metadata, _ := o.Content["metadata"].(map[string]any)
	o.Kind, _ = o.Content["kind"].(string)
	o.Name, _ = metadata["name"].(string)
	if o.Kind == "" || o.Name == "" {
		return fmt.Errorf("an object has the kind %q and the name %q", o.Kind, o.Name)
	}
	text, err := json.Marshal(o.Content)
	if err != nil {
		return err
	}
	pods, err := podsecurity.FindPods(text)
	for _, pod := range pods {
		for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			o.Containers = append(o.Containers, container.Name)
		}
	}
	return err
}
