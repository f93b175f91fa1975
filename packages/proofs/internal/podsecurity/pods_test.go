package podsecurity

import (
	"slices"
	"strings"
	"testing"
)

func TestFindPods(t *testing.T) {
	cases := map[string]struct {
		manifest string
		want     []string
	}{
		"a pod": {
			`{kind: Pod, metadata: {name: a}, spec: {containers: [{name: c}]}}`,
			[]string{"Pod/a"},
		},
		"a template": {
			`{kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c}]}}}}`,
			[]string{"Deployment/a .spec.template"},
		},
		"a template in a template": {
			`{kind: CronJob, metadata: {name: a}, spec: {jobTemplate: {spec: {template: {spec: {containers: []}}}}}}`,
			[]string{"CronJob/a .spec.jobTemplate.spec.template"},
		},
		"a kind of somebody's own, with two": {
			`{kind: Farm, metadata: {name: a}, spec: {workers: [{template: {spec: {containers: []}}}, {template: {spec: {containers: []}}}]}}`,
			[]string{"Farm/a .spec.workers[0].template", "Farm/a .spec.workers[1].template"},
		},
		"several documents, an empty one among them": {
			"kind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n---\n---\nkind: Pod\nmetadata: {name: b}\nspec: {containers: []}\n",
			[]string{"Pod/a", "Pod/b"},
		},
		"no pod": {
			`{kind: ConfigMap, metadata: {name: a}, data: {spec: containers}}`,
			nil,
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			pods, err := FindPods([]byte(test.manifest))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, pod := range pods {
				got = append(got, pod.Where)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestFindPodsRefusesUnknownFields(t *testing.T) {
	manifest := `{kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, securityContex: {}}]}}`
	_, err := FindPods([]byte(manifest))
	if err == nil || !strings.Contains(err.Error(), `Pod/a: json: unknown field "securityContex"`) {
		t.Errorf("got %v", err)
	}
}
