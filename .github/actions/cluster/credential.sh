#!/usr/bin/env bash
# A credential plugin for kubeconfigs: GitHub's own OpenID Connect token for this job.
set -euo pipefail
audience=$1
curl --fail --silent --show-error --get --data-urlencode "audience=$audience" \
  --header @- "$ACTIONS_ID_TOKEN_REQUEST_URL" <<<"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
  jq '{
    apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential",
    status: {
      token: .value,
      expirationTimestamp: (.value | split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | .exp | todate)
    }
  }'
