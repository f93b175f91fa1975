package podsecurity

import (
	"fmt"
	"testing"
)

func TestEnforcedPolicy(t *testing.T) {
	cases := []struct{ labels, want string }{
		{"{pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: v1.34}", "restricted:v1.34"},
		{"{pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.34}", ""},
		{"{pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/enforce-version: latest}", ""},
		{"{pod-security.kubernetes.io/enforce: restricted}", ""},
		{"{}", ""},
	}
	for _, test := range cases {
		enforced, err := EnforcedPolicy(fmt.Appendf(nil, "{kind: Namespace, metadata: {name: a, labels: %s}}", test.labels))
		if test.want == "" && err == nil {
			t.Errorf("%s: got %s, want an error", test.labels, enforced)
		} else if test.want != "" && enforced.String() != test.want {
			t.Errorf("%s: got %s, %v, want %s", test.labels, enforced, err, test.want)
		}
	}
}
