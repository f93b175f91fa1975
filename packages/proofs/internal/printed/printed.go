// Package printed reads what scripts beside the tests in TypeScript print for tests in Go.
package printed

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Relative to the directory of a package in internal, where its tests run.
const workspace = "../../../.."

// Lines runs a script of the workspace, which draws the same things for the same seed, and decodes
// each line of JSON. There are count of them, or more.
func Lines[T any](t *testing.T, script string, count, seed int) []T {
	t.Helper()
	node := filepath.Join(workspace, "node_modules/.bin/node")
	if _, err := os.Stat(node); err != nil {
		t.Fatalf("%v: run `pnpm install` first", err)
	}
	command := exec.Command(node, filepath.Join(workspace, script), strconv.Itoa(count), strconv.Itoa(seed))
	command.Stderr = os.Stderr
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []T
	scanner := bufio.NewScanner(bytes.NewReader(output))
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		var one T
		if err := json.Unmarshal(scanner.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	if len(found) < count {
		t.Fatalf("%s printed %d lines, expected at least %d", script, len(found), count)
	}
	return found
}
