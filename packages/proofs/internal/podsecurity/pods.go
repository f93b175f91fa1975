// Package podsecurity finds pods in manifests and asks Kubernetes' own evaluator what it makes of
// them.
package podsecurity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Pod is a pod or a pod template, found in a manifest.
type Pod struct {
	// Where it was found: "Deployment/simple-app .spec.template".
	Where string
	Meta  metav1.ObjectMeta
	Spec  corev1.PodSpec
}

// FindPods returns every pod and pod template in a file of YAML documents. It goes by shape, not
// by kind: whatever has a spec with containers is one, in kinds nobody has heard of too.
func FindPods(manifest []byte) ([]Pod, error) {
	var pods []Pod
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	for {
		var document map[string]any
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return pods, nil
		} else if err != nil {
			return nil, err
		}
		found, err := findIn(document, "")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", nameOf(document), err)
		}
		for _, pod := range found {
			pod.Where = nameOf(document) + pod.Where
			pods = append(pods, pod)
		}
	}
}

func findIn(value any, path string) ([]Pod, error) {
	var pods []Pod
	switch value := value.(type) {
	case map[string]any:
		if isPod(value) {
			pod, err := decode(value)
			if err != nil {
				return nil, err
			}
			if path != "" {
				pod.Where = " " + path
			}
			return []Pod{pod}, nil
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found, err := findIn(value[key], path+"."+key)
			if err != nil {
				return nil, err
			}
			pods = append(pods, found...)
		}
	case []any:
		for index, item := range value {
			found, err := findIn(item, path+"["+strconv.Itoa(index)+"]")
			if err != nil {
				return nil, err
			}
			pods = append(pods, found...)
		}
	}
	return pods, nil
}

func isPod(value map[string]any) bool {
	spec, _ := value["spec"].(map[string]any)
	_, ok := spec["containers"].([]any)
	return ok
}

// decode refuses fields that a pod does not have: a misspelt securityContext protects nobody.
func decode(value map[string]any) (Pod, error) {
	text, err := json.Marshal(map[string]any{"metadata": value["metadata"], "spec": value["spec"]})
	if err != nil {
		return Pod{}, err
	}
	var template corev1.PodTemplateSpec
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&template); err != nil {
		return Pod{}, err
	}
	setDefaults(&template.Spec)
	return Pod{Meta: template.ObjectMeta, Spec: template.Spec}, nil
}

// setDefaults does what the API server does before it evaluates a pod, as far as it matters here: a
// volume without a source is an emptyDir.
func setDefaults(spec *corev1.PodSpec) {
	for index := range spec.Volumes {
		if source := &spec.Volumes[index].VolumeSource; *source == (corev1.VolumeSource{}) {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

func nameOf(document map[string]any) string {
	metadata, _ := document["metadata"].(map[string]any)
	return fmt.Sprintf("%v/%v", document["kind"], metadata["name"])
}
