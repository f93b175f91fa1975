// Command registry is the distribution project's registry with the one driver that a pod's own disk
// needs: the clouds' are most of what its own main package compiles.
package main

import (
	"os"

	"github.com/distribution/distribution/v3/registry"

	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

func main() {
	if err := registry.RootCmd.Execute(); err != nil {
		os.Exit(1)
	}
}
