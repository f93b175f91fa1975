// Package differ checks the differ that reviews are made by against dyff: what dyff tells, ours does.
package differ

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gonvenience/ytbx"
	"github.com/homeport/dyff/pkg/dyff"
	yamlv3 "go.yaml.in/yaml/v3"
	"tenantry.dev/proofs/internal/printed"
)

// edit is a manifest before and after an edit, with what ours says of it.
type edit struct {
	Before, After string
	// Paths are the fields that are told.
	Paths []string
	// IsRaw says that the file is told line by line as well, so that nothing can be missing.
	IsRaw bool
}

// Of 2000 edits some concern the text alone.
const drawn, least = 2000, 500

func TestDyffReportsNothingThatOursLacks(t *testing.T) {
	compared := 0
	for _, one := range printed.Lines[edit](t, "scripts/test/print-manifest-edits.ts", drawn, 1) {
		if one.IsRaw {
			continue
		}
		report, err := dyff.CompareInputFiles(inputFile(t, one.Before), inputFile(t, one.After))
		if err != nil {
			t.Fatalf("%v\n%s---\n%s", err, one.Before, one.After)
		}
		if len(report.Diffs) > 0 {
			compared++
		}
		told := make([][]string, len(one.Paths))
		for i, path := range one.Paths {
			told[i] = ours(t, path)
		}
		for _, path := range theirs(report) {
			if !slices.ContainsFunc(told, func(one []string) bool { return within(one, path) || within(path, one) }) {
				t.Errorf("%q is not among %q\n%s---\n%s", path, told, one.Before, one.After)
			}
		}
	}
	if compared < least {
		t.Errorf("dyff had something to say of %d edits, expected at least %d", compared, least)
	}
}

func inputFile(t *testing.T, text string) ytbx.InputFile {
	t.Helper()
	documents, err := ytbx.LoadYAMLDocuments([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return ytbx.InputFile{Documents: documents}
}

// Elements of a list, which differs tell by name, by place or as one.
const element = "[]"

// theirs are the fields that dyff reports.
func theirs(report dyff.Report) (paths [][]string) {
	for _, diff := range report.Diffs {
		var path []string
		for _, part := range diff.Path.PathElements {
			if part.Key != "" || part.Name == "" {
				path = append(path, element)
			} else {
				path = append(path, part.Name)
			}
		}
		for _, detail := range diff.Details {
			paths = append(paths, added(path, detail)...)
		}
	}
	return paths
}

// added are the fields that are new or gone, which dyff tells as one of the map that they are in.
func added(path []string, detail dyff.Detail) (paths [][]string) {
	node := detail.To
	if detail.Kind == dyff.REMOVAL {
		node = detail.From
	}
	if detail.Kind == dyff.MODIFICATION || detail.Kind == dyff.ORDERCHANGE || node.Kind != yamlv3.MappingNode {
		return [][]string{path}
	}
	for i := 0; i < len(node.Content); i += 2 {
		paths = append(paths, append(slices.Clone(path), node.Content[i].Value))
	}
	return paths
}

var part = regexp.MustCompile(`\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.\[]+`)

// ours reads a path as packages/plan writes it: `spec.ports[web].port`, `data["a.b"]`, `spec.ports (order)`.
func ours(t *testing.T, text string) []string {
	t.Helper()
	path := part.FindAllString(strings.TrimSuffix(text, " (order)"), -1)
	for i, one := range path {
		if strings.HasPrefix(one, `["`) {
			if err := json.Unmarshal([]byte(one[1:len(one)-1]), &path[i]); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		} else if strings.HasPrefix(one, "[") {
			path[i] = element
		}
	}
	return path
}

func within(path, outer []string) bool {
	return len(path) >= len(outer) && slices.Equal(path[:len(outer)], outer)
}
