package podsecurity

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/pod-security-admission/api"
)

// CheckFixtures treats the evaluator's own fixtures, LEVEL/VERSION/{pass,fail}/*.yaml, the way ours
// are treated. It returns how many there were, and a line for each whose path says otherwise.
func CheckFixtures(evaluator *Evaluator, directory string) (int, []string, error) {
	count := 0
	var wrong []string
	err := fs.WalkDir(os.DirFS(directory), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		parts := strings.Split(path, "/")
		if len(parts) != 4 {
			return fmt.Errorf("fixture %s is not LEVEL/VERSION/{pass,fail}/FILE", path)
		}
		enforced, err := parsePolicy(parts[0], parts[1])
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(directory, path))
		if err != nil {
			return err
		}
		pods, err := FindPods(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if len(pods) != 1 {
			return fmt.Errorf("%s: found %d pods, expected 1", path, len(pods))
		}
		count++
		objections := evaluator.Objections(enforced, pods[0])
		switch parts[2] {
		case "pass":
			if objections != "" {
				wrong = append(wrong, fmt.Sprintf("fixture %s should be admitted, but: %s", path, objections))
			}
		case "fail":
			if objections == "" {
				wrong = append(wrong, fmt.Sprintf("fixture %s should be refused, but was admitted", path))
			}
		default:
			return fmt.Errorf("fixture %s is neither in pass nor in fail", path)
		}
		return nil
	})
	if err == nil && count == 0 {
		err = fmt.Errorf("no fixtures in %s", directory)
	}
	return count, wrong, err
}

func parsePolicy(level, version string) (api.LevelVersion, error) {
	parsedLevel, err := api.ParseLevel(level)
	if err != nil {
		return api.LevelVersion{}, err
	}
	parsedVersion, err := api.ParseVersion(version)
	if err != nil {
		return api.LevelVersion{}, err
	}
	return api.LevelVersion{Level: parsedLevel, Version: parsedVersion}, nil
}
