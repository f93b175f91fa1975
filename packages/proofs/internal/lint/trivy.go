package lint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"

	checks "github.com/aquasecurity/trivy-checks"
	"github.com/aquasecurity/trivy/pkg/iac/rego"
	"github.com/aquasecurity/trivy/pkg/iac/types"
)

// Trivy makes the checks that `trivy config` makes of manifests, those compiled into it.
type Trivy struct {
	scanner *rego.Scanner
	errors  *bytes.Buffer
}

func NewTrivy() (Trivy, error) {
	// Trivy logs a check that breaks, and leaves it out.
	var errors bytes.Buffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&errors, &slog.HandlerOptions{Level: slog.LevelError})))
	scanner := rego.NewScanner(
		rego.WithPolicyFilesystem(checks.EmbeddedPolicyFileSystem),
		rego.WithPolicyDirs("checks/kubernetes"),
		rego.WithEmbeddedLibraries(true),
		rego.WithMaxAllowedErrors(0),
	)
	return Trivy{scanner, &errors}, scanner.LoadPolicies(nil)
}

func (Trivy) Name() string { return "trivy" }

func (t Trivy) Lint(objects []Object) (Report, error) {
	report := Report{Checks: make([]int, len(objects))}
	for index, object := range objects {
		input := rego.Input{Path: object.Path, Contents: object.Content}
		results, err := t.scanner.ScanInput(context.Background(), types.SourceKubernetes, input)
		if err == nil && t.errors.Len() > 0 {
			err = errors.New(t.errors.String())
		}
		if err != nil {
			return Report{}, fmt.Errorf("%s: %w", object.Path, err)
		}
		report.Checks[index] = len(results)
		for _, result := range results.GetFailed() {
			report.Findings = append(report.Findings, Finding{
				Check:     t.Name() + " " + result.Rule().ID,
				Object:    object,
				Container: containerIn(result.Description(), object),
				Message:   fmt.Sprintf("%s: %s", result.Rule().Summary, result.Description()),
			})
		}
	}
	return report, nil
}

var container = regexp.MustCompile(`(?i)^container ['"]?([a-z0-9-]+)`)

// containerIn finds the container that a message is about; Trivy names it nowhere else.
func containerIn(message string, object Object) string {
	match := container.FindStringSubmatch(message)
	if match == nil || !slices.Contains(object.Containers, match[1]) {
		return ""
	}
	return match[1]
}
