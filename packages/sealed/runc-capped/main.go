// Command runc-capped runs runc on a host that may not grant CAP_SYS_RESOURCE: runc refuses a
// container that asks for a capability outside the bounding set, so it is taken out of what the
// container (--bundle) or the exec'd process (--process) asks for.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const missing = "CAP_SYS_RESOURCE"

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "runc-capped:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if bundle := flag(args, "--bundle", "-b"); bundle != "" {
		if err := rewrite(filepath.Join(bundle, "config.json"), "process", "capabilities"); err != nil {
			return err
		}
	}
	if process := flag(args, "--process", "-p"); process != "" {
		if err := rewrite(process, "capabilities"); err != nil {
			return err
		}
	}
	runc, err := exec.LookPath("runc")
	if err != nil {
		return err
	}
	return syscall.Exec(runc, append([]string{"runc"}, args[1:]...), os.Environ())
}

// flag returns the value of the first argument that is one of names: "--name value" or "--name=value".
func flag(args []string, names ...string) string {
	for i, arg := range args {
		for _, name := range names {
			if arg == name && i+1 < len(args) {
				return args[i+1]
			}
			if value, ok := strings.CutPrefix(arg, name+"="); ok {
				return value
			}
		}
	}
	return ""
}

// rewrite drops the missing capability from every set of the object at path in a JSON file.
func rewrite(file string, path ...string) error {
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var document map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber() // limits are larger than what a float64 holds
	if err := decoder.Decode(&document); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	object := document
	for _, key := range path {
		object, _ = object[key].(map[string]any)
	}
	for name, set := range object {
		object[name] = without(set)
	}
	if data, err = json.Marshal(document); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

func without(set any) any {
	capabilities, ok := set.([]any)
	if !ok {
		return set
	}
	kept := make([]any, 0, len(capabilities))
	for _, capability := range capabilities {
		if capability != missing {
			kept = append(kept, capability)
		}
	}
	return kept
}
