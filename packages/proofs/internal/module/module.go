// Package module finds files of Go modules that are read, not compiled.
package module

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Module is a downloaded module.
type Module struct {
	// Version as in go.mod: "v0.36.0".
	Version string
	// Dir is its directory in the module cache.
	Dir string
}

// Download returns the version of a module that the go.mod in directory has chosen, fetched and
// checked against go.sum beside it.
func Download(directory, path string) (Module, error) {
	command := exec.Command("go", "mod", "download", "-json", path)
	command.Dir = directory
	// A module that cannot be had is reported in the JSON; what else goes wrong on standard error.
	output, err := command.Output()
	if err != nil && len(output) == 0 {
		said := ""
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			said = ": " + strings.TrimSpace(string(exit.Stderr))
		}
		return Module{}, fmt.Errorf("go mod download %s in %s: %w%s", path, directory, err, said)
	}
	var result struct{ Version, Dir, Error string }
	if err := json.Unmarshal(output, &result); err != nil {
		return Module{}, err
	}
	if result.Error != "" {
		return Module{}, fmt.Errorf("go mod download %s in %s: %s", path, directory, result.Error)
	}
	return Module{Version: result.Version, Dir: result.Dir}, nil
}
