package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParseObjects(t *testing.T) {
	manifest := "# a comment\n---\nkind: Pod\nmetadata: {name: a}\nspec: {initContainers: [{name: b}], containers: [{name: c}]}\n---\nkind: Role\nmetadata: {name: d}\n"
	objects, err := ParseObjects([]byte(manifest), Object{Path: "p", Tenant: "alice", Cluster: "host"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, object := range objects {
		got = append(got, fmt.Sprintln(object.Path, object.Tenant, object.Address(), object.Containers))
	}
	want := []string{"p alice host Pod/a [b c]\n", "p alice host Role/d []\n"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseObjectsRefusesWhatHasNoName(t *testing.T) {
	if _, err := ParseObjects([]byte("{kind: List, items: []}"), Object{}); err == nil {
		t.Error("got no error")
	}
}

func TestReadScores(t *testing.T) {
	const text = `[{
		"object_name": "Service/v1/default/a", "type_meta": {"kind": "Service", "apiVersion": "v1"},
		"object_meta": {"name": "a", "namespace": "default", "creationTimestamp": null},
		"checks": [
			{"check": {"id": "service-type", "comment": "no NodePort"}, "grade": 5, "skipped": false,
			 "comments": [{"path": "", "summary": "is a NodePort", "description": "avoid it"}]},
			{"check": {"id": "silent", "comment": "says nothing"}, "grade": 1, "skipped": false, "comments": null},
			{"check": {"id": "twice", "comment": ""}, "grade": 1, "skipped": false,
			 "comments": [{"path": "b", "summary": "x"}, {"path": "c", "summary": "y"}]},
			{"check": {"id": "fine", "comment": ""}, "grade": 10, "skipped": false, "comments": null},
			{"check": {"id": "almost-fine", "comment": ""}, "grade": 7, "skipped": false, "comments": [{"summary": "z"}]},
			{"check": {"id": "not-made", "comment": ""}, "grade": 0, "skipped": true, "comments": null}
		],
		"file_name": "STDIN", "file_row": 1
	}]`
	objects := []Object{{Cluster: "virtual", Kind: "Role", Name: "a"}, {Cluster: "virtual", Kind: "Service", Name: "a"}}
	report, err := readScores([]byte(text), objects)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(report.Checks, []int{0, 5}) {
		t.Errorf("counts %v checks", report.Checks)
	}
	var got []string
	for _, finding := range report.Findings {
		got = append(got, fmt.Sprintf("%s at %s: %s", finding.Check, finding.Place(), finding.Message))
	}
	want := []string{
		"kube-score service-type at virtual Service/a: is a NodePort: avoid it",
		"kube-score silent at virtual Service/a: says nothing",
		"kube-score twice at virtual Service/a b: x",
		"kube-score twice at virtual Service/a c: y",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := readScores([]byte(text), objects[:1]); err == nil || !strings.Contains(err.Error(), "Service/a") {
		t.Errorf("an object it was not given: %v", err)
	}
}

func TestContainerIn(t *testing.T) {
	object := Object{Containers: []string{"syncer"}}
	cases := []struct{ message, want string }{
		{"Container 'syncer' of StatefulSet 'a' should set it", "syncer"},
		{"Container syncer in statefulset a (namespace: b) uses it", "syncer"},
		{`container "syncer" of statefulset "a" should set it`, "syncer"},
		{"container should drop all", ""},
		{"StatefulSet 'a' should not, and neither should container 'syncer'", ""},
	}
	for _, test := range cases {
		if got := containerIn(test.message, object); got != test.want {
			t.Errorf("%s: got %q, want %q", test.message, got, test.want)
		}
	}
}
