package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Relative to the root of the module that this package is in.
const kubeScoreModule = "kube-score"

// KubeScore compares the objects of a cluster with each other too: whether a Service has pods, or a
// pod a NetworkPolicy. It passes over kinds that it does not know.
type KubeScore struct {
	executable string
	kubernetes string
}

// NewKubeScore compiles kube-score where that has not been done. Kubernetes is the version that
// deprecated APIs are judged by: "v1.34".
func NewKubeScore(kubernetes string) (KubeScore, error) {
	command := exec.Command("go", "tool", "-n", "kube-score")
	command.Dir = kubeScoreModule
	path, err := output(command)
	return KubeScore{strings.TrimSpace(string(path)), kubernetes}, err
}

func (KubeScore) Name() string { return "kube-score" }

func (k KubeScore) Lint(objects []Object) (Report, error) {
	manifest, err := stream(objects)
	if err != nil {
		return Report{}, err
	}
	command := exec.Command(k.executable, "score", "--output-format", "json",
		"--kubernetes-version", k.kubernetes,
		// Exceptions stand in one file.
		"--disable-ignore-checks-annotations", "--disable-optional-checks-annotations",
		// The others that are off by default ask for requests as high as the limits.
		"--enable-optional-test", "container-seccomp-profile",
		"--enable-optional-test", "container-ports-check",
		"-")
	command.Stdin = bytes.NewReader(manifest)
	scores, err := output(command)
	if err != nil {
		return Report{}, err
	}
	return readScores(scores, objects)
}

// stream writes one document for each object. JSON is YAML too, and has no comments that a linter
// might take orders from.
func stream(objects []Object) ([]byte, error) {
	var manifest bytes.Buffer
	for _, object := range objects {
		text, err := json.Marshal(object.Content)
		if err != nil {
			return nil, err
		}
		manifest.WriteString("---\n")
		manifest.Write(append(text, '\n'))
	}
	return manifest.Bytes(), nil
}

// Grades up to this one are kube-score's "warning" and "critical".
const warning = 5

type score struct {
	TypeMeta   struct{ Kind string } `json:"type_meta"`
	ObjectMeta struct{ Name string } `json:"object_meta"`
	Checks     []struct {
		Check    struct{ ID, Comment string }
		Grade    int
		Skipped  bool
		Comments []struct{ Path, Summary, Description string }
	}
}

// readScores reads kube-score's JSON.
func readScores(text []byte, objects []Object) (Report, error) {
	var scores []score
	if err := json.Unmarshal(text, &scores); err != nil {
		return Report{}, fmt.Errorf("kube-score: %w", err)
	}
	report := Report{Checks: make([]int, len(objects))}
	for _, score := range scores {
		index := slices.IndexFunc(objects, func(object Object) bool {
			return object.Kind == score.TypeMeta.Kind && object.Name == score.ObjectMeta.Name
		})
		if index < 0 {
			return Report{}, fmt.Errorf("kube-score speaks of %s/%s, which it was not given", score.TypeMeta.Kind, score.ObjectMeta.Name)
		}
		for _, result := range score.Checks {
			if result.Skipped {
				continue
			}
			report.Checks[index]++
			if result.Grade > warning {
				continue
			}
			finding := Finding{Check: "kube-score " + result.Check.ID, Object: objects[index], Message: result.Check.Comment}
			if len(result.Comments) == 0 {
				report.Findings = append(report.Findings, finding)
			}
			for _, comment := range result.Comments {
				finding.Container = comment.Path
				finding.Message = strings.TrimSuffix(comment.Summary+": "+comment.Description, ": ")
				report.Findings = append(report.Findings, finding)
			}
		}
	}
	return report, nil
}

// output runs a command and returns what it prints. kube-score ends with 1 where it finds something
// and where it fails; only then does it say so on standard error.
func output(command *exec.Cmd) ([]byte, error) {
	var said bytes.Buffer
	command.Stderr = &said
	text, err := command.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && said.Len() == 0 && len(text) > 0 {
		return text, nil
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", command, err, strings.TrimSpace(said.String()))
	}
	return text, err
}
