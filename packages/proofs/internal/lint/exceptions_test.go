package lint

import (
	"slices"
	"strings"
	"testing"
)

const written = `
- checks: [trivy KSV-0014, kube-score service-type]
  at: ['host StatefulSet/tenant-{id} syncer']
  reason: because
`

func finding(check, tenant, kind, name, container string) Finding {
	return Finding{
		Check:     check,
		Object:    Object{Tenant: tenant, Cluster: "host", Kind: kind, Name: name},
		Container: container,
	}
}

func TestExceptionsCoverOneCheckInOnePlace(t *testing.T) {
	cases := []struct {
		finding Finding
		want    bool
	}{
		{finding("trivy KSV-0014", "alice", "StatefulSet", "tenant-alice", "syncer"), true},
		{finding("trivy KSV-0014", "bob", "StatefulSet", "tenant-bob", "syncer"), true},
		{finding("trivy KSV-0014", "bob", "StatefulSet", "tenant-alice", "syncer"), false},
		{finding("trivy KSV-0014", "alice", "StatefulSet", "tenant-alice", "another"), false},
		{finding("trivy KSV-0014", "alice", "StatefulSet", "tenant-alice", ""), false},
		{finding("trivy KSV-0014", "alice", "Deployment", "tenant-alice", "syncer"), false},
		{finding("trivy KSV-0017", "alice", "StatefulSet", "tenant-alice", "syncer"), false},
	}
	for _, test := range cases {
		exceptions, err := ReadExceptions([]byte(written))
		if err != nil {
			t.Fatal(err)
		}
		if got := exceptions.Cover(test.finding); got != test.want {
			t.Errorf("%s at %s of %s: got %v", test.finding.Check, test.finding.Place(), test.finding.Object.Tenant, got)
		}
	}
}

func TestExceptionsThatCoverNothingAreNamed(t *testing.T) {
	exceptions, err := ReadExceptions([]byte(written))
	if err != nil {
		t.Fatal(err)
	}
	exceptions.Cover(finding("trivy KSV-0014", "alice", "StatefulSet", "tenant-alice", "syncer"))
	want := []string{"kube-score service-type at host StatefulSet/tenant-{id} syncer"}
	if got := exceptions.Unused(nil); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExceptionsForObjectsThatNotEveryFleetHas(t *testing.T) {
	exceptions, err := ReadExceptions([]byte("[{checks: [a b], at: ['host A/{id}-x c?'], reason: d}]"))
	if err != nil {
		t.Fatal(err)
	}
	object := Object{Tenant: "alice", Cluster: "host", Kind: "A"}
	for _, test := range []struct {
		name string
		want int
	}{{"alice-x", 1}, {"alice", 0}, {"alice-xy", 0}, {"bob-x", 0}} {
		object.Name = test.name
		if got := exceptions.Unused([]Object{object}); len(got) != test.want {
			t.Errorf("where there is %s: got %q, want %d", object.Address(), got, test.want)
		}
	}
}

func TestExceptionsForWhateverTheWorkloadMakes(t *testing.T) {
	text := "[{checks: [a b], at: ['host */* *', 'host */*'], reason: d}]"
	cases := []struct {
		finding Finding
		want    bool
	}{
		{finding("a b", "alice", "StatefulSet", "orders-1.x", "app"), true},
		{finding("a b", "alice", "Deployment", "web", ""), true},
		{finding("a c", "alice", "Deployment", "web", ""), false},
	}
	for _, test := range cases {
		exceptions, err := ReadExceptions([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := exceptions.Cover(test.finding); got != test.want {
			t.Errorf("%s at %s: got %v", test.finding.Check, test.finding.Place(), got)
		}
		if got := exceptions.Unused([]Object{test.finding.Object}); len(got) > 0 {
			t.Errorf("%q need not be used", got)
		}
	}
	exceptions, err := ReadExceptions([]byte("[{checks: [a b], at: ['virtual */*'], reason: d}]"))
	if err != nil {
		t.Fatal(err)
	}
	if exceptions.Cover(finding("a b", "alice", "Deployment", "web", "")) {
		t.Error("a place in one cluster covers what is in another")
	}
}

func TestReadExceptionsNamesFaults(t *testing.T) {
	cases := []struct{ text, want string }{
		{"[{checks: [a b], at: [host A/b]}]", "entry 1: checks, at and reason are all needed"},
		{"[{checks: [a b], at: [host A/b], reason: ' '}]", "entry 1: checks, at and reason are all needed"},
		{"[{checks: [a b], at: [host A/b, host A/b], reason: c}]", "entry 1: a b at host A/b is excepted already"},
		{"[{checks: [a b], at: [host A/b], reason: c, tenants: [alice]}]", `unknown field "tenants"`},
	}
	for _, test := range cases {
		if _, err := ReadExceptions([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.text, err, test.want)
		}
	}
}
