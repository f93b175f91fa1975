/* Generated from github.com/fluxcd/source-controller@v1.9.6/config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml; see packages/manifests/crds/update.ts. */

/**
 * OCIRepositorySpec defines the desired state of OCIRepository
 */
export interface OCIRepositorySpec {
/**
 * CertSecretRef can be given the name of a Secret containing
 * either or both of
 * 
 * - a PEM-encoded client certificate (`tls.crt`) and private
 * key (`tls.key`);
 * - a PEM-encoded CA certificate (`ca.crt`)
 * 
 * and whichever are supplied, will be used for connecting to the
 * registry. The client cert and key are useful if you are
 * authenticating with a certificate; the CA cert is useful if
 * you are using a self-signed server certificate. The Secret must
 * be of type `Opaque` or `kubernetes.io/tls`.
 */
certSecretRef?: {
/**
 * Name of the referent.
 */
name: string
}
/**
 * Ignore overrides the set of excluded patterns in the .sourceignore format
 * (which is the same as .gitignore). If not provided, a default will be used,
 * consult the documentation for your version to find out what those are.
 */
ignore?: string
/**
 * Insecure allows connecting to a non-TLS HTTP container registry.
 */
insecure?: boolean
/**
 * Interval at which the OCIRepository URL is checked for updates.
 * This interval is approximate and may be subject to jitter to ensure
 * efficient use of resources.
 */
interval: string
/**
 * LayerSelector specifies which layer should be extracted from the OCI artifact.
 * When not specified, the first layer found in the artifact is selected.
 */
layerSelector?: {
/**
 * MediaType specifies the OCI media type of the layer
 * which should be extracted from the OCI Artifact. The
 * first layer matching this type is selected.
 */
mediaType?: string
/**
 * Operation specifies how the selected layer should be processed.
 * By default, the layer compressed content is extracted to storage.
 * When the operation is set to 'copy', the layer compressed content
 * is persisted to storage as it is.
 */
operation?: ("extract" | "copy")
}
/**
 * The provider used for authentication, can be 'aws', 'azure', 'gcp' or 'generic'.
 * When not specified, defaults to 'generic'.
 */
provider?: ("generic" | "aws" | "azure" | "gcp")
/**
 * ProxySecretRef specifies the Secret containing the proxy configuration
 * to use while communicating with the container registry.
 */
proxySecretRef?: {
/**
 * Name of the referent.
 */
name: string
}
/**
 * The OCI reference to pull and monitor for changes,
 * defaults to the latest tag.
 */
ref?: {
/**
 * Digest is the image digest to pull, takes precedence over SemVer.
 * The value should be in the format 'sha256:<HASH>'.
 */
digest?: string
/**
 * SemVer is the range of tags to pull selecting the latest within
 * the range, takes precedence over Tag.
 */
semver?: string
/**
 * SemverFilter is a regex pattern to filter the tags within the SemVer range.
 */
semverFilter?: string
/**
 * Tag is the image tag to pull, defaults to latest.
 */
tag?: string
}
/**
 * SecretRef contains the secret name containing the registry login
 * credentials to resolve image metadata.
 * The secret must be of type kubernetes.io/dockerconfigjson.
 */
secretRef?: {
/**
 * Name of the referent.
 */
name: string
}
/**
 * ServiceAccountName is the name of the Kubernetes ServiceAccount used to authenticate
 * the image pull if the service account has attached pull secrets. For more information:
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#add-imagepullsecrets-to-a-service-account
 */
serviceAccountName?: string
/**
 * This flag tells the controller to suspend the reconciliation of this source.
 */
suspend?: boolean
/**
 * The timeout for remote OCI Repository operations like pulling, defaults to 60s.
 */
timeout?: string
/**
 * URL is a reference to an OCI artifact repository hosted
 * on a remote container registry.
 */
url: string
/**
 * Verify contains the secret name containing the trusted public keys
 * used to verify the signature and specifies which provider to use to check
 * whether OCI image is authentic.
 */
verify?: {
/**
 * MatchOIDCIdentity specifies the identity matching criteria to use
 * while verifying an OCI artifact which was signed using Cosign keyless
 * signing. The artifact's identity is deemed to be verified if any of the
 * specified matchers match against the identity.
 * 
 * Items: OIDCIdentityMatch specifies options for verifying the certificate identity,
 * i.e. the issuer and the subject of the certificate.
 */
matchOIDCIdentity?: {
/**
 * Issuer specifies the regex pattern to match against to verify
 * the OIDC issuer in the Fulcio certificate. The pattern must be a
 * valid Go regular expression.
 */
issuer: string
/**
 * Subject specifies the regex pattern to match against to verify
 * the identity subject in the Fulcio certificate. The pattern must
 * be a valid Go regular expression.
 */
subject: string
}[]
/**
 * Provider specifies the technology used to sign the OCI Artifact.
 */
provider: ("cosign" | "notation")
/**
 * SecretRef specifies the Kubernetes Secret containing the
 * trusted public keys.
 */
secretRef?: {
/**
 * Name of the referent.
 */
name: string
}
/**
 * TrustedRootSecretRef specifies the Kubernetes Secret containing a
 * Sigstore trusted_root.json file. This enables verification against
 * self-hosted Sigstore infrastructure (custom Fulcio CA, self-hosted
 * Rekor instance). The Secret must contain a key named "trusted_root.json".
 */
trustedRootSecretRef?: {
/**
 * Name of the referent.
 */
name: string
}
}
}
