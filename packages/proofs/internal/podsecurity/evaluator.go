package podsecurity

import (
	"strings"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// Evaluator is the one that runs in the API server.
type Evaluator struct {
	policy policy.Evaluator
}

func NewEvaluator() (*Evaluator, error) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return nil, err
	}
	return &Evaluator{evaluator}, nil
}

// Objections says in one line what the policy has against a pod, or "" where it admits it.
func (e *Evaluator) Objections(enforced api.LevelVersion, pod Pod) string {
	result := policy.AggregateCheckResults(e.policy.EvaluatePod(enforced, &pod.Meta, &pod.Spec))
	if result.Allowed {
		return ""
	}
	return strings.TrimSpace(result.ForbiddenDetail())
}
