package podsecurity

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"sigs.k8s.io/yaml"
)

// EnforcedPolicy reads what a Namespace enforces from its labels. Less than restricted, or a
// version that is not pinned, is an error.
func EnforcedPolicy(manifest []byte) (api.LevelVersion, error) {
	var namespace corev1.Namespace
	if err := yaml.UnmarshalStrict(manifest, &namespace); err != nil {
		return api.LevelVersion{}, err
	}
	level := namespace.Labels[api.EnforceLevelLabel]
	if level != string(api.LevelRestricted) {
		return api.LevelVersion{}, fmt.Errorf("label %s is %q, not %q", api.EnforceLevelLabel, level, api.LevelRestricted)
	}
	version, ok := namespace.Labels[api.EnforceVersionLabel]
	if !ok {
		return api.LevelVersion{}, fmt.Errorf("has no label %s", api.EnforceVersionLabel)
	}
	enforced, err := parsePolicy(level, version)
	if err == nil && enforced.Version.Latest() {
		err = fmt.Errorf("label %s is %q, not a version", api.EnforceVersionLabel, version)
	}
	return enforced, err
}
