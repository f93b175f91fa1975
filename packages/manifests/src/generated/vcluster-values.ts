/* Generated from packages/tenants/vcluster.schema.json; see its test. */

/**
 * Config is the vCluster config.
 */
export interface VclusterValues {
/**
 * Global values shared across all (sub)charts
 */
global?: {
[k: string]: unknown
}
exportKubeConfig?: ExportKubeConfig
sync?: Sync
integrations?: Integrations
deploy?: Deploy
networking?: Networking
policies?: Policies
controlPlane?: ControlPlane
privateNodes?: PrivateNodes
rbac?: RBAC
/**
 * Define which vCluster plugins to load.
 */
plugins?: ({
/**
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` ".*".
 */
[k: string]: string
} | {

})
experimental?: Experimental
telemetry?: Telemetry
/**
 * ServiceCIDR holds the service cidr for the virtual cluster. Do not use this option anymore.
 */
serviceCIDR?: string
/**
 * Specifies whether to use vCluster Pro. This is automatically inferred in newer versions. Do not use that option anymore.
 */
pro?: boolean
/**
 * Plugin specifies which vCluster plugins to enable. Use "plugins" instead. Do not use this option anymore.
 */
plugin?: ({
/**
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` ".*".
 */
[k: string]: string
} | {

})
logging?: Logging
sleep?: Sleep
snapshots?: Snapshots
deletion?: Deletion
platform?: Platform
}
/**
 * ExportKubeConfig describes how vCluster should export the vCluster kubeConfig file.
 */
export interface ExportKubeConfig {
/**
 * Context is the name of the context within the generated kubeconfig to use.
 */
context?: string
/**
 * Override the default https://localhost:8443 and specify a custom hostname for the generated kubeconfig.
 */
server?: string
/**
 * If tls should get skipped for the server
 */
insecure?: boolean
serviceAccount?: ExportKubeConfigServiceAccount
secret?: ExportKubeConfigSecretReference
/**
 * AdditionalSecrets specifies the additional host cluster secrets in which vCluster will store the
 * generated virtual cluster kubeconfigs.
 */
additionalSecrets?: ExportKubeConfigAdditionalSecretReference[]
}
/**
 * ServiceAccount can be used to generate a service account token instead of the default certificates.
 */
export interface ExportKubeConfigServiceAccount {
/**
 * Name of the service account to be used to generate a service account token instead of the default certificates.
 */
name?: string
/**
 * Namespace of the service account to be used to generate a service account token instead of the default certificates.
 * If omitted, will use the kube-system namespace.
 */
namespace?: string
/**
 * ClusterRole to assign to the service account.
 */
clusterRole?: string
}
/**
 * Declare in which host cluster secret vCluster should store the generated virtual cluster kubeconfig.
 * If this is not defined, vCluster will create it with `vc-NAME`. If you specify another name,
 * vCluster creates the config in this other secret.
 * 
 * Deprecated: Use AdditionalSecrets instead.
 */
export interface ExportKubeConfigSecretReference {
/**
 * Name is the name of the secret where the kubeconfig should get stored.
 */
name?: string
/**
 * Namespace where vCluster should store the kubeconfig secret. If this is not equal to the namespace
 * where you deployed vCluster, you need to make sure vCluster has access to this other namespace.
 */
namespace?: string
}
/**
 * ExportKubeConfigAdditionalSecretReference defines the additional host cluster secret in which vCluster stores the generated virtual cluster kubeconfigs.
 */
export interface ExportKubeConfigAdditionalSecretReference {
/**
 * Context is the name of the context within the generated kubeconfig to use.
 */
context?: string
/**
 * Override the default https://localhost:8443 and specify a custom hostname for the generated kubeconfig.
 */
server?: string
/**
 * If tls should get skipped for the server
 */
insecure?: boolean
serviceAccount?: ExportKubeConfigServiceAccount1
/**
 * Name is the name of the secret where the kubeconfig is stored.
 */
name?: string
/**
 * Namespace where vCluster stores the kubeconfig secret. If this is not equal to the namespace
 * where you deployed vCluster, you need to make sure vCluster has access to this other namespace.
 */
namespace?: string
}
/**
 * ServiceAccount can be used to generate a service account token instead of the default certificates.
 */
export interface ExportKubeConfigServiceAccount1 {
/**
 * Name of the service account to be used to generate a service account token instead of the default certificates.
 */
name?: string
/**
 * Namespace of the service account to be used to generate a service account token instead of the default certificates.
 * If omitted, will use the kube-system namespace.
 */
namespace?: string
/**
 * ClusterRole to assign to the service account.
 */
clusterRole?: string
}
/**
 * Sync describes how to sync resources from the virtual cluster to host cluster and back.
 */
export interface Sync {
toHost?: SyncToHost
fromHost?: SyncFromHost
}
/**
 * Configure resources to sync from the virtual cluster to the host cluster.
 */
export interface SyncToHost {
pods?: SyncPods
secrets?: SyncAllResource
configMaps?: SyncAllResource1
ingresses?: EnableSwitchWithPatches
gatewayApi?: GatewayAPIEnableSwitchWithPatches
services?: EnableSwitchWithPatches5
endpoints?: EnableSwitchWithPatches6
endpointSlices?: EnableSwitchWithPatches7
networkPolicies?: EnableSwitchWithPatches8
persistentVolumeClaims?: EnableSwitchWithPatches9
persistentVolumes?: EnableSwitchWithPatches10
volumeSnapshots?: EnableSwitchWithPatches11
volumeSnapshotContents?: EnableSwitchWithPatches12
storageClasses?: EnableSwitchWithPatches13
serviceAccounts?: EnableSwitchWithPatches14
podDisruptionBudgets?: EnableSwitchWithPatches15
priorityClasses?: EnableSwitchWithPatches16
/**
 * CustomResources defines what custom resources should get synced from the virtual cluster to the host cluster. vCluster will copy the definition automatically from host cluster to virtual cluster on startup.
 * vCluster will also automatically add any required RBAC permissions to the vCluster role for this to work.
 */
customResources?: {
[k: string]: SyncToHostCustomResource
}
namespaces?: SyncToHostNamespaces
resourceClaims?: EnableSwitchWithPatches17
resourceClaimTemplates?: EnableSwitchWithPatches18
}
/**
 * Pods defines if pods created within the virtual cluster should get synced to the host cluster.
 */
export interface SyncPods {
/**
 * Enabled defines if pod syncing should be enabled.
 */
enabled?: boolean
/**
 * TranslateImage maps an image to another image that should be used instead. For example this can be used to rewrite
 * a certain image that is used within the virtual cluster to be another image on the host cluster
 */
translateImage?: {
[k: string]: string
}
/**
 * EnforceTolerations will add the specified tolerations to all pods synced by the virtual cluster.
 */
enforceTolerations?: string[]
/**
 * UseSecretsForSATokens will use secrets to save the generated service account tokens by virtual cluster instead of using a
 * pod annotation.
 */
useSecretsForSATokens?: boolean
/**
 * RuntimeClassName is the runtime class to set for synced pods.
 */
runtimeClassName?: string
/**
 * PriorityClassName is the priority class to set for synced pods.
 */
priorityClassName?: string
rewriteHosts?: SyncRewriteHosts
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
hybridScheduling?: HybridScheduling
}
/**
 * RewriteHosts is a special option needed to rewrite statefulset containers to allow the correct FQDN. virtual cluster will add
 * a small container to each stateful set pod that will initially rewrite the /etc/hosts file to match the FQDN expected by
 * the virtual cluster.
 */
export interface SyncRewriteHosts {
/**
 * Enabled specifies if rewriting stateful set pods should be enabled.
 */
enabled?: boolean
initContainer?: SyncRewriteHostsInitContainer
}
/**
 * InitContainer holds extra options for the init container used by vCluster to rewrite the FQDN for stateful set pods.
 */
export interface SyncRewriteHostsInitContainer {
image?: Image
resources?: Resources
}
/**
 * Image is the image virtual cluster should use to rewrite this FQDN.
 */
export interface Image {
/**
 * Registry is the registry of the container image, e.g. my-registry.com or ghcr.io. This setting can be globally
 * overridden via the controlPlane.advanced.defaultImageRegistry option. Empty means docker hub.
 */
registry?: string
/**
 * Repository is the repository of the container image, e.g. my-repo/my-image
 */
repository?: string
/**
 * Tag is the tag of the container image, and is the default version.
 */
tag?: string
}
/**
 * Resources are the resources that should be assigned to the init container for each stateful set init container.
 */
export interface Resources {
/**
 * Limits are resource limits for the container
 */
limits?: {

}
/**
 * Requests are minimal resources that will be consumed by the container
 */
requests?: {

}
}
export interface TranslatePatch {
/**
 * Path is the path within the patch to target. If the path is not found within the patch, the patch is not applied.
 */
path: string
/**
 * Expression transforms the value according to the given JavaScript expression.
 */
expression?: string
/**
 * ReverseExpression transforms the value according to the given JavaScript expression.
 */
reverseExpression?: string
reference?: TranslatePatchReference
labels?: TranslatePatchLabels
}
/**
 * Reference treats the path value as a reference to another object and will rewrite it based on the chosen mode
 * automatically. In single-namespace mode this will translate the name to "vxxxxxxxxx" to avoid conflicts with
 * other names, in multi-namespace mode this will not translate the name.
 */
export interface TranslatePatchReference {
/**
 * APIVersion is the apiVersion of the referenced object.
 */
apiVersion: string
/**
 * APIVersionPath is optional relative path to use to determine the kind. If APIVersionPath is not found, will fallback to apiVersion.
 */
apiVersionPath?: string
/**
 * Kind is the kind of the referenced object.
 */
kind: string
/**
 * KindPath is the optional relative path to use to determine the kind. If KindPath is not found, will fallback to kind.
 */
kindPath?: string
/**
 * NamePath is the optional relative path to the reference name within the object.
 */
namePath?: string
/**
 * NamespacePath is the optional relative path to the reference namespace within the object. If omitted or not found, namespacePath equals to the
 * metadata.namespace path of the object.
 */
namespacePath?: string
}
/**
 * Labels treats the path value as a labels selector.
 */
export interface TranslatePatchLabels {

}
/**
 * HybridScheduling is used to enable and configure hybrid scheduling for pods in the virtual cluster.
 */
export interface HybridScheduling {
/**
 * Enabled specifies if hybrid scheduling is enabled.
 */
enabled?: boolean
/**
 * HostSchedulers is a list of schedulers that are deployed on the host cluster.
 */
hostSchedulers?: string[]
}
/**
 * Secrets defines if secrets created within the virtual cluster should get synced to the host cluster.
 */
export interface SyncAllResource {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * All defines if all resources of that type should get synced or only the necessary ones that are needed.
 */
all?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * ConfigMaps defines if config maps created within the virtual cluster should get synced to the host cluster.
 */
export interface SyncAllResource1 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * All defines if all resources of that type should get synced or only the necessary ones that are needed.
 */
all?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Ingresses defines if ingresses created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * GatewayAPI defines Gateway API resources created within the tenant cluster that should get synced to the control plane cluster.
 * Setting enabled: true turns on Gateway and HTTPRoute sync, imports control plane cluster GatewayClasses so tenant Gateways can resolve them, and serves tenant ReferenceGrants for validation; TLSRoutes and BackendTLSPolicies must be enabled individually.
 */
export interface GatewayAPIEnableSwitchWithPatches {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
httpRoutes?: EnableSwitchWithPatches1
gateways?: EnableSwitchWithPatches2
tlsRoutes?: EnableSwitchWithPatches3
backendTLSPolicies?: EnableSwitchWithPatches4
referenceGrants?: EnableAutoSwitchWithPatches
}
/**
 * HTTPRoutes configures HTTPRoute sync to the control plane cluster.
 */
export interface EnableSwitchWithPatches1 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Gateways configures tenant-created Gateway sync to the control plane cluster.
 */
export interface EnableSwitchWithPatches2 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * TLSRoutes configures TLSRoute sync to the control plane cluster.
 */
export interface EnableSwitchWithPatches3 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * BackendTLSPolicies configures BackendTLSPolicy sync to the control plane cluster.
 */
export interface EnableSwitchWithPatches4 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * ReferenceGrants configures ReferenceGrant sync to the control plane cluster. Enabled may be "auto", "true", or "false".
 * In auto mode grants follow route sync and are validated within the tenant cluster; they sync to the control plane cluster only when namespace sync is also enabled.
 */
export interface EnableAutoSwitchWithPatches {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: (string | boolean)
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Services defines if services created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches5 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Endpoints defines if endpoints created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches6 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * EndpointSlices defines if endpointslices created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches7 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * NetworkPolicies defines if network policies created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches8 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * PersistentVolumeClaims defines if persistent volume claims created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches9 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * PersistentVolumes defines if persistent volumes created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches10 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * VolumeSnapshots defines if volume snapshots created within the virtual cluster should get synced to the host cluster.
 * Deprecated: Removed in 0.36.0. Setting this value is rejected by the Helm chart; remove it from your config.
 */
export interface EnableSwitchWithPatches11 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * VolumeSnapshotContents defines if volume snapshot contents created within the virtual cluster should get synced to the host cluster.
 * Deprecated: Removed in 0.36.0. Setting this value is rejected by the Helm chart; remove it from your config.
 */
export interface EnableSwitchWithPatches12 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * StorageClasses defines if storage classes created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches13 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * ServiceAccounts defines if service accounts created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches14 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * PodDisruptionBudgets defines if pod disruption budgets created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches15 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * PriorityClasses defines if priority classes created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches16 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
export interface SyncToHostCustomResource {
/**
 * Enabled defines if this option should be enabled.
 */
enabled: boolean
/**
 * Scope defines the scope of the resource. If undefined, will use Namespaced. Currently only Namespaced is supported.
 */
scope?: string
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Namespaces defines if namespaces created within the virtual cluster should get synced to the host cluster.
 */
export interface SyncToHostNamespaces {
/**
 * Enabled defines if this option should be enabled.
 */
enabled: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
mappings?: FromHostMappings
/**
 * MappingsOnly defines if creation of namespaces not matched by mappings should be allowed.
 */
mappingsOnly?: boolean
/**
 * ExtraLabels are additional labels to add to the namespace in the host cluster.
 */
extraLabels?: {
[k: string]: string
}
}
/**
 * Mappings for Namespace and Object
 */
export interface FromHostMappings {
/**
 * ByName is a map of control-plane-object-namespace/control-plane-object-name: tenant-object-namespace/tenant-object-name.
 * There are several wildcards supported:
 * 1. To match all objects in a control plane namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "foo/*": "foo-in-virtual/*"
 * 2. To match a specific object in the control plane namespace and sync it to the same namespace with the same name:
 * byName:
 *   "foo/my-object": "foo/my-object"
 * 3. To match a specific object in the control plane namespace and sync it to the same namespace with a different name:
 * byName:
 *   "foo/my-object": "foo/my-virtual-object"
 * 4. To match all objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "": "my-virtual-namespace/*"
 * 5. To match specific objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "/my-object": "my-virtual-namespace/my-object"
 */
byName?: {
[k: string]: string
}
}
/**
 * ResourceClaim defines if resource claims created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches17 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * ResourceClaimTemplates defines if resourceClaimTemplates created within the virtual cluster should get synced to the host cluster.
 */
export interface EnableSwitchWithPatches18 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Configure what resources vCluster should sync from the host cluster to the virtual cluster.
 */
export interface SyncFromHost {
nodes?: SyncNodes
events?: EnableSwitchWithPatches19
ingressClasses?: EnableSwitchWithPatchesAndSelector
gatewayClasses?: EnableSwitchWithPatchesAndSelector1
gateways?: FromHostGateways
runtimeClasses?: EnableSwitchWithPatchesAndSelector2
priorityClasses?: EnableSwitchWithPatchesAndSelector3
storageClasses?: EnableAutoSwitchWithPatchesAndSelector
csiNodes?: EnableAutoSwitchWithPatches1
csiDrivers?: EnableAutoSwitchWithPatches2
csiStorageCapacities?: EnableAutoSwitchWithPatches3
/**
 * CustomResources defines what custom resources should get synced read-only to the virtual cluster from the host cluster. vCluster will automatically add any required RBAC to the vCluster cluster role.
 */
customResources?: {
[k: string]: SyncFromHostCustomResource
}
volumeSnapshotClasses?: EnableSwitchWithPatches20
configMaps?: EnableSwitchWithResourcesMappings
secrets?: EnableSwitchWithResourcesMappings1
deviceClasses?: EnableSwitchWithPatchesAndSelector4
}
/**
 * Nodes defines if nodes should get synced from the host cluster to the virtual cluster, but not back.
 */
export interface SyncNodes {
/**
 * Enabled specifies if syncing real nodes should be enabled. If this is disabled, vCluster will create fake nodes instead.
 */
enabled?: boolean
/**
 * SyncBackChanges enables syncing labels and taints from the virtual cluster to the host cluster. If this is enabled someone within the virtual cluster will be able to change the labels and taints of the host cluster node.
 */
syncBackChanges?: boolean
/**
 * ClearImageStatus will erase the image status when syncing a node. This allows to hide images that are pulled by the node.
 */
clearImageStatus?: boolean
selector?: SyncNodeSelector
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * Selector can be used to define more granular what nodes should get synced from the host cluster to the virtual cluster.
 */
export interface SyncNodeSelector {
/**
 * All specifies if all nodes should get synced by vCluster from the host to the virtual cluster or only the ones where pods are assigned to.
 */
all?: boolean
/**
 * Labels are the node labels used to sync nodes from host cluster to virtual cluster. This will also set the node selector when syncing a pod from virtual cluster to host cluster to the same value.
 */
labels?: {
[k: string]: string
}
}
/**
 * Events defines if events should get synced from the host cluster to the virtual cluster, but not back.
 */
export interface EnableSwitchWithPatches19 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * IngressClasses defines if ingress classes should get synced from the host cluster to the virtual cluster, but not back.
 */
export interface EnableSwitchWithPatchesAndSelector {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector
}
/**
 * Selector defines the selector to use for the resource. If not set, all resources of that type will be synced.
 */
export interface StandardLabelSelector {
matchLabels?: {
[k: string]: string
}
matchExpressions?: LabelSelectorRequirement[]
}
export interface LabelSelectorRequirement {
key?: string
operator?: string
values?: string[]
}
/**
 * GatewayClasses defines if gateway classes should get synced from the control plane cluster to the tenant cluster, but not back.
 */
export interface EnableSwitchWithPatchesAndSelector1 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector
}
/**
 * Gateways defines if selected control plane Gateways should get synced from the control plane cluster to the tenant cluster, but not back.
 */
export interface FromHostGateways {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector1
mappings?: FromHostMappings1
allowedRoutes?: GatewayAllowedRoutesConfig
status?: GatewayImportStatus
metadata?: GatewayImportMetadata
sanitize?: GatewayImportSanitize
}
/**
 * Selector defines the selector to use for the resource. If not set, all resources of that type will be synced.
 */
export interface StandardLabelSelector1 {
matchLabels?: {
[k: string]: string
}
matchExpressions?: LabelSelectorRequirement[]
}
/**
 * Mappings define control plane Gateway namespace/name to tenant-facing namespace/name placement.
 */
export interface FromHostMappings1 {
/**
 * ByName is a map of control-plane-object-namespace/control-plane-object-name: tenant-object-namespace/tenant-object-name.
 * There are several wildcards supported:
 * 1. To match all objects in a control plane namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "foo/*": "foo-in-virtual/*"
 * 2. To match a specific object in the control plane namespace and sync it to the same namespace with the same name:
 * byName:
 *   "foo/my-object": "foo/my-object"
 * 3. To match a specific object in the control plane namespace and sync it to the same namespace with a different name:
 * byName:
 *   "foo/my-object": "foo/my-virtual-object"
 * 4. To match all objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "": "my-virtual-namespace/*"
 * 5. To match specific objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "/my-object": "my-virtual-namespace/my-object"
 */
byName?: {
[k: string]: string
}
}
/**
 * AllowedRoutes configures the tenant-facing allowedRoutes policy shown on imported Gateways and enforced for Routes.
 */
export interface GatewayAllowedRoutesConfig {
defaultVirtualNamespacePolicy?: GatewayVirtualNamespacePolicy
overrides?: GatewayAllowedRoutesPolicyOverride[]
}
export interface GatewayVirtualNamespacePolicy {
from?: string
selector?: StandardLabelSelector2
}
export interface StandardLabelSelector2 {
matchLabels?: {
[k: string]: string
}
matchExpressions?: LabelSelectorRequirement[]
}
export interface GatewayAllowedRoutesPolicyOverride {
hostNamespace?: string
name?: string
virtualNamespacePolicy?: GatewayVirtualNamespacePolicy
allowedHostnames?: string[]
}
/**
 * Status configures how Gateway status is mirrored.
 */
export interface GatewayImportStatus {
exposeAddresses?: boolean
}
/**
 * Metadata configures imported Gateway metadata visibility.
 */
export interface GatewayImportMetadata {
exposeSourceGateway?: boolean
}
/**
 * Sanitize configures sensitive control plane field sanitization.
 */
export interface GatewayImportSanitize {
certificateRefs?: boolean
infrastructure?: boolean
}
/**
 * RuntimeClasses defines if runtime classes should get synced from the host cluster to the virtual cluster, but not back.
 */
export interface EnableSwitchWithPatchesAndSelector2 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector
}
/**
 * PriorityClasses defines if priority classes classes should get synced from the host cluster to the virtual cluster, but not back.
 */
export interface EnableSwitchWithPatchesAndSelector3 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector
}
/**
 * StorageClasses defines if storage classes should get synced from the host cluster to the virtual cluster, but not back. If auto, is automatically enabled when the virtual scheduler is enabled.
 */
export interface EnableAutoSwitchWithPatchesAndSelector {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: (string | boolean)
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector3
}
/**
 * Selector defines the selector to use for the resource. If not set, all resources of that type will be synced.
 */
export interface StandardLabelSelector3 {
matchLabels?: {
[k: string]: string
}
matchExpressions?: LabelSelectorRequirement[]
}
/**
 * CSINodes defines if csi nodes should get synced from the host cluster to the virtual cluster, but not back. If auto, is automatically enabled when the virtual scheduler is enabled.
 */
export interface EnableAutoSwitchWithPatches1 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: (string | boolean)
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * CSIDrivers defines if csi drivers should get synced from the host cluster to the virtual cluster, but not back. If auto, is automatically enabled when the virtual scheduler is enabled.
 */
export interface EnableAutoSwitchWithPatches2 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: (string | boolean)
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * CSIStorageCapacities defines if csi storage capacities should get synced from the host cluster to the virtual cluster, but not back. If auto, is automatically enabled when the virtual scheduler is enabled.
 */
export interface EnableAutoSwitchWithPatches3 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: (string | boolean)
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
export interface SyncFromHostCustomResource {
/**
 * Enabled defines if this option should be enabled.
 */
enabled: boolean
/**
 * Scope defines the scope of the resource
 */
scope: string
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
mappings?: FromHostMappings2
}
/**
 * Mappings for Namespace and Object
 */
export interface FromHostMappings2 {
/**
 * ByName is a map of control-plane-object-namespace/control-plane-object-name: tenant-object-namespace/tenant-object-name.
 * There are several wildcards supported:
 * 1. To match all objects in a control plane namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "foo/*": "foo-in-virtual/*"
 * 2. To match a specific object in the control plane namespace and sync it to the same namespace with the same name:
 * byName:
 *   "foo/my-object": "foo/my-object"
 * 3. To match a specific object in the control plane namespace and sync it to the same namespace with a different name:
 * byName:
 *   "foo/my-object": "foo/my-virtual-object"
 * 4. To match all objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "": "my-virtual-namespace/*"
 * 5. To match specific objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "/my-object": "my-virtual-namespace/my-object"
 */
byName?: {
[k: string]: string
}
}
/**
 * VolumeSnapshotClasses defines if volume snapshot classes created within the virtual cluster should get synced to the host cluster.
 * Deprecated: Removed in 0.36.0. Setting this value is rejected by the Helm chart; remove it from your config.
 */
export interface EnableSwitchWithPatches20 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
}
/**
 * ConfigMaps defines if config maps in the host should get synced to the virtual cluster.
 */
export interface EnableSwitchWithResourcesMappings {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
mappings?: FromHostMappings3
}
/**
 * Mappings for Namespace and Object
 */
export interface FromHostMappings3 {
/**
 * ByName is a map of control-plane-object-namespace/control-plane-object-name: tenant-object-namespace/tenant-object-name.
 * There are several wildcards supported:
 * 1. To match all objects in a control plane namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "foo/*": "foo-in-virtual/*"
 * 2. To match a specific object in the control plane namespace and sync it to the same namespace with the same name:
 * byName:
 *   "foo/my-object": "foo/my-object"
 * 3. To match a specific object in the control plane namespace and sync it to the same namespace with a different name:
 * byName:
 *   "foo/my-object": "foo/my-virtual-object"
 * 4. To match all objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "": "my-virtual-namespace/*"
 * 5. To match specific objects in the vCluster namespace and sync them to a different namespace in the tenant cluster:
 * byName:
 *   "/my-object": "my-virtual-namespace/my-object"
 */
byName?: {
[k: string]: string
}
}
/**
 * Secrets defines if secrets in the host should get synced to the virtual cluster.
 */
export interface EnableSwitchWithResourcesMappings1 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
mappings?: FromHostMappings3
}
/**
 * DeviceClasses defines if device classes in the host should get synced to the virtual cluster
 */
export interface EnableSwitchWithPatchesAndSelector4 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Patches patch the resource according to the provided specification.
 */
patches?: TranslatePatch[]
selector?: StandardLabelSelector
}
/**
 * Integrations holds config for vCluster integrations with other operators or tools running on the host cluster
 */
export interface Integrations {
metricsServer?: MetricsServer
kubeVirt?: KubeVirt
externalSecrets?: ExternalSecrets
certManager?: CertManager
istio?: Istio
netris?: NetrisIntegration
argoCD?: ArgoCDIntegration
}
/**
 * MetricsServer reuses the metrics server from the host cluster within the vCluster.
 */
export interface MetricsServer {
/**
 * Enabled signals the metrics server integration should be enabled.
 */
enabled?: boolean
apiService?: APIService
/**
 * Nodes defines if metrics-server nodes api should get proxied from host to virtual cluster.
 */
nodes?: boolean
/**
 * Pods defines if metrics-server pods api should get proxied from host to virtual cluster.
 */
pods?: boolean
}
/**
 * APIService holds information about where to find the metrics-server service. Defaults to metrics-server/kube-system.
 */
export interface APIService {
service?: APIServiceService
}
/**
 * Service is a reference to the service for the API server.
 */
export interface APIServiceService {
/**
 * Name is the name of the host service of the apiservice.
 */
name?: string
/**
 * Namespace is the name of the host service of the apiservice.
 */
namespace?: string
/**
 * Port is the target port on the host service to connect to.
 */
port?: number
}
/**
 * KubeVirt reuses a host kubevirt and makes certain CRDs from it available inside the vCluster
 */
export interface KubeVirt {
/**
 * Enabled signals if the integration should be enabled
 */
enabled?: boolean
apiService?: APIService1
webhook?: EnableSwitch
sync?: KubeVirtSync
}
/**
 * APIService holds information about where to find the virt-api service. Defaults to virt-api/kubevirt.
 */
export interface APIService1 {
service?: APIServiceService
}
/**
 * Webhook holds configuration for enabling the webhook within the vCluster
 */
export interface EnableSwitch {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * Sync holds configuration on what resources to sync
 */
export interface KubeVirtSync {
dataVolumes?: EnableSwitch1
virtualMachineInstanceMigrations?: EnableSwitch2
virtualMachineInstances?: EnableSwitch3
virtualMachines?: EnableSwitch4
virtualMachineClones?: EnableSwitch5
virtualMachinePools?: EnableSwitch6
}
/**
 * If DataVolumes should get synced
 */
export interface EnableSwitch1 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * If VirtualMachineInstanceMigrations should get synced
 */
export interface EnableSwitch2 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * If VirtualMachineInstances should get synced
 */
export interface EnableSwitch3 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * If VirtualMachines should get synced
 */
export interface EnableSwitch4 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * If VirtualMachineClones should get synced
 */
export interface EnableSwitch5 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * If VirtualMachinePools should get synced
 */
export interface EnableSwitch6 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * ExternalSecrets reuses a host external secret operator and makes certain CRDs from it available inside the vCluster.
 * - ExternalSecrets will be synced from the virtual cluster to the host cluster.
 * - SecretStores will be synced from the virtual cluster to the host cluster and then bi-directionally.
 * - ClusterSecretStores will be synced from the host cluster to the virtual cluster.
 */
export interface ExternalSecrets {
/**
 * Enabled defines whether the external secret integration is enabled or not
 */
enabled?: boolean
/**
 * Version defines the version of the external secrets operator to use. If empty, the storage version will be used.
 */
version?: string
webhook?: EnableSwitch7
sync?: ExternalSecretsSync
}
/**
 * Webhook defines whether the host webhooks are reused or not
 */
export interface EnableSwitch7 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * Sync defines the syncing behavior for the integration
 */
export interface ExternalSecretsSync {
toHost?: ExternalSecretsSyncToHostConfig
fromHost?: ExternalSecretsSyncFromHostConfig
}
/**
 * ToHost defines what resources are synced from the virtual cluster to the host
 */
export interface ExternalSecretsSyncToHostConfig {
externalSecrets?: SelectorConfig
stores?: EnableSwitchSelector
}
/**
 * ExternalSecrets allows to configure if only a subset of ExternalSecrets matching a label selector should get synced from the virtual cluster to the host cluster.
 */
export interface SelectorConfig {
selector?: StandardLabelSelector2
}
/**
 * Stores defines if secret stores should get synced from the virtual cluster to the host cluster and then bi-directionally.
 */
export interface EnableSwitchSelector {
selector?: StandardLabelSelector2
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * FromHost defines what resources are synced from the host cluster to the virtual cluster
 */
export interface ExternalSecretsSyncFromHostConfig {
clusterStores?: EnableSwitchSelector1
}
/**
 * ClusterStores defines if cluster secrets stores should get synced from the host cluster to the virtual cluster.
 */
export interface EnableSwitchSelector1 {
selector?: StandardLabelSelector2
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * CertManager reuses a host cert-manager and makes its CRDs from it available inside the vCluster.
 * - Certificates and Issuers will be synced from the virtual cluster to the host cluster.
 * - ClusterIssuers will be synced from the host cluster to the virtual cluster.
 */
export interface CertManager {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
sync?: CertManagerSync
}
/**
 * Sync contains advanced configuration for syncing cert-manager resources.
 */
export interface CertManagerSync {
toHost?: CertManagerSyncToHost
fromHost?: CertManagerSyncFromHost
}
export interface CertManagerSyncToHost {
certificates?: EnableSwitch8
issuers?: EnableSwitch9
}
/**
 * Certificates defines if certificates should get synced from the virtual cluster to the host cluster.
 */
export interface EnableSwitch8 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * Issuers defines if issuers should get synced from the virtual cluster to the host cluster.
 */
export interface EnableSwitch9 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
export interface CertManagerSyncFromHost {
clusterIssuers?: ClusterIssuersSyncConfig
}
/**
 * ClusterIssuers defines if (and which) cluster issuers should get synced from the host cluster to the virtual cluster.
 */
export interface ClusterIssuersSyncConfig {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
selector?: LabelSelector
}
/**
 * Selector defines what cluster issuers should be imported.
 */
export interface LabelSelector {
/**
 * Labels defines what labels should be looked for
 */
labels?: {
[k: string]: string
}
}
/**
 * Istio syncs DestinationRules, Gateways and VirtualServices from virtual cluster to the host.
 */
export interface Istio {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
sync?: IstioSync
}
export interface IstioSync {
toHost?: IstioSyncToHost
}
export interface IstioSyncToHost {
destinationRules?: EnableSwitch10
gateways?: EnableSwitch10
virtualServices?: EnableSwitch10
}
export interface EnableSwitch10 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * Netris integration helps configuring netris networking for vCluster.
 */
export interface NetrisIntegration {
/**
 * Enabled defines if netris integration is enabled
 * +optional
 */
enabled?: boolean
/**
 * Connector specifies the netris connector name
 * +optional
 */
connector?: string
kubeVip?: NetrisKubeVipConfig
}
/**
 * KubeVip holds kube-vip configuration for netris
 * +optional
 */
export interface NetrisKubeVipConfig {
/**
 * ServerCluster specifies the server cluster name
 * +optional
 */
serverCluster?: string
/**
 * Bridge specifies the bridge interface name
 * +optional
 */
bridge?: string
/**
 * IPRange specifies the IP range for kube-vip
 * +optional
 */
ipRange?: string
}
/**
 * ArgoCD integration helps configuring ArgoCD for vCluster.
 */
export interface ArgoCDIntegration {
/**
 * Enabled defines if argo cd integration is enabled
 * +optional
 */
enabled?: boolean
/**
 * Connector specifies the argo cd connector name
 * +optional
 */
connector?: string
}
/**
 * Deploy holds configuration for the deployment of vCluster.
 */
export interface Deploy {
kubeProxy?: KubeProxy
metallb?: Metallb
cni?: CNI
localPathProvisioner?: LocalPathProvisioner
ingressNginx?: IngressNginx
metricsServer?: DeployMetricsServer
volumeSnapshotController?: VolumeSnapshotController
argoCD?: ArgoCDDeploy
}
/**
 * KubeProxy holds dedicated kube proxy configuration.
 */
export interface KubeProxy {
/**
 * Enabled defines if the kube proxy should be enabled.
 */
enabled?: boolean
/**
 * Image is the image for the kube-proxy.
 */
image?: string
/**
 * ImagePullPolicy is the policy how to pull the image.
 */
imagePullPolicy?: string
/**
 * NodeSelector is the node selector for the kube-proxy.
 */
nodeSelector?: {
[k: string]: string
}
/**
 * PriorityClassName is the priority class name for the kube-proxy.
 */
priorityClassName?: string
/**
 * Tolerations is the tolerations for the kube-proxy.
 */
tolerations?: unknown[]
/**
 * ExtraEnv is the extra environment variables for the kube-proxy.
 */
extraEnv?: unknown[]
/**
 * ExtraArgs are additional arguments to pass to the kube-proxy.
 */
extraArgs?: string[]
/**
 * Config is the config for the kube-proxy that will be merged into the default kube-proxy config. More information can be found here:
 * https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/#kubeproxy-config-k8s-io-v1alpha1-KubeProxyConfiguration
 */
config?: {

}
}
/**
 * Metallb holds dedicated metallb configuration.
 */
export interface Metallb {
/**
 * Enabled defines if metallb should be enabled.
 */
enabled?: boolean
/**
 * ControllerImage is the image for metallb controller.
 */
controllerImage?: string
/**
 * SpeakerImage is the image for metallb speaker.
 */
speakerImage?: string
ipAddressPool?: MetallbIPAddressPool
}
/**
 * IPAddressPool is the IP address pool to use for metallb.
 */
export interface MetallbIPAddressPool {
/**
 * Addresses is a list of IP addresses to use for the IP address pool.
 */
addresses?: string[]
/**
 * L2Advertisement defines if L2 advertisement should be enabled for the IP address pool.
 */
l2Advertisement?: boolean
}
/**
 * CNI holds dedicated CNI configuration.
 */
export interface CNI {
flannel?: CNIFlannel
}
/**
 * Flannel holds dedicated Flannel configuration.
 */
export interface CNIFlannel {
/**
 * Enabled defines if Flannel should be enabled.
 */
enabled?: boolean
/**
 * Image is the image for Flannel main container.
 */
image?: string
/**
 * InitImage is the image for Flannel init container.
 */
initImage?: string
/**
 * ImagePullPolicy is the policy how to pull the image.
 */
imagePullPolicy?: string
}
/**
 * LocalPathProvisioner holds dedicated local path provisioner configuration.
 */
export interface LocalPathProvisioner {
/**
 * Enabled defines if LocalPathProvisioner should be enabled.
 */
enabled?: boolean
/**
 * Image is the image for local path provisioner.
 */
image?: string
/**
 * ImagePullPolicy is the policy how to pull the image.
 */
imagePullPolicy?: string
/**
 * NodePath is the path on the node where to create the persistent volume directories.
 */
nodePath?: string
}
/**
 * IngressNginx holds dedicated ingress-nginx configuration.
 * Deprecated: We do not deploy ingress nginx and the project is being deprecated.
 */
export interface IngressNginx {
/**
 * Enabled defines if ingress-nginx should be enabled.
 */
enabled?: boolean
/**
 * DefaultIngressClass defines if the deployed ingress class should be the default ingress class.
 */
defaultIngressClass?: boolean
}
/**
 * MetricsServer holds dedicated metrics server configuration.
 */
export interface DeployMetricsServer {
/**
 * Enabled defines if metrics server should be enabled.
 */
enabled?: boolean
}
/**
 * VolumeSnapshotController holds dedicated CSI snapshot-controller configuration.
 * Deprecated: Removed in 0.36.0. Setting this value is rejected by the Helm chart; remove it from your config.
 */
export interface VolumeSnapshotController {
/**
 * Enabled defines if the CSI volumes snapshot-controller should be enabled.
 */
enabled?: boolean
}
/**
 * ArgoCD holds dedicated configuration for argoCD Apps to deploy
 */
export interface ArgoCDDeploy {
/**
 * Applications specifies the applications to deploy. This requires the argo cd integration to be enabled.
 * +optional
 */
applications?: ArgoCDApplication[]
}
/**
 * ArgoCDApplication holds argo cd application configuration.
 */
export interface ArgoCDApplication {
/**
 * Name specifies the stable identifier of the argo cd application. It is used to derive generated
 * ArgoCDApplication resource names and the final Argo CD application name.
 * +optional
 */
name?: string
/**
 * DisplayName specifies the display name of the argo cd application.
 * +optional
 */
displayName?: string
/**
 * Target specifies the target of the argo cd application. This can be "vCluster" or "host". Defaults to "vCluster".
 * +optional
 */
target?: string
/**
 * Inline specifies the inline argo cd application definition. This requires the argo cd integration to be enabled.
 * +optional
 */
inline?: {

}
template?: ArgoCDApplicationTemplate
}
/**
 * Template specifies the argo cd application template to use. This requires the argo cd integration to be enabled.
 * +optional
 */
export interface ArgoCDApplicationTemplate {
/**
 * Name specifies the name of the argo cd application template
 * +optional
 */
name?: string
/**
 * Parameters specifies the parameters to pass to the argo cd application template.
 * +optional
 */
parameters?: {

}
}
/**
 * Networking options related to the virtual cluster.
 */
export interface Networking {
/**
 * ServiceCIDR holds the service cidr for the virtual cluster. This should only be set if privateNodes.enabled is true or vCluster cannot detect the host service cidr.
 */
serviceCIDR?: string
/**
 * PodCIDR holds the pod cidr for the virtual cluster. This should only be set if privateNodes.enabled is true.
 */
podCIDR?: string
replicateServices?: ReplicateServices
/**
 * ResolveDNS allows to define extra DNS rules. This only works if embedded coredns is configured.
 */
resolveDNS?: ResolveDNS[]
advanced?: NetworkingAdvanced
}
/**
 * ReplicateServices allows replicating services from the host within the virtual cluster or the other way around.
 */
export interface ReplicateServices {
/**
 * ToHost defines the services that should get synced from virtual cluster to the host cluster. If services are
 * synced to a different namespace than the virtual cluster is in, additional permissions for the other namespace
 * are required.
 */
toHost?: ServiceMapping[]
/**
 * FromHost defines the services that should get synced from the host to the virtual cluster.
 */
fromHost?: ServiceMapping[]
}
export interface ServiceMapping {
/**
 * From is the service that should get synced. Can be either in the form name or namespace/name.
 */
from?: string
/**
 * To is the target service that it should get synced to. Can be either in the form name or namespace/name.
 */
to?: string
}
export interface ResolveDNS {
/**
 * Hostname is the hostname within the vCluster that should be resolved from.
 */
hostname?: string
/**
 * Service is the virtual cluster service that should be resolved from.
 */
service?: string
/**
 * Namespace is the virtual cluster namespace that should be resolved from.
 */
namespace?: string
target?: ResolveDNSTarget
}
/**
 * Target is the DNS target that should get mapped to
 */
export interface ResolveDNSTarget {
/**
 * Hostname to use as a DNS target
 */
hostname?: string
/**
 * IP to use as a DNS target
 */
ip?: string
/**
 * HostService to target, format is hostNamespace/hostService
 */
hostService?: string
/**
 * HostNamespace to target
 */
hostNamespace?: string
/**
 * VClusterService format is hostNamespace/vClusterName/vClusterNamespace/vClusterService
 */
vClusterService?: string
}
/**
 * Advanced holds advanced network options.
 */
export interface NetworkingAdvanced {
/**
 * ClusterDomain is the Kubernetes cluster domain to use within the virtual cluster.
 */
clusterDomain?: string
/**
 * FallbackHostCluster allows to fallback dns to the host cluster. This is useful if you want to reach host services without
 * any other modification. You will need to provide a namespace for the service, e.g. my-other-service.my-other-namespace
 */
fallbackHostCluster?: boolean
proxyKubelets?: NetworkProxyKubelets
}
/**
 * ProxyKubelets allows rewriting certain metrics and stats from the Kubelet to "fake" this for applications such as
 * prometheus or other node exporters.
 */
export interface NetworkProxyKubelets {
/**
 * ByHostname will add a special vCluster hostname to the nodes where the node can be reached at. This doesn't work
 * for all applications, e.g. Prometheus requires a node IP.
 */
byHostname?: boolean
/**
 * ByIP will create a separate service in the host cluster for every node that will point to virtual cluster and will be used to
 * route traffic.
 */
byIP?: boolean
}
/**
 * Policies to enforce for the virtual cluster deployment as well as within the virtual cluster.
 */
export interface Policies {
networkPolicy?: NetworkPolicy
/**
 * PodSecurityStandard that can be enforced can be one of: empty (""), baseline, restricted or privileged
 */
podSecurityStandard?: string
resourceQuota?: ResourceQuota
limitRange?: LimitRange
centralAdmission?: CentralAdmission
}
/**
 * NetworkPolicy specifies network policy options.
 */
export interface NetworkPolicy {
/**
 * Enabled defines if the network policy should be deployed by vCluster.
 */
enabled?: boolean
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
/**
 * FallbackDNS is the fallback DNS server to use if the virtual cluster does not have a DNS server.
 */
fallbackDns?: string
controlPlane?: NetworkPolicyControlPlane
workload?: NetworkPolicyWorkload
}
/**
 * ControlPlane network policy rules
 */
export interface NetworkPolicyControlPlane {
/**
 * Ingress rules for the vCluster control plane.
 */
ingress?: NetworkPolicyIngressRule[]
/**
 * Egress rules for the vCluster control plane.
 */
egress?: NetworkPolicyEgressRule[]
}
/**
 * NetworkPolicyIngressRule describes a particular set of traffic that is allowed to the pods matched by a NetworkPolicySpec's podSelector.
 */
export interface NetworkPolicyIngressRule {
/**
 * ports is a list of ports which should be made accessible on the pods selected for
 * this rule. Each item in this list is combined using a logical OR. If this field is
 * empty or missing, this rule matches all ports (traffic not restricted by port).
 * If this field is present and contains at least one item, then this rule allows
 * traffic only if the traffic matches at least one port in the list.
 * +optional
 * +listType=atomic
 */
ports?: NetworkPolicyPort[]
/**
 * from is a list of sources which should be able to access the pods selected for this rule.
 * Items in this list are combined using a logical OR operation. If this field is
 * empty or missing, this rule matches all sources (traffic not restricted by
 * source). If this field is present and contains at least one item, this rule
 * allows traffic only if the traffic matches at least one item in the from list.
 * +optional
 * +listType=atomic
 */
from?: NetworkPolicyPeer[]
}
/**
 * NetworkPolicyPort describes a port to allow traffic on
 */
export interface NetworkPolicyPort {
/**
 * protocol represents the protocol (TCP, UDP, or SCTP) which traffic must match.
 * If not specified, this field defaults to TCP.
 * +optional
 */
protocol?: string
/**
 * port represents the port on the given protocol. This can either be a numerical or named
 * port on a pod. If this field is not provided, this matches all port names and
 * numbers.
 * If present, only traffic on the specified protocol AND port will be matched.
 * +optional
 */
port?: {
[k: string]: unknown
}
/**
 * endPort indicates that the range of ports from port to endPort if set, inclusive,
 * should be allowed by the policy. This field cannot be defined if the port field
 * is not defined or if the port field is defined as a named (string) port.
 * The endPort must be equal or greater than port.
 * +optional
 */
endPort?: number
}
/**
 * NetworkPolicyPeer describes a peer to allow traffic to/from.
 */
export interface NetworkPolicyPeer {
podSelector?: StandardLabelSelector4
namespaceSelector?: StandardLabelSelector5
ipBlock?: IPBlock
}
/**
 * podSelector is a label selector which selects pods. This field follows standard label
 * selector semantics; if present but empty, it selects all pods.
 * 
 * If namespaceSelector is also set, then the NetworkPolicyPeer as a whole selects
 * the pods matching podSelector in the Namespaces selected by NamespaceSelector.
 * Otherwise it selects the pods matching podSelector in the policy's own namespace.
 * +optional
 */
export interface StandardLabelSelector4 {
matchLabels?: {
[k: string]: string
}
matchExpressions?: LabelSelectorRequirement[]
}
/**
 * namespaceSelector selects namespaces using cluster-scoped labels. This field follows
 * standard label selector semantics; if present but empty, it selects all namespaces.
 * 
 * If podSelector is also set, then the NetworkPolicyPeer as a whole selects
 * the pods matching podSelector in the namespaces selected by namespaceSelector.
 * Otherwise it selects all pods in the namespaces selected by namespaceSelector.
 * +optional
 */
export interface StandardLabelSelector5 {
matchLabels?: {
[k: string]: string
}
matchExpressions?: LabelSelectorRequirement[]
}
/**
 * ipBlock defines policy on a particular IPBlock. If this field is set then
 * neither of the other fields can be.
 * +optional
 */
export interface IPBlock {
/**
 * CIDR defines the allowed workload public egress destination.
 * Valid examples are "0.0.0.0/0", "192.168.1.0/24" or "2001:db8::/64"
 */
cidr?: string
/**
 * Except is a slice of CIDRs that should not be included. Items outside the cidr range will be rejected.
 * Valid examples are "192.168.1.0/24" or "2001:db8::/64".
 * +optional
 */
except?: string[]
}
/**
 * NetworkPolicyEgressRule describes a particular set of traffic that is allowed out of pods matched by a NetworkPolicySpec's podSelector.
 */
export interface NetworkPolicyEgressRule {
/**
 * ports is a list of destination ports for outgoing traffic.
 * Each item in this list is combined using a logical OR. If this field is
 * empty or missing, this rule matches all ports (traffic not restricted by port).
 * If this field is present and contains at least one item, then this rule allows
 * traffic only if the traffic matches at least one port in the list.
 * +optional
 * +listType=atomic
 */
ports?: NetworkPolicyPort[]
/**
 * to is a list of destinations for outgoing traffic of pods selected for this rule.
 * Items in this list are combined using a logical OR operation. If this field is
 * empty or missing, this rule matches all destinations (traffic not restricted by
 * destination). If this field is present and contains at least one item, this rule
 * allows traffic only if the traffic matches at least one item in the to list.
 * +optional
 * +listType=atomic
 */
to?: NetworkPolicyPeer[]
}
/**
 * Workload network policy rules
 */
export interface NetworkPolicyWorkload {
publicEgress?: NetworkPolicyWorkloadPublicEgress
/**
 * Ingress rules for the vCluster workloads.
 */
ingress?: NetworkPolicyIngressRule[]
/**
 * Egress rules for the vCluster workloads.
 */
egress?: NetworkPolicyEgressRule[]
}
/**
 * PublicEgress holds the public outgoing connections options for the vCluster workloads.
 */
export interface NetworkPolicyWorkloadPublicEgress {
/**
 * Enabled defines if the workload public egress should be enabled or disabled.
 */
enabled?: boolean
/**
 * CIDR defines the allowed workload public egress destination.
 * Valid examples are "0.0.0.0/0", "192.168.1.0/24" or "2001:db8::/64"
 */
cidr?: string
/**
 * Except is a slice of CIDRs that should not be included. Items outside the cidr range will be rejected.
 * Valid examples are "192.168.1.0/24" or "2001:db8::/64".
 * +optional
 */
except?: string[]
}
/**
 * ResourceQuota specifies resource quota options.
 */
export interface ResourceQuota {
/**
 * Enabled defines if the resource quota should be enabled. "auto" means that if limitRange is enabled,
 * the resourceQuota will be enabled as well.
 */
enabled?: (string | boolean)
/**
 * Quota are the quota options
 */
quota?: {

}
/**
 * ScopeSelector is the resource quota scope selector
 */
scopeSelector?: {

}
/**
 * Scopes are the resource quota scopes
 */
scopes?: string[]
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * LimitRange specifies limit range options.
 */
export interface LimitRange {
/**
 * Enabled defines if the limit range should be deployed by vCluster. "auto" means that if resourceQuota is enabled,
 * the limitRange will be enabled as well.
 */
enabled?: (string | boolean)
/**
 * Default are the default limits for the limit range
 */
default?: {

}
/**
 * DefaultRequest are the default request options for the limit range
 */
defaultRequest?: {

}
/**
 * Max are the max limits for the limit range
 */
max?: {

}
/**
 * Min are the min limits for the limit range
 */
min?: {

}
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * CentralAdmission defines what validating or mutating webhooks should be enforced within the virtual cluster.
 */
export interface CentralAdmission {
/**
 * ValidatingWebhooks are validating webhooks that should be enforced in the virtual cluster
 */
validatingWebhooks?: ValidatingWebhookConfiguration[]
/**
 * MutatingWebhooks are mutating webhooks that should be enforced in the virtual cluster
 */
mutatingWebhooks?: MutatingWebhookConfiguration[]
}
export interface ValidatingWebhookConfiguration {
/**
 * Kind is a string value representing the REST resource this object represents.
 * Servers may infer this from the endpoint the client submits requests to.
 */
kind?: string
/**
 * APIVersion defines the versioned schema of this representation of an object.
 * Servers should convert recognized schemas to the latest internal value, and
 * may reject unrecognized values.
 */
apiVersion?: string
metadata?: ObjectMeta
/**
 * Webhooks is a list of webhooks and the affected resources and operations.
 */
webhooks?: ValidatingWebhook[]
}
/**
 * Standard object metadata; More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata.
 */
export interface ObjectMeta {
/**
 * Name must be unique within a namespace. Is required when creating resources, although
 * some resources may allow a client to request the generation of an appropriate name
 * automatically. Name is primarily intended for creation idempotence and configuration
 * definition.
 */
name?: string
/**
 * Map of string keys and values that can be used to organize and categorize
 * (scope and select) objects. May match selectors of replication controllers
 * and services.
 */
labels?: {
[k: string]: string
}
/**
 * Annotations is an unstructured key value map stored with a resource that may be
 * set by external tools to store and retrieve arbitrary metadata.
 */
annotations?: {
[k: string]: string
}
}
export interface ValidatingWebhook {
/**
 * The name of the admission webhook.
 * Name should be fully qualified, e.g., imagepolicy.kubernetes.io, where
 * "imagepolicy" is the name of the webhook, and kubernetes.io is the name
 * of the organization.
 */
name?: string
clientConfig?: ValidatingWebhookClientConfig
/**
 * Rules describes what operations on what resources/subresources the webhook cares about.
 * The webhook cares about an operation if it matches _any_ Rule.
 */
rules?: unknown[]
/**
 * FailurePolicy defines how unrecognized errors from the admission endpoint are handled -
 * allowed values are Ignore or Fail. Defaults to Fail.
 */
failurePolicy?: string
/**
 * matchPolicy defines how the "rules" list is used to match incoming requests.
 * Allowed values are "Exact" or "Equivalent".
 */
matchPolicy?: string
/**
 * NamespaceSelector decides whether to run the webhook on an object based
 * on whether the namespace for that object matches the selector. If the
 * object itself is a namespace, the matching is performed on
 * object.metadata.labels. If the object is another cluster scoped resource,
 * it never skips the webhook.
 */
namespaceSelector?: {
[k: string]: unknown
}
/**
 * ObjectSelector decides whether to run the webhook based on if the
 * object has matching labels. objectSelector is evaluated against both
 * the oldObject and newObject that would be sent to the webhook, and
 * is considered to match if either object matches the selector.
 */
objectSelector?: {
[k: string]: unknown
}
/**
 * SideEffects states whether this webhook has side effects.
 */
sideEffects?: string
/**
 * TimeoutSeconds specifies the timeout for this webhook.
 */
timeoutSeconds?: number
/**
 * AdmissionReviewVersions is an ordered list of preferred `AdmissionReview`
 * versions the Webhook expects.
 */
admissionReviewVersions?: string[]
/**
 * MatchConditions is a list of conditions that must be met for a request to be sent to this
 * webhook. Match conditions filter requests that have already been matched by the rules,
 * namespaceSelector, and objectSelector. An empty list of matchConditions matches all requests.
 * There are a maximum of 64 match conditions allowed.
 */
matchConditions?: unknown[]
}
/**
 * ClientConfig defines how to communicate with the hook.
 */
export interface ValidatingWebhookClientConfig {
/**
 * URL gives the location of the webhook, in standard URL form
 * (`scheme://host:port/path`). Exactly one of `url` or `service`
 * must be specified.
 */
url?: string
service?: ValidatingWebhookServiceReference
/**
 * CABundle is a PEM encoded CA bundle which will be used to validate the webhook's server certificate.
 * If unspecified, system trust roots on the apiserver are used.
 */
caBundle?: string
}
/**
 * Service is a reference to the service for this webhook. Either
 * `service` or `url` must be specified.
 * 
 * If the webhook is running within the cluster, then you should use `service`.
 */
export interface ValidatingWebhookServiceReference {
/**
 * Namespace is the namespace of the service.
 */
namespace?: string
/**
 * Name is the name of the service.
 */
name?: string
/**
 * Path is an optional URL path which will be sent in any request to
 * this service.
 */
path?: string
/**
 * If specified, the port on the service that hosting webhook.
 * Default to 443 for backward compatibility.
 * `port` should be a valid port number (1-65535, inclusive).
 */
port?: number
}
export interface MutatingWebhookConfiguration {
/**
 * Kind is a string value representing the REST resource this object represents.
 * Servers may infer this from the endpoint the client submits requests to.
 */
kind?: string
/**
 * APIVersion defines the versioned schema of this representation of an object.
 * Servers should convert recognized schemas to the latest internal value, and
 * may reject unrecognized values.
 */
apiVersion?: string
metadata?: ObjectMeta1
/**
 * Webhooks is a list of webhooks and the affected resources and operations.
 */
webhooks?: MutatingWebhook[]
}
/**
 * Standard object metadata; More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata.
 */
export interface ObjectMeta1 {
/**
 * Name must be unique within a namespace. Is required when creating resources, although
 * some resources may allow a client to request the generation of an appropriate name
 * automatically. Name is primarily intended for creation idempotence and configuration
 * definition.
 */
name?: string
/**
 * Map of string keys and values that can be used to organize and categorize
 * (scope and select) objects. May match selectors of replication controllers
 * and services.
 */
labels?: {
[k: string]: string
}
/**
 * Annotations is an unstructured key value map stored with a resource that may be
 * set by external tools to store and retrieve arbitrary metadata.
 */
annotations?: {
[k: string]: string
}
}
export interface MutatingWebhook {
/**
 * reinvocationPolicy indicates whether this webhook should be called multiple times as part of a single admission evaluation.
 * Allowed values are "Never" and "IfNeeded".
 */
reinvocationPolicy?: string
/**
 * The name of the admission webhook.
 * Name should be fully qualified, e.g., imagepolicy.kubernetes.io, where
 * "imagepolicy" is the name of the webhook, and kubernetes.io is the name
 * of the organization.
 */
name?: string
clientConfig?: ValidatingWebhookClientConfig1
/**
 * Rules describes what operations on what resources/subresources the webhook cares about.
 * The webhook cares about an operation if it matches _any_ Rule.
 */
rules?: unknown[]
/**
 * FailurePolicy defines how unrecognized errors from the admission endpoint are handled -
 * allowed values are Ignore or Fail. Defaults to Fail.
 */
failurePolicy?: string
/**
 * matchPolicy defines how the "rules" list is used to match incoming requests.
 * Allowed values are "Exact" or "Equivalent".
 */
matchPolicy?: string
/**
 * NamespaceSelector decides whether to run the webhook on an object based
 * on whether the namespace for that object matches the selector. If the
 * object itself is a namespace, the matching is performed on
 * object.metadata.labels. If the object is another cluster scoped resource,
 * it never skips the webhook.
 */
namespaceSelector?: {
[k: string]: unknown
}
/**
 * ObjectSelector decides whether to run the webhook based on if the
 * object has matching labels. objectSelector is evaluated against both
 * the oldObject and newObject that would be sent to the webhook, and
 * is considered to match if either object matches the selector.
 */
objectSelector?: {
[k: string]: unknown
}
/**
 * SideEffects states whether this webhook has side effects.
 */
sideEffects?: string
/**
 * TimeoutSeconds specifies the timeout for this webhook.
 */
timeoutSeconds?: number
/**
 * AdmissionReviewVersions is an ordered list of preferred `AdmissionReview`
 * versions the Webhook expects.
 */
admissionReviewVersions?: string[]
/**
 * MatchConditions is a list of conditions that must be met for a request to be sent to this
 * webhook. Match conditions filter requests that have already been matched by the rules,
 * namespaceSelector, and objectSelector. An empty list of matchConditions matches all requests.
 * There are a maximum of 64 match conditions allowed.
 */
matchConditions?: unknown[]
}
/**
 * ClientConfig defines how to communicate with the hook.
 */
export interface ValidatingWebhookClientConfig1 {
/**
 * URL gives the location of the webhook, in standard URL form
 * (`scheme://host:port/path`). Exactly one of `url` or `service`
 * must be specified.
 */
url?: string
service?: ValidatingWebhookServiceReference
/**
 * CABundle is a PEM encoded CA bundle which will be used to validate the webhook's server certificate.
 * If unspecified, system trust roots on the apiserver are used.
 */
caBundle?: string
}
/**
 * Configure vCluster's control plane components and deployment.
 */
export interface ControlPlane {
/**
 * Endpoint is the endpoint of the virtual cluster. This is used to connect to the virtual cluster.
 */
endpoint?: string
distro?: Distro
standalone?: Standalone
backingStore?: BackingStore
coredns?: CoreDNS
proxy?: ControlPlaneProxy
hostPathMapper?: HostPathMapper
ingress?: ControlPlaneIngress
tlsRoute?: ControlPlaneTLSRoute
service?: ControlPlaneService
statefulSet?: ControlPlaneStatefulSet
serviceMonitor?: ServiceMonitor
advanced?: ControlPlaneAdvanced
}
/**
 * Distro holds virtual cluster related distro options. A distro cannot be changed after vCluster is deployed.
 */
export interface Distro {
k8s?: DistroK8S
}
/**
 * K8S holds K8s relevant configuration.
 */
export interface DistroK8S {
/**
 * Enabled specifies if the K8s distro should be enabled. Only one distro can be enabled at the same time.
 */
enabled?: boolean
/**
 * Version is the Kubernetes version to use.
 */
version?: string
apiServer?: DistroContainerEnabled
controllerManager?: DistroContainerEnabled1
scheduler?: DistroContainerEnabled2
image?: Image1
/**
 * ImagePullPolicy is the pull policy for the distro image
 */
imagePullPolicy?: string
/**
 * Env are extra environment variables to use for the main container and NOT the init container.
 */
env?: {

}[]
/**
 * Resources for the distro init container
 */
resources?: {

}
/**
 * Security options can be used for the distro init container
 */
securityContext?: {

}
}
/**
 * APIServer holds configuration specific to starting the api server.
 */
export interface DistroContainerEnabled {
/**
 * Enabled signals this container should be enabled.
 */
enabled?: boolean
/**
 * Command is the command to start the distro binary. This will override the existing command.
 */
command?: string[]
/**
 * ExtraArgs are additional arguments to pass to the distro binary.
 */
extraArgs?: string[]
}
/**
 * ControllerManager holds configuration specific to starting the controller manager.
 */
export interface DistroContainerEnabled1 {
/**
 * Enabled signals this container should be enabled.
 */
enabled?: boolean
/**
 * Command is the command to start the distro binary. This will override the existing command.
 */
command?: string[]
/**
 * ExtraArgs are additional arguments to pass to the distro binary.
 */
extraArgs?: string[]
}
/**
 * Scheduler holds configuration specific to starting the scheduler.
 */
export interface DistroContainerEnabled2 {
/**
 * Enabled signals this container should be enabled.
 */
enabled?: boolean
/**
 * Command is the command to start the distro binary. This will override the existing command.
 */
command?: string[]
/**
 * ExtraArgs are additional arguments to pass to the distro binary.
 */
extraArgs?: string[]
}
/**
 * Image is the distro image
 */
export interface Image1 {
/**
 * Registry is the registry of the container image, e.g. my-registry.com or ghcr.io. This setting can be globally
 * overridden via the controlPlane.advanced.defaultImageRegistry option. Empty means docker hub.
 */
registry?: string
/**
 * Repository is the repository of the container image, e.g. my-repo/my-image
 */
repository?: string
/**
 * Tag is the tag of the container image, and is the default version.
 */
tag?: string
}
/**
 * Standalone holds configuration for standalone mode. Standalone mode is set automatically when no container is detected and
 * also implies privateNodes.enabled.
 */
export interface Standalone {
/**
 * Enabled defines if standalone mode should be enabled.
 */
enabled?: boolean
/**
 * DataDir defines the data directory for the standalone mode.
 */
dataDir?: string
/**
 * AdvertiseAddress pins the IP address the standalone control plane advertises to the
 * kubernetes and konnectivity Services. Defaults to the VCLUSTER_STANDALONE_IP_ADDRESS env
 * var, then default-route interface detection. Set this on multi-homed hosts where the
 * default route is not reachable from the pod network.
 */
advertiseAddress?: string
autoNodes?: StandaloneAutoNodes
joinNode?: StandaloneJoinNode
}
/**
 * AutoNodes automatically deploys nodes for standalone mode.
 */
export interface StandaloneAutoNodes {
/**
 * Provider is the node provider of the nodes in this pool.
 */
provider?: string
/**
 * Quantity is the number of nodes to deploy for standalone mode.
 */
quantity?: number
/**
 * NodeTypeSelector filters the types of nodes that can be provisioned by this pool.
 * All requirements must be met for a node type to be eligible.
 */
nodeTypeSelector?: Requirement[]
}
/**
 * KarpenterRequirement defines a scheduling requirement for a dynamic node pool.
 */
export interface Requirement {
/**
 * Property is the property on the node type to select.
 */
property: string
/**
 * Operator is the comparison operator, such as "In", "NotIn", "Exists". If empty, defaults to "In".
 */
operator?: string
/**
 * Values is the list of values to use for comparison. This is mutually exclusive with value.
 */
values?: string[]
/**
 * Value is the value to use for comparison. This is mutually exclusive with values.
 */
value?: string
}
/**
 * JoinNode holds configuration for the standalone control plane node.
 */
export interface StandaloneJoinNode {
/**
 * Enabled defines if the standalone node should be joined into the cluster. If false, only the control plane binaries will be executed and no node will show up in the actual cluster.
 */
enabled?: boolean
/**
 * PreInstallCommands are commands that will be executed before containerd, kubelet etc. is installed.
 */
preInstallCommands?: string[]
/**
 * PreJoinCommands are commands that will be executed before kubeadm join is executed.
 */
preJoinCommands?: string[]
/**
 * PostJoinCommands are commands that will be executed after kubeadm join is executed.
 */
postJoinCommands?: string[]
containerd?: ContainerdJoin
/**
 * CACertPath is the path to the SSL certificate authority used to
 * secure communications between node and control-plane.
 * Defaults to "/etc/kubernetes/pki/ca.crt".
 */
caCertPath?: string
/**
 * SkipPhases is a list of phases to skip during command execution.
 * The list of phases can be obtained with the "kubeadm join --help" command.
 */
skipPhases?: string[]
nodeRegistration?: NodeRegistration
}
/**
 * Containerd holds configuration for the containerd join process.
 */
export interface ContainerdJoin {
/**
 * Enabled defines if containerd should be installed and configured by vCluster.
 */
enabled?: boolean
registry?: ContainerdRegistry
/**
 * PauseImage is the image for the pause container.
 */
pauseImage?: string
}
/**
 * Registry holds configuration for how containerd should be configured to use a registries.
 */
export interface ContainerdRegistry {
/**
 * ConfigPath is the path to the containerd registry config.
 */
configPath?: string
/**
 * Mirrors holds configuration for the containerd registry mirrors. E.g. myregistry.io:5000 or docker.io. See https://github.com/containerd/containerd/blob/main/docs/hosts.md for more details.
 */
mirrors?: {
[k: string]: ContainerdMirror
}
/**
 * Auth holds configuration for the containerd registry auth. See https://github.com/containerd/containerd/blob/main/docs/cri/registry.md#configure-registry-credentials for more details.
 */
auth?: {
[k: string]: ContainerdRegistryAuth
}
}
export interface ContainerdMirror {
/**
 * Server is the fallback server to use for the containerd registry mirror. E.g. https://registry-1.docker.io. See https://github.com/containerd/containerd/blob/main/docs/hosts.md for more details.
 */
server?: string
/**
 * CACert are paths to CA certificates to use for the containerd registry mirror.
 */
caCert?: string[]
/**
 * SkipVerify is a boolean to skip the certificate verification for the containerd registry mirror and allows http connections.
 */
skipVerify?: boolean
/**
 * Capabilities is a list of capabilities to enable for the containerd registry mirror. If empty, will use pull and resolve capabilities.
 */
capabilities?: string[]
/**
 * OverridePath is a boolean to override the path for the containerd registry mirror.
 */
overridePath?: boolean
/**
 * Hosts holds configuration for the containerd registry mirror hosts. See https://github.com/containerd/containerd/blob/main/docs/hosts.md for more details.
 */
hosts?: ContainerdMirrorHost[]
}
export interface ContainerdMirrorHost {
/**
 * Server is the server to use for the containerd registry mirror host. E.g. http://192.168.31.250:5000.
 */
server?: string
/**
 * CACert are paths to CA certificates to use for the containerd registry mirror host.
 */
caCert?: string[]
/**
 * SkipVerify is a boolean to skip the certificate verification for the containerd registry mirror and allows http connections.
 */
skipVerify?: boolean
/**
 * Capabilities is a list of capabilities to enable for the containerd registry mirror. If empty, will use pull and resolve capabilities.
 */
capabilities?: string[]
/**
 * OverridePath is a boolean to override the path for the containerd registry mirror.
 */
overridePath?: boolean
}
export interface ContainerdRegistryAuth {
/**
 * Username is the username for the containerd registry.
 */
username?: string
/**
 * Password is the password for the containerd registry.
 */
password?: string
/**
 * IdentityToken is the token for the containerd registry.
 */
identityToken?: string
/**
 * Auth is the auth config for the containerd registry.
 */
auth?: string
}
/**
 * NodeRegistration holds configuration for the node registration similar to the kubeadm node registration.
 */
export interface NodeRegistration {
/**
 * CRI socket is the socket for the CRI.
 */
criSocket?: string
/**
 * KubeletExtraArgs passes through extra arguments to the kubelet. The arguments here are passed to the kubelet command line via the environment file
 * kubeadm writes at runtime for the kubelet to source. This overrides the generic base-level configuration in the kubelet-config ConfigMap
 * Flags have higher priority when parsing. These values are local and specific to the node kubeadm is executing on.
 * An argument name in this list is the flag name as it appears on the command line except without leading dash(es).
 * Extra arguments will override existing default arguments. Duplicate extra arguments are allowed.
 */
kubeletExtraArgs?: KubeletExtraArg[]
/**
 * Taints are additional taints to set for the kubelet.
 */
taints?: KubeletJoinTaint[]
/**
 * IgnorePreflightErrors provides a slice of pre-flight errors to be ignored when the current node is registered, e.g. 'IsPrivilegedUser,Swap'.
 * Value 'all' ignores errors from all checks.
 */
ignorePreflightErrors?: string[]
/**
 * ImagePullPolicy specifies the policy for image pulling during kubeadm "init" and "join" operations.
 * The value of this field must be one of "Always", "IfNotPresent" or "Never".
 * If this field is unset kubeadm will default it to "IfNotPresent", or pull the required images if not present on the host.
 */
imagePullPolicy?: string
}
/**
 * KubeletExtraArg represents an argument with a name and a value.
 */
export interface KubeletExtraArg {
/**
 * Name is the name of the argument.
 */
name?: string
/**
 * Value is the value of the argument.
 */
value?: string
}
export interface KubeletJoinTaint {
/**
 * Required. The taint key to be applied to a node.
 */
key?: string
/**
 * The taint value corresponding to the taint key.
 * +optional
 */
value?: string
/**
 * Required. The effect of the taint on pods
 * that do not tolerate the taint.
 * Valid effects are NoSchedule, PreferNoSchedule and NoExecute.
 */
effect?: string
}
/**
 * BackingStore defines which backing store to use for virtual cluster. If not defined will use embedded database as a default backing store.
 */
export interface BackingStore {
etcd?: Etcd
database?: Database
}
/**
 * Etcd defines that etcd should be used as the backend for the virtual cluster
 */
export interface Etcd {
embedded?: EtcdEmbedded
deploy?: EtcdDeploy
external?: EtcdExternal
}
/**
 * Embedded defines to use embedded etcd as a storage backend for the virtual cluster
 */
export interface EtcdEmbedded {
/**
 * Enabled defines if the embedded etcd should be used.
 */
enabled?: boolean
/**
 * MigrateFromDeployedEtcd signals that vCluster should migrate from the deployed external etcd to embedded etcd.
 */
migrateFromDeployedEtcd?: boolean
/**
 * SnapshotCount defines the number of snapshots to keep for the embedded etcd. Defaults to 10000 if less than 1.
 */
snapshotCount?: number
/**
 * ExtraArgs are additional arguments to pass to the embedded etcd.
 */
extraArgs?: string[]
}
/**
 * Deploy defines to use an external etcd that is deployed by the helm chart
 */
export interface EtcdDeploy {
/**
 * Enabled defines that an external etcd should be deployed.
 */
enabled?: boolean
statefulSet?: EtcdDeployStatefulSet
service?: EtcdDeployService
headlessService?: EtcdDeployHeadlessService
}
/**
 * StatefulSet holds options for the external etcd statefulSet.
 */
export interface EtcdDeployStatefulSet {
/**
 * Enabled defines if the statefulSet should be deployed
 */
enabled?: boolean
/**
 * EnableServiceLinks for the StatefulSet pod
 */
enableServiceLinks?: boolean
image?: Image2
/**
 * ImagePullPolicy is the pull policy for the external etcd image
 */
imagePullPolicy?: string
/**
 * Env are extra environment variables
 */
env?: {

}[]
/**
 * ExtraArgs are appended to the etcd command.
 */
extraArgs?: string[]
resources?: Resources1
pods?: LabelsAndAnnotations
highAvailability?: ExternalEtcdHighAvailability
scheduling?: ControlPlaneScheduling
security?: ControlPlaneSecurity
persistence?: ExternalEtcdPersistence
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * Image is the image to use for the external etcd statefulSet
 */
export interface Image2 {
/**
 * Registry is the registry of the container image, e.g. my-registry.com or ghcr.io. This setting can be globally
 * overridden via the controlPlane.advanced.defaultImageRegistry option. Empty means docker hub.
 */
registry?: string
/**
 * Repository is the repository of the container image, e.g. my-repo/my-image
 */
repository?: string
/**
 * Tag is the tag of the container image, and is the default version.
 */
tag?: string
}
/**
 * Resources the etcd can consume
 */
export interface Resources1 {
/**
 * Limits are resource limits for the container
 */
limits?: {

}
/**
 * Requests are minimal resources that will be consumed by the container
 */
requests?: {

}
}
/**
 * Pods defines extra metadata for the etcd pods.
 */
export interface LabelsAndAnnotations {
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * HighAvailability are high availability options
 */
export interface ExternalEtcdHighAvailability {
/**
 * Replicas are the amount of pods to use.
 */
replicas?: number
}
/**
 * Scheduling options for the etcd pods.
 */
export interface ControlPlaneScheduling {
/**
 * NodeSelector is the node selector to apply to the pod.
 */
nodeSelector?: {

}
/**
 * Affinity is the affinity to apply to the pod.
 */
affinity?: {

}
/**
 * Tolerations are the tolerations to apply to the pod.
 */
tolerations?: {

}[]
/**
 * PriorityClassName is the priority class name for the the pod.
 */
priorityClassName?: string
/**
 * PodManagementPolicy is the statefulSet pod management policy.
 */
podManagementPolicy?: string
/**
 * TopologySpreadConstraints are the topology spread constraints for the pod.
 */
topologySpreadConstraints?: unknown[]
}
/**
 * Security options for the etcd pods.
 */
export interface ControlPlaneSecurity {
/**
 * PodSecurityContext specifies security context options on the pod level.
 */
podSecurityContext?: {

}
/**
 * ContainerSecurityContext specifies security context options on the container level.
 */
containerSecurityContext?: {

}
}
/**
 * Persistence options for the etcd pods.
 */
export interface ExternalEtcdPersistence {
volumeClaim?: ExternalEtcdPersistenceVolumeClaim
/**
 * VolumeClaimTemplates defines the volumeClaimTemplates for the statefulSet
 */
volumeClaimTemplates?: {

}[]
/**
 * AddVolumes defines extra volumes for the pod
 */
addVolumes?: {

}[]
/**
 * AddVolumeMounts defines extra volume mounts for the container
 */
addVolumeMounts?: VolumeMount[]
}
/**
 * VolumeClaim can be used to configure the persistent volume claim.
 */
export interface ExternalEtcdPersistenceVolumeClaim {
/**
 * Enabled enables deploying a persistent volume claim.
 */
enabled?: boolean
/**
 * AccessModes are the persistent volume claim access modes.
 */
accessModes?: string[]
/**
 * RetentionPolicy is the persistent volume claim retention policy.
 */
retentionPolicy?: string
/**
 * Size is the persistent volume claim storage size.
 */
size?: string
/**
 * StorageClass is the persistent volume claim storage class.
 */
storageClass?: string
}
/**
 * VolumeMount describes a mounting of a Volume within a container.
 */
export interface VolumeMount {
/**
 * This must match the Name of a Volume.
 */
name?: string
/**
 * Mounted read-only if true, read-write otherwise (false or unspecified).
 * Defaults to false.
 */
readOnly?: boolean
/**
 * Path within the container at which the volume should be mounted.  Must
 * not contain ':'.
 */
mountPath?: string
/**
 * Path within the volume from which the container's volume should be mounted.
 * Defaults to "" (volume's root).
 */
subPath?: string
/**
 * mountPropagation determines how mounts are propagated from the host
 * to container and the other way around.
 * When not set, MountPropagationNone is used.
 * This field is beta in 1.10.
 */
mountPropagation?: string
/**
 * Expanded path within the volume from which the container's volume should be mounted.
 * Behaves similarly to SubPath but environment variable references $(VAR_NAME) are expanded using the container's environment.
 * Defaults to "" (volume's root).
 * SubPathExpr and SubPath are mutually exclusive.
 */
subPathExpr?: string
}
/**
 * Service holds options for the external etcd service.
 */
export interface EtcdDeployService {
/**
 * Enabled defines if the etcd service should be deployed
 */
enabled?: boolean
/**
 * Annotations are extra annotations for the external etcd service
 */
annotations?: {
[k: string]: string
}
}
/**
 * HeadlessService holds options for the external etcd headless service.
 */
export interface EtcdDeployHeadlessService {
/**
 * Annotations are extra annotations for the external etcd headless service
 */
annotations?: {
[k: string]: string
}
}
/**
 * External defines to use a self-hosted external etcd that is not deployed by the helm chart
 */
export interface EtcdExternal {
/**
 * Enabled defines if the external etcd should be used.
 */
enabled?: boolean
/**
 * Endpoint holds the endpoint of the external etcd server, e.g. my-example-service:2379
 */
endpoint?: string
tls?: EtcdExternalTLS
}
/**
 * TLS defines the tls configuration for the external etcd server
 */
export interface EtcdExternalTLS {
/**
 * CaFile is the path to the ca file
 */
caFile?: string
/**
 * CertFile is the path to the cert file
 */
certFile?: string
/**
 * KeyFile is the path to the key file
 */
keyFile?: string
}
/**
 * Database defines that a database backend should be used as the backend for the virtual cluster. This uses a project called kine under the hood which is a shim for bridging Kubernetes and relational databases.
 */
export interface Database {
embedded?: DatabaseKine
external?: ExternalDatabaseKine
}
/**
 * Embedded defines that an embedded database (sqlite) should be used as the backend for the virtual cluster
 */
export interface DatabaseKine {
/**
 * Enabled defines if the database should be used.
 */
enabled?: boolean
/**
 * DataSource is the kine dataSource to use for the database. This depends on the database format.
 * This is optional for the external database. Examples:
 * * mysql: mysql://username:password@tcp(hostname:3306)/vcluster
 * * postgres: postgres://username:password@hostname:5432/vcluster
 */
dataSource?: string
/**
 * IdentityProvider is the kine identity provider to use when generating temporary authentication tokens for enhanced security.
 * This is optional for the external database. Examples:
 * * aws: RDS IAM Authentication
 */
identityProvider?: string
/**
 * KeyFile is the key file to use for the database. This is optional.
 */
keyFile?: string
/**
 * CertFile is the cert file to use for the database. This is optional.
 */
certFile?: string
/**
 * CaFile is the ca file to use for the database. This is optional.
 */
caFile?: string
/**
 * ExtraArgs are additional arguments to pass to Kine.
 */
extraArgs?: string[]
}
/**
 * External defines that an external database should be used as the backend for the virtual cluster
 */
export interface ExternalDatabaseKine {
/**
 * Enabled defines if the database should be used.
 */
enabled?: boolean
/**
 * DataSource is the kine dataSource to use for the database. This depends on the database format.
 * This is optional for the external database. Examples:
 * * mysql: mysql://username:password@tcp(hostname:3306)/vcluster
 * * postgres: postgres://username:password@hostname:5432/vcluster
 */
dataSource?: string
/**
 * IdentityProvider is the kine identity provider to use when generating temporary authentication tokens for enhanced security.
 * This is optional for the external database. Examples:
 * * aws: RDS IAM Authentication
 */
identityProvider?: string
/**
 * KeyFile is the key file to use for the database. This is optional.
 */
keyFile?: string
/**
 * CertFile is the cert file to use for the database. This is optional.
 */
certFile?: string
/**
 * CaFile is the ca file to use for the database. This is optional.
 */
caFile?: string
/**
 * ExtraArgs are additional arguments to pass to Kine.
 */
extraArgs?: string[]
/**
 * Connector specifies a secret located in a connected vCluster Platform that contains database server connection information
 * to be used by Platform to create a database and database user for the vCluster.
 * and non-privileged user. A kine endpoint should be created using the database and user on Platform registration.
 * This is optional.
 */
connector?: string
}
/**
 * CoreDNS defines everything related to the coredns that is deployed and used within the vCluster.
 */
export interface CoreDNS {
/**
 * Enabled defines if coredns is enabled
 */
enabled?: boolean
/**
 * Embedded defines if vCluster will start the embedded coredns service within the control-plane and not as a separate deployment. This is a PRO feature.
 */
embedded?: boolean
security?: ControlPlaneSecurity1
service?: CoreDNSService
deployment?: CoreDNSDeployment
/**
 * OverwriteConfig can be used to overwrite the coredns config
 */
overwriteConfig?: string
/**
 * OverwriteManifests can be used to overwrite the coredns manifests used to deploy coredns
 */
overwriteManifests?: string
/**
 * PriorityClassName specifies the priority class name for the CoreDNS pods.
 */
priorityClassName?: string
}
/**
 * Security defines pod or container security context.
 */
export interface ControlPlaneSecurity1 {
/**
 * PodSecurityContext specifies security context options on the pod level.
 */
podSecurityContext?: {

}
/**
 * ContainerSecurityContext specifies security context options on the container level.
 */
containerSecurityContext?: {

}
}
/**
 * Service holds extra options for the coredns service deployed within the virtual cluster
 */
export interface CoreDNSService {
/**
 * Spec holds extra options for the coredns service
 */
spec?: {

}
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * Deployment holds extra options for the coredns deployment deployed within the virtual cluster
 */
export interface CoreDNSDeployment {
/**
 * Image is the coredns image to use
 */
image?: string
/**
 * Replicas is the amount of coredns pods to run.
 */
replicas?: number
/**
 * NodeSelector is the node selector to use for coredns.
 */
nodeSelector?: {
[k: string]: string
}
/**
 * Affinity is the affinity to apply to the pod.
 */
affinity?: {

}
/**
 * Tolerations are the tolerations to apply to the pod.
 */
tolerations?: {

}[]
resources?: Resources2
pods?: LabelsAndAnnotations1
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
/**
 * TopologySpreadConstraints are the topology spread constraints for the CoreDNS pod.
 */
topologySpreadConstraints?: unknown[]
}
/**
 * Resources are the desired resources for coredns.
 */
export interface Resources2 {
/**
 * Limits are resource limits for the container
 */
limits?: {

}
/**
 * Requests are minimal resources that will be consumed by the container
 */
requests?: {

}
}
/**
 * Pods is additional metadata for the coredns pods.
 */
export interface LabelsAndAnnotations1 {
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * Proxy defines options for the virtual cluster control plane proxy that is used to do authentication and intercept requests.
 */
export interface ControlPlaneProxy {
/**
 * BindAddress under which vCluster will expose the proxy.
 */
bindAddress?: string
/**
 * Port under which vCluster will expose the proxy. Changing port is currently not supported.
 */
port?: number
/**
 * ExtraSANs are extra hostnames to sign the vCluster proxy certificate for.
 */
extraSANs?: string[]
}
/**
 * HostPathMapper defines if vCluster should rewrite host paths.
 */
export interface HostPathMapper {
/**
 * Enabled specifies if the host path mapper will be used
 */
enabled?: boolean
/**
 * Central specifies if the central host path mapper will be used
 */
central?: boolean
}
/**
 * Ingress defines options for vCluster ingress deployed by Helm.
 */
export interface ControlPlaneIngress {
/**
 * Enabled defines if the control plane ingress should be enabled
 */
enabled?: boolean
/**
 * Host is the host where vCluster will be reachable
 */
host?: string
/**
 * PathType is the path type of the ingress
 */
pathType?: string
/**
 * Spec allows you to configure extra ingress options.
 */
spec?: {

}
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * TLSRoute defines options for vCluster TLS route deployed by Helm.
 */
export interface ControlPlaneTLSRoute {
/**
 * Enabled defines if the control plane should be exposed via a gateway api tls route. Make sure to enable tls passthrough in the gateway via tls.mode to "Passthrough"
 */
enabled?: boolean
/**
 * APIVersion is the version of the gateway api tls route.
 */
apiVersion?: string
/**
 * Host is the host where vCluster will be reachable
 */
host?: string
/**
 * ParentRefs are the parent references for the TLS route
 */
parentRefs?: {

}[]
/**
 * Spec allows you to configure extra tls route options.
 */
spec?: {

}
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * Service defines options for vCluster service deployed by Helm.
 */
export interface ControlPlaneService {
/**
 * Enabled defines if the control plane service should be enabled
 */
enabled?: boolean
/**
 * Spec allows you to configure extra service options.
 */
spec?: {

}
/**
 * KubeletNodePort is the node port where the fake kubelet is exposed. Defaults to 0.
 */
kubeletNodePort?: number
/**
 * HTTPSNodePort is the node port where https is exposed. Defaults to 0.
 */
httpsNodePort?: number
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * StatefulSet defines options for vCluster statefulSet deployed by Helm.
 */
export interface ControlPlaneStatefulSet {
highAvailability?: ControlPlaneHighAvailability
resources?: Resources3
scheduling?: ControlPlaneScheduling1
security?: ControlPlaneSecurity2
probes?: ControlPlaneProbes
persistence?: ControlPlanePersistence
/**
 * EnableServiceLinks for the StatefulSet pod
 */
enableServiceLinks?: boolean
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
pods?: LabelsAndAnnotations2
image?: Image3
/**
 * ImagePullPolicy is the policy how to pull the image.
 */
imagePullPolicy?: string
/**
 * WorkingDir specifies in what folder the main process should get started.
 */
workingDir?: string
/**
 * Command allows you to override the main command.
 */
command?: string[]
/**
 * Args allows you to override the main arguments.
 */
args?: string[]
/**
 * Env are additional environment variables for the statefulSet container.
 */
env?: {

}[]
/**
 * Set DNS policy for the pod.
 */
dnsPolicy?: string
dnsConfig?: PodDNSConfig
/**
 * InitContainers are additional init containers for the statefulSet.
 */
initContainers?: unknown[]
/**
 * SidecarContainers are additional sidecar containers for the statefulSet.
 */
sidecarContainers?: unknown[]
/**
 * HostAliases allows you to add custom entries to the /etc/hosts file of each Pod created.
 */
hostAliases?: HostAlias[]
/**
 * RuntimeClassName is the runtime class to set for the statefulSet pods.
 */
runtimeClassName?: string
}
/**
 * HighAvailability holds options related to high availability.
 */
export interface ControlPlaneHighAvailability {
/**
 * Replicas is the amount of replicas to use for the statefulSet.
 */
replicas?: number
/**
 * LeaseDuration is the time to lease for the leader.
 */
leaseDuration?: number
/**
 * RenewDeadline is the deadline to renew a lease for the leader.
 */
renewDeadline?: number
/**
 * RetryPeriod is the time until a replica will retry to get a lease.
 */
retryPeriod?: number
}
/**
 * Resources are the resource requests and limits for the statefulSet container.
 */
export interface Resources3 {
/**
 * Limits are resource limits for the container
 */
limits?: {

}
/**
 * Requests are minimal resources that will be consumed by the container
 */
requests?: {

}
}
/**
 * Scheduling holds options related to scheduling.
 */
export interface ControlPlaneScheduling1 {
/**
 * NodeSelector is the node selector to apply to the pod.
 */
nodeSelector?: {

}
/**
 * Affinity is the affinity to apply to the pod.
 */
affinity?: {

}
/**
 * Tolerations are the tolerations to apply to the pod.
 */
tolerations?: {

}[]
/**
 * PriorityClassName is the priority class name for the the pod.
 */
priorityClassName?: string
/**
 * PodManagementPolicy is the statefulSet pod management policy.
 */
podManagementPolicy?: string
/**
 * TopologySpreadConstraints are the topology spread constraints for the pod.
 */
topologySpreadConstraints?: unknown[]
}
/**
 * Security defines pod or container security context.
 */
export interface ControlPlaneSecurity2 {
/**
 * PodSecurityContext specifies security context options on the pod level.
 */
podSecurityContext?: {

}
/**
 * ContainerSecurityContext specifies security context options on the container level.
 */
containerSecurityContext?: {

}
}
/**
 * Probes enables or disables the main container probes.
 */
export interface ControlPlaneProbes {
livenessProbe?: LivenessProbe
readinessProbe?: ReadinessProbe
startupProbe?: StartupProbe
}
/**
 * LivenessProbe specifies if the liveness probe for the container should be enabled
 */
export interface LivenessProbe {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Number of consecutive failures for the probe to be considered failed
 */
failureThreshold?: number
/**
 * Time (in seconds) to wait before starting the liveness probe
 */
initialDelaySeconds?: number
/**
 * Maximum duration (in seconds) that the probe will wait for a response.
 */
timeoutSeconds?: number
/**
 * Frequency (in seconds) to perform the probe
 */
periodSeconds?: number
}
/**
 * ReadinessProbe specifies if the readiness probe for the container should be enabled
 */
export interface ReadinessProbe {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Number of consecutive failures for the probe to be considered failed
 */
failureThreshold?: number
/**
 * Maximum duration (in seconds) that the probe will wait for a response.
 */
timeoutSeconds?: number
/**
 * Frequency (in seconds) to perform the probe
 */
periodSeconds?: number
}
/**
 * StartupProbe specifies if the startup probe for the container should be enabled
 */
export interface StartupProbe {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * Number of consecutive failures allowed before failing the pod
 */
failureThreshold?: number
/**
 * Maximum duration (in seconds) that the probe will wait for a response.
 */
timeoutSeconds?: number
/**
 * Frequency (in seconds) to perform the probe
 */
periodSeconds?: number
}
/**
 * Persistence defines options around persistence for the statefulSet.
 */
export interface ControlPlanePersistence {
volumeClaim?: VolumeClaim
/**
 * VolumeClaimTemplates defines the volumeClaimTemplates for the statefulSet
 */
volumeClaimTemplates?: {

}[]
/**
 * Allows you to override the dataVolume. Only works correctly if volumeClaim.enabled=false.
 */
dataVolume?: {

}[]
/**
 * BinariesVolume defines a binaries volume that is used to retrieve
 * distro specific executables to be run by the syncer controller.
 * This volume doesn't need to be persistent.
 */
binariesVolume?: {

}[]
/**
 * AddVolumes defines extra volumes for the pod
 */
addVolumes?: {

}[]
/**
 * AddVolumeMounts defines extra volume mounts for the container
 */
addVolumeMounts?: VolumeMount[]
}
/**
 * VolumeClaim can be used to configure the persistent volume claim.
 */
export interface VolumeClaim {
/**
 * Enabled enables deploying a persistent volume claim. If auto, vCluster will automatically determine
 * based on the chosen distro and other options if this is required.
 */
enabled?: (string | boolean)
/**
 * AccessModes are the persistent volume claim access modes.
 */
accessModes?: string[]
/**
 * RetentionPolicy is the persistent volume claim retention policy.
 */
retentionPolicy?: string
/**
 * Size is the persistent volume claim storage size.
 */
size?: string
/**
 * StorageClass is the persistent volume claim storage class.
 */
storageClass?: string
}
/**
 * Additional labels or annotations for the statefulSet pods.
 */
export interface LabelsAndAnnotations2 {
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * Image is the image for the controlPlane statefulSet container
 * It defaults to the vCluster pro repository that includes the optional pro modules that are turned off by default.
 * If you still want to use the pure OSS build, set the repository to 'loft-sh/vcluster-oss'.
 */
export interface Image3 {
/**
 * Registry is the registry of the container image, e.g. my-registry.com or ghcr.io. This setting can be globally
 * overridden via the controlPlane.advanced.defaultImageRegistry option. Empty means docker hub.
 */
registry?: string
/**
 * Repository is the repository of the container image, e.g. my-repo/my-image
 */
repository?: string
/**
 * Tag is the tag of the container image, and is the default version.
 */
tag?: string
}
/**
 * Specifies the DNS parameters of a pod.
 */
export interface PodDNSConfig {
/**
 * A list of DNS name server IP addresses.
 * This will be appended to the base nameservers generated from DNSPolicy.
 * Duplicated nameservers will be removed.
 * +optional
 * +listType=atomic
 */
nameservers?: string[]
/**
 * A list of DNS search domains for host-name lookup.
 * This will be appended to the base search paths generated from DNSPolicy.
 * Duplicated search paths will be removed.
 * +optional
 * +listType=atomic
 */
searches?: string[]
/**
 * A list of DNS resolver options.
 * This will be merged with the base options generated from DNSPolicy.
 * Duplicated entries will be removed. Resolution options given in Options
 * will override those that appear in the base DNSPolicy.
 * +optional
 * +listType=atomic
 */
options?: PodDNSConfigOption[]
}
/**
 * PodDNSConfigOption defines DNS resolver options of a pod.
 */
export interface PodDNSConfigOption {
/**
 * Required.
 */
name?: string
/**
 * +optional
 */
value?: string
}
export interface HostAlias {
ip?: string
hostnames?: string[]
}
/**
 * ServiceMonitor can be used to automatically create a service monitor for vCluster deployment itself.
 */
export interface ServiceMonitor {
/**
 * Enabled configures if Helm should create the service monitor.
 */
enabled?: boolean
/**
 * Labels are the extra labels to add to the service monitor.
 */
labels?: {
[k: string]: string
}
/**
 * Annotations are the extra annotations to add to the service monitor.
 */
annotations?: {
[k: string]: string
}
}
/**
 * Advanced holds additional configuration for the vCluster control plane.
 */
export interface ControlPlaneAdvanced {
/**
 * DefaultImageRegistry will be used as a prefix for all internal images deployed by vCluster or Helm. This makes it easy to
 * upload all required vCluster images to a single private repository and set this value. Workload images are not affected by this.
 */
defaultImageRegistry?: string
virtualScheduler?: EnableSwitch11
serviceAccount?: ControlPlaneServiceAccount
workloadServiceAccount?: ControlPlaneWorkloadServiceAccount
headlessService?: ControlPlaneHeadlessService
konnectivity?: Konnectivity
registry?: Registry
cloudControllerManager?: CloudControllerManager
globalMetadata?: ControlPlaneGlobalMetadata
kubeVip?: KubeVip
podDisruptionBudget?: PodDisruptionBudget
}
/**
 * VirtualScheduler defines if a scheduler should be used within the virtual cluster or the scheduling decision for workloads will be made by the host cluster.
 * Deprecated: Use ControlPlane.Distro.K8S.Scheduler instead.
 */
export interface EnableSwitch11 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * ServiceAccount specifies options for the vCluster control plane service account.
 */
export interface ControlPlaneServiceAccount {
/**
 * Enabled specifies if the service account should get deployed.
 */
enabled?: boolean
/**
 * Name specifies what name to use for the service account.
 */
name?: string
/**
 * ImagePullSecrets defines extra image pull secrets for the service account.
 */
imagePullSecrets?: ImagePullSecretName[]
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
export interface ImagePullSecretName {
/**
 * Name of the image pull secret to use.
 */
name?: string
}
/**
 * WorkloadServiceAccount specifies options for the service account that will be used for the workloads that run within the virtual cluster.
 */
export interface ControlPlaneWorkloadServiceAccount {
/**
 * Enabled specifies if the service account for the workloads should get deployed.
 */
enabled?: boolean
/**
 * Name specifies what name to use for the service account for the virtual cluster workloads.
 */
name?: string
/**
 * ImagePullSecrets defines extra image pull secrets for the workload service account.
 */
imagePullSecrets?: ImagePullSecretName[]
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * HeadlessService specifies options for the headless service used for the vCluster StatefulSet.
 */
export interface ControlPlaneHeadlessService {
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
/**
 * Konnectivity holds dedicated konnectivity configuration. This is only available when privateNodes.enabled is true.
 */
export interface Konnectivity {
server?: KonnectivityServer
agent?: KonnectivityAgent
}
/**
 * Server holds configuration for the konnectivity server.
 */
export interface KonnectivityServer {
/**
 * Enabled defines if the konnectivity server should be enabled.
 */
enabled?: boolean
/**
 * ExtraArgs are additional arguments to pass to the konnectivity server.
 */
extraArgs?: string[]
}
/**
 * Agent holds configuration for the konnectivity agent.
 */
export interface KonnectivityAgent {
/**
 * Enabled defines if the konnectivity agent should be enabled.
 */
enabled?: boolean
/**
 * Replicas is the number of replicas for the konnectivity agent.
 */
replicas?: number
/**
 * Image is the image for the konnectivity agent.
 */
image?: string
/**
 * ImagePullPolicy is the policy how to pull the image.
 */
imagePullPolicy?: string
/**
 * NodeSelector is the node selector for the konnectivity agent.
 */
nodeSelector?: {
[k: string]: string
}
/**
 * PriorityClassName is the priority class name for the konnectivity agent.
 */
priorityClassName?: string
/**
 * Tolerations is the tolerations for the konnectivity agent.
 */
tolerations?: unknown[]
/**
 * ExtraEnv is the extra environment variables for the konnectivity agent.
 */
extraEnv?: unknown[]
/**
 * ExtraArgs are additional arguments to pass to the konnectivity agent.
 */
extraArgs?: string[]
}
/**
 * Registry allows enabling an embedded docker image registry in vCluster. This is useful for air-gapped environments or when you don't have a public registry available to distribute images.
 */
export interface Registry {
/**
 * Enabled defines if the embedded registry should be enabled.
 */
enabled?: boolean
/**
 * AnonymousPull allows enabling anonymous pull for the embedded registry. This allows anybody to pull images from the registry without authentication.
 */
anonymousPull?: boolean
/**
 * Config is the regular docker registry config. See https://distribution.github.io/distribution/about/configuration/ for more details.
 */
config?: {
[k: string]: unknown
}
}
/**
 * CloudControllerManager holds configuration for the embedded cloud controller manager. This is only available when private nodes are enabled.
 * The cloud controller manager is responsible for setting the node's ip addresses as well as the provider id for the node and other node metadata.
 */
export interface CloudControllerManager {
/**
 * Enabled defines if the embedded cloud controller manager should be enabled. This defaults to true, but can be disabled if you want to use
 * an external cloud controller manager such as AWS or GCP. The cloud controller manager is responsible for setting the node's ip addresses as well
 * as the provider id for the node and other node metadata.
 */
enabled?: boolean
}
/**
 * GlobalMetadata is metadata that will be added to all resources deployed by Helm.
 */
export interface ControlPlaneGlobalMetadata {
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
}
/**
 * KubeVip holds configuration for embedded kube-vip that announces the virtual cluster endpoint IP on layer 2.
 */
export interface KubeVip {
/**
 * Enabled defines if embedded kube-vip should be enabled.
 */
enabled?: boolean
/**
 * Interface is the network interface on which the VIP is announced.
 */
interface?: string
/**
 * Gateway is the gateway address in CIDR notation (e.g., 10.100.0.1/24).
 * This is used to configure policy-based routing for the VIP and must include the subnet prefix.
 */
gateway?: string
}
/**
 * PodDisruptionBudget limits how many pods of an application can be voluntarily disrupted at once
 * to ensure availability during maintenance or scaling operations.
 */
export interface PodDisruptionBudget {
/**
 * Enabled defines if the pod disruption budget should be enabled.
 */
enabled?: boolean
/**
 * MinAvailable describes the minimal number or percentage of available pods.
 */
minAvailable?: {
[k: string]: unknown
}
/**
 * MaxUnavailable describes the minimal number or percentage of unavailable pods.
 */
maxUnavailable?: {
[k: string]: unknown
}
/**
 * UnhealthyPodEvictionPolicy defines the criteria when unhealthy pods should be considered for eviction.
 * Currently supported values are:
 * * IfHealthyBudget - pods that are in the Running phase but not yet healthy are considered disrupted
 * 	and may be evicted even if the PodDisruptionBudget criteria are not met.
 * * AlwaysAllow - pods that are in the Running phase but not yet healthy are considered disrupted
 * 	and can be evicted regardless of whether the criteria in a PDB is met.
 */
unhealthyPodEvictionPolicy?: string
}
/**
 * PrivateNodes holds configuration for vCluster private nodes mode.
 */
export interface PrivateNodes {
/**
 * Enabled defines if dedicated nodes should be enabled.
 */
enabled?: boolean
kubelet?: Kubelet
autoUpgrade?: AutoUpgrade
joinNode?: JoinConfiguration
/**
 * AutoNodes stores auto nodes configuration.
 */
autoNodes?: PrivateNodesAutoNodes[]
vpn?: PrivateNodesVPN
daemon?: PrivateNodesDaemon
/**
 * DefaultProfile is the name of a NodeProfile applied to nodes joining this vCluster that do not select one explicitly. Overridden by per-pool or per-node selection. Requires a platform connection to resolve.
 */
defaultProfile?: string
}
/**
 * Kubelet holds kubelet configuration that is used for all nodes.
 */
export interface Kubelet {
/**
 * Config is the config for the kubelet that will be merged into the default kubelet config. More information can be found here:
 * https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/#kubelet-config-k8s-io-v1beta1-KubeletConfiguration
 */
config?: {

}
}
/**
 * AutoUpgrade holds configuration for auto upgrade.
 */
export interface AutoUpgrade {
/**
 * Enabled defines if auto upgrade should be enabled.
 */
enabled?: boolean
/**
 * Image is the image for the auto upgrade pod started by vCluster. If empty defaults to the controlPlane.statefulSet.image.
 */
image?: string
/**
 * ImagePullPolicy is the policy how to pull the image.
 */
imagePullPolicy?: string
/**
 * NodeSelector is the node selector for the auto upgrade. If empty will select all worker nodes.
 */
nodeSelector?: {
[k: string]: string
}
/**
 * BinariesPath is the base path for the kubeadm binaries. Defaults to /usr/local/bin
 */
binariesPath?: string
/**
 * CNIBinariesPath is the base path for the CNI binaries. Defaults to /opt/cni/bin
 */
cniBinariesPath?: string
/**
 * Concurrency is the number of nodes that can be upgraded at the same time.
 */
concurrency?: number
/**
 * PodSecurityContext specifies security context options on the pod level for the upgrade pod.
 */
podSecurityContext?: {

}
/**
 * ContainerSecurityContext specifies security context options on the container level for the upgrade container.
 */
containerSecurityContext?: {

}
}
/**
 * JoinNode holds configuration specifically used during joining the node (see "kubeadm join").
 */
export interface JoinConfiguration {
/**
 * PreInstallCommands are commands that will be executed before containerd, kubelet etc. is installed.
 */
preInstallCommands?: string[]
/**
 * PreJoinCommands are commands that will be executed before kubeadm join is executed.
 */
preJoinCommands?: string[]
/**
 * PostJoinCommands are commands that will be executed after kubeadm join is executed.
 */
postJoinCommands?: string[]
containerd?: ContainerdJoin1
/**
 * CACertPath is the path to the SSL certificate authority used to
 * secure communications between node and control-plane.
 * Defaults to "/etc/kubernetes/pki/ca.crt".
 */
caCertPath?: string
/**
 * SkipPhases is a list of phases to skip during command execution.
 * The list of phases can be obtained with the "kubeadm join --help" command.
 */
skipPhases?: string[]
nodeRegistration?: NodeRegistration1
}
/**
 * Containerd holds configuration for the containerd join process.
 */
export interface ContainerdJoin1 {
/**
 * Enabled defines if containerd should be installed and configured by vCluster.
 */
enabled?: boolean
registry?: ContainerdRegistry
/**
 * PauseImage is the image for the pause container.
 */
pauseImage?: string
}
/**
 * NodeRegistration holds configuration for the node registration similar to the kubeadm node registration.
 */
export interface NodeRegistration1 {
/**
 * CRI socket is the socket for the CRI.
 */
criSocket?: string
/**
 * KubeletExtraArgs passes through extra arguments to the kubelet. The arguments here are passed to the kubelet command line via the environment file
 * kubeadm writes at runtime for the kubelet to source. This overrides the generic base-level configuration in the kubelet-config ConfigMap
 * Flags have higher priority when parsing. These values are local and specific to the node kubeadm is executing on.
 * An argument name in this list is the flag name as it appears on the command line except without leading dash(es).
 * Extra arguments will override existing default arguments. Duplicate extra arguments are allowed.
 */
kubeletExtraArgs?: KubeletExtraArg[]
/**
 * Taints are additional taints to set for the kubelet.
 */
taints?: KubeletJoinTaint[]
/**
 * IgnorePreflightErrors provides a slice of pre-flight errors to be ignored when the current node is registered, e.g. 'IsPrivilegedUser,Swap'.
 * Value 'all' ignores errors from all checks.
 */
ignorePreflightErrors?: string[]
/**
 * ImagePullPolicy specifies the policy for image pulling during kubeadm "init" and "join" operations.
 * The value of this field must be one of "Always", "IfNotPresent" or "Never".
 * If this field is unset kubeadm will default it to "IfNotPresent", or pull the required images if not present on the host.
 */
imagePullPolicy?: string
}
/**
 * PrivateNodesAutoNodes defines auto nodes
 */
export interface PrivateNodesAutoNodes {
/**
 * Provider is the node provider of the nodes in this pool.
 */
provider: string
/**
 * Properties are the node provider properties. This is a simple key value map and can contain things
 * like region, subscription, etc. that is then used by the node provider to create the nodes and node environment.
 */
properties?: {
[k: string]: string
}
/**
 * Static defines static node pools. Static node pools have a fixed size and are not scaled automatically.
 */
static?: StaticNodePool[]
/**
 * Dynamic defines dynamic node pools. Dynamic node pools are scaled automatically based on the requirements within the cluster.
 * Karpenter is used under the hood to handle the scheduling of the nodes.
 */
dynamic?: DynamicNodePool[]
}
export interface StaticNodePool {
/**
 * Name is the name of this static nodePool
 */
name: string
/**
 * NodeTypeSelector filters the types of nodes that can be provisioned by this pool.
 * All requirements must be met for a node type to be eligible.
 */
nodeTypeSelector?: Requirement[]
/**
 * Taints are the taints to apply to the nodes in this pool.
 */
taints?: KubeletJoinTaint[]
/**
 * NodeLabels are the labels to apply to the nodes in this pool.
 */
nodeLabels?: {
[k: string]: string
}
/**
 * TerminationGracePeriod is the maximum duration the controller will wait before forcefully deleting the pods on a node, measured from when deletion is first initiated.
 * 
 * Warning: this feature takes precedence over a Pod's terminationGracePeriodSeconds value, and bypasses any blocked PDBs or the karpenter.sh/do-not-disrupt annotation.
 * 
 * This field is intended to be used by cluster administrators to enforce that nodes can be cycled within a given time period.
 * When set, drifted nodes will begin draining even if there are pods blocking eviction. Draining will respect PDBs and the do-not-disrupt annotation until the TGP is reached.
 * 
 * Karpenter will preemptively delete pods so their terminationGracePeriodSeconds align with the node's terminationGracePeriod.
 * If a pod would be terminated without being granted its full terminationGracePeriodSeconds prior to the node timeout,
 * that pod will be deleted at T = node timeout - pod terminationGracePeriodSeconds.
 * 
 * The feature can also be used to allow maximum time limits for long-running jobs which can delay node termination with preStop hooks.
 * Defaults to 30s. Set to Never to wait indefinitely for pods to be drained.
 */
terminationGracePeriod?: string
/**
 * Quantity is the number of desired nodes in this pool.
 */
quantity: number
/**
 * Profile references a NodeProfile applied to nodes created by this pool.
 */
profile?: string
}
export interface DynamicNodePool {
/**
 * Name is the name of this NodePool
 */
name: string
/**
 * NodeTypeSelector filters the types of nodes that can be provisioned by this pool.
 * All requirements must be met for a node type to be eligible.
 */
nodeTypeSelector?: Requirement[]
/**
 * Taints are the taints to apply to the nodes in this pool.
 */
taints?: KubeletJoinTaint[]
/**
 * NodeLabels are the labels to apply to the nodes in this pool.
 */
nodeLabels?: {
[k: string]: string
}
/**
 * Limits specify the maximum resources that can be provisioned by this node pool,
 * mapping to the 'limits' field in Karpenter's NodePool API.
 */
limits?: {
[k: string]: string
}
disruption?: DynamicNodePoolDisruption
/**
 * TerminationGracePeriod is the maximum duration the controller will wait before forcefully deleting the pods on a node, measured from when deletion is first initiated.
 * 
 * Warning: this feature takes precedence over a Pod's terminationGracePeriodSeconds value, and bypasses any blocked PDBs or the karpenter.sh/do-not-disrupt annotation.
 * 
 * This field is intended to be used by cluster administrators to enforce that nodes can be cycled within a given time period.
 * When set, drifted nodes will begin draining even if there are pods blocking eviction. Draining will respect PDBs and the do-not-disrupt annotation until the TGP is reached.
 * 
 * Karpenter will preemptively delete pods so their terminationGracePeriodSeconds align with the node's terminationGracePeriod.
 * If a pod would be terminated without being granted its full terminationGracePeriodSeconds prior to the node timeout,
 * that pod will be deleted at T = node timeout - pod terminationGracePeriodSeconds.
 * 
 * The feature can also be used to allow maximum time limits for long-running jobs which can delay node termination with preStop hooks.
 * Defaults to 30s. Set to Never to wait indefinitely for pods to be drained.
 */
terminationGracePeriod?: string
/**
 * The amount of time a Node can live on the cluster before being removed
 */
expireAfter?: string
/**
 * Weight is the weight of this node pool.
 */
weight?: number
/**
 * Profile references a NodeProfile applied to nodes created by this pool.
 */
profile?: string
}
/**
 * Disruption contains the parameters that relate to Karpenter's disruption logic
 */
export interface DynamicNodePoolDisruption {
/**
 * ConsolidateAfter is the duration the controller will wait
 * before attempting to terminate nodes that are underutilized.
 * Refer to ConsolidationPolicy for how underutilization is considered.
 */
consolidateAfter?: string
/**
 * ConsolidationPolicy describes which nodes Karpenter can disrupt through its consolidation
 * algorithm. This policy defaults to "WhenEmptyOrUnderutilized" if not specified
 */
consolidationPolicy?: string
/**
 * Budgets is a list of Budgets.
 * If there are multiple active budgets, Karpenter uses
 * the most restrictive value. If left undefined,
 * this will default to one budget with a value to 10%.
 */
budgets?: DynamicNodePoolDisruptionBudget[]
}
export interface DynamicNodePoolDisruptionBudget {
/**
 * Nodes dictates the maximum number of NodeClaims owned by this NodePool
 * that can be terminating at once. This is calculated by counting nodes that
 * have a deletion timestamp set, or are actively being deleted by Karpenter.
 * This field is required when specifying a budget.
 */
nodes?: string
/**
 * Schedule specifies when a budget begins being active, following
 * the upstream cronjob syntax. If omitted, the budget is always active.
 * Timezones are not supported.
 */
schedule?: string
/**
 * Duration determines how long a Budget is active since each Schedule hit.
 * Only minutes and hours are accepted, as cron does not work in seconds.
 * If omitted, the budget is always active.
 * This is required if Schedule is set.
 */
duration?: string
}
/**
 * VPN holds configuration for the private nodes vpn. This can be used to connect the private nodes to the control plane or
 * connect the private nodes to each other if they are not running in the same network. Platform connection is required for the vpn to work.
 */
export interface PrivateNodesVPN {
/**
 * Enabled defines if the private nodes vpn should be enabled.
 */
enabled?: boolean
nodeToNode?: PrivateNodesVPNNodeToNode
}
/**
 * NodeToNode holds configuration for the node to node vpn. This can be used to connect the private nodes to each other if they are not running in the same network.
 */
export interface PrivateNodesVPNNodeToNode {
/**
 * Enabled defines if the node to node vpn should be enabled.
 */
enabled?: boolean
}
/**
 * Daemon holds configuration for the private nodes daemon that is deployed on the nodes.
 */
export interface PrivateNodesDaemon {
/**
 * Enabled defines if the private nodes daemon should be enabled.
 */
enabled?: boolean
controlPlaneLoadBalancer?: ControlPlaneLoadBalancer
}
/**
 * ControlPlaneLoadBalancer holds configuration for the control plane load balancer. This is used to load balance the control plane traffic on the node to the control plane nodes.
 * This is useful to achieve true high availability for the control plane without having to deploy a separate load balancer.
 */
export interface ControlPlaneLoadBalancer {
/**
 * Enabled defines if the control plane load balancer should be enabled. The control plane load balancer is used to load balance the control plane traffic on the node to the control plane nodes.
 */
enabled?: boolean
/**
 * KubeProxy defines if the kube proxy should be proxied through the control plane load balancer as well.
 */
kubeProxy?: boolean
/**
 * Port defines the port for the control plane load balancer.
 */
port?: number
}
/**
 * RBAC options for the virtual cluster.
 */
export interface RBAC {
role?: RBACRole
clusterRole?: RBACClusterRole
enableVolumeSnapshotRules?: EnableAutoSwitch
}
/**
 * Role holds virtual cluster role configuration
 */
export interface RBACRole {
/**
 * Enabled defines if the role should be enabled or disabled.
 */
enabled?: boolean
/**
 * ExtraRules will add rules to the role.
 */
extraRules?: {

}[]
/**
 * OverwriteRules will overwrite the role rules completely.
 */
overwriteRules?: {

}[]
}
/**
 * ClusterRole holds virtual cluster cluster role configuration
 */
export interface RBACClusterRole {
/**
 * Enabled defines if the cluster role should be enabled or disabled. If auto, vCluster automatically determines whether the virtual cluster requires a cluster role.
 */
enabled?: (string | boolean)
/**
 * ExtraRules will add rules to the cluster role.
 */
extraRules?: {

}[]
/**
 * OverwriteRules will overwrite the cluster role rules completely.
 */
overwriteRules?: {

}[]
}
/**
 * EnableVolumeSnapshotRules enables all required volume snapshot rules in the Role and
 * ClusterRole.
 * Deprecated: Removed in 0.36.0. Setting this value is rejected by the Helm chart; remove it from your config.
 */
export interface EnableAutoSwitch {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: (string | boolean)
}
/**
 * Experimental features for vCluster. Configuration here might change, so be careful with this.
 */
export interface Experimental {
deploy?: ExperimentalDeploy
syncSettings?: ExperimentalSyncSettings
virtualClusterKubeConfig?: VirtualClusterKubeConfig
/**
 * DenyProxyRequests denies certain requests in the vCluster proxy.
 */
denyProxyRequests?: DenyRule[]
proxy?: Proxy
docker?: ExperimentalDocker
/**
 * NodeMonitors allows you to create a service monitor for each node.
 */
nodeMonitors?: ExperimentalNodeMonitor[]
}
/**
 * Deploy allows you to configure manifests and Helm charts to deploy within the host or virtual cluster.
 */
export interface ExperimentalDeploy {
host?: ExperimentalDeployHost
vcluster?: ExperimentalDeployVCluster
}
/**
 * Host defines what manifests to deploy into the host cluster
 */
export interface ExperimentalDeployHost {
/**
 * Manifests are raw Kubernetes manifests that should get applied within the host cluster.
 */
manifests?: string
/**
 * ManifestsTemplate is a Kubernetes manifest template that will be rendered with vCluster values before applying it within the host cluster.
 */
manifestsTemplate?: string
}
/**
 * VCluster defines what manifests and charts to deploy into the vCluster
 */
export interface ExperimentalDeployVCluster {
/**
 * Manifests are raw Kubernetes manifests that should get applied within the virtual cluster.
 */
manifests?: string
/**
 * ManifestsTemplate is a Kubernetes manifest template that will be rendered with vCluster values before applying it within the virtual cluster.
 */
manifestsTemplate?: string
/**
 * Helm are Helm charts that should get deployed into the virtual cluster
 */
helm?: ExperimentalDeployHelm[]
}
export interface ExperimentalDeployHelm {
chart?: ExperimentalDeployHelmChart
release?: ExperimentalDeployHelmRelease
/**
 * Values defines what values should get used.
 */
values?: string
/**
 * Timeout defines the timeout for Helm
 */
timeout?: string
/**
 * Bundle allows to compress the Helm chart and specify this instead of an online chart
 */
bundle?: string
}
/**
 * Chart defines what chart should get deployed.
 */
export interface ExperimentalDeployHelmChart {
name?: string
repo?: string
insecure?: boolean
version?: string
username?: string
password?: string
}
/**
 * Release defines what release should get deployed.
 */
export interface ExperimentalDeployHelmRelease {
/**
 * Name of the release
 */
name?: string
/**
 * Namespace of the release
 */
namespace?: string
}
/**
 * SyncSettings are advanced settings for the syncer controller.
 */
export interface ExperimentalSyncSettings {
/**
 * SetOwner specifies if vCluster should set an owner reference on the synced objects to the vCluster service. This allows for easy garbage collection.
 */
setOwner?: boolean
/**
 * HostMetricsBindAddress is the bind address for the local manager
 */
hostMetricsBindAddress?: string
/**
 * VirtualMetricsBindAddress is the bind address for the virtual manager
 */
virtualMetricsBindAddress?: string
}
/**
 * VirtualClusterKubeConfig allows you to override distro specifics and specify where vCluster will find the required certificates and vCluster config.
 * Deprecated: Removed in 0.29.0.
 */
export interface VirtualClusterKubeConfig {
/**
 * KubeConfig is the virtual cluster kubeconfig path.
 */
kubeConfig?: string
/**
 * ServerCAKey is the server ca key path.
 */
serverCAKey?: string
/**
 * ServerCACert is the server ca cert path.
 */
serverCACert?: string
/**
 * ClientCACert is the client ca cert path.
 */
clientCACert?: string
/**
 * ClientCAKey is the client ca key path.
 */
clientCAKey?: string
/**
 * RequestHeaderCACert is the request header ca cert path.
 */
requestHeaderCACert?: string
}
export interface DenyRule {
/**
 * The name of the check.
 */
name?: string
/**
 * Namespace describe a list of namespaces that will be affected by the check.
 * An empty list means that all namespaces will be affected.
 * In case of ClusterScoped rules, only the Namespace resource is affected.
 */
namespaces?: string[]
/**
 * Rules describes on which verbs and on what resources/subresources the webhook is enforced.
 * The webhook is enforced if it matches any Rule.
 * The version of the request must match the rule version exactly. Equivalent matching is not supported.
 */
rules?: RuleWithVerbs[]
/**
 * ExcludedUsers describe a list of users for which the checks will be skipped.
 * Impersonation attempts on these users will still be subjected to the checks.
 */
excludedUsers?: string[]
}
export interface RuleWithVerbs {
/**
 * APIGroups is the API groups the resources belong to. '*' is all groups.
 */
apiGroups?: string[]
/**
 * APIVersions is the API versions the resources belong to. '*' is all versions.
 */
apiVersions?: string[]
/**
 * Resources is a list of resources this rule applies to.
 */
resources?: string[]
/**
 * Scope specifies the scope of this rule.
 */
scope?: string
/**
 * Verb is the kube verb associated with the request for API requests, not the http verb. This includes things like list and watch.
 * For non-resource requests, this is the lowercase http verb.
 * If '*' is present, the length of the slice must be one.
 */
operations?: string[]
}
/**
 * Proxy enables vCluster-to-vCluster proxying of resources
 */
export interface Proxy {
/**
 * CustomResources is a map of resource keys (format: "kind.apiGroup/version") to proxy configuration
 */
customResources?: {
[k: string]: CustomResourceProxy
}
}
export interface CustomResourceProxy {
/**
 * Enabled defines if this resource proxy should be enabled
 */
enabled?: boolean
targetVirtualCluster?: VirtualClusterRef
/**
 * AccessResources defines which resources should be accessible in the proxy.
 */
accessResources?: string
}
/**
 * TargetVirtualCluster is the target virtual cluster for the custom resource proxy
 */
export interface VirtualClusterRef {
/**
 * Name is the name of the target virtual cluster.
 */
name: string
/**
 * Project is the project of the target virtual cluster. If empty, defaults to the same project as the source vCluster.
 */
project?: string
}
/**
 * Docker allows you to configure Docker related settings when deploying a vCluster using Docker.
 */
export interface ExperimentalDocker {
/**
 * Image defines the image to use for the container. Defaults to ghcr.io/loft-sh/vm-container.
 */
image?: string
/**
 * Ports defines extra port mappings to be added to the container.
 */
ports?: string[]
/**
 * Volumes defines extra volumes to be added to the container.
 */
volumes?: string[]
/**
 * Env defines extra environment variables to be added to the container. Use key=value.
 */
env?: string[]
/**
 * Args defines extra arguments to be added to the docker run command of the container.
 */
args?: string[]
/**
 * Enabled defines if the vCluster was deployed using Docker. This is automatically set by vCluster and should not be set by the user.
 */
enabled?: boolean
/**
 * Network defines the network to use for the vCluster. If not specified, the a network will be created for the vCluster.
 */
network?: string
/**
 * Nodes defines the nodes of the vCluster.
 */
nodes?: ExperimentalDockerNode[]
registryProxy?: EnableSwitch12
loadBalancer?: ExperimentalDockerLoadBalancer
}
export interface ExperimentalDockerNode {
/**
 * Image defines the image to use for the container. Defaults to ghcr.io/loft-sh/vm-container.
 */
image?: string
/**
 * Ports defines extra port mappings to be added to the container.
 */
ports?: string[]
/**
 * Volumes defines extra volumes to be added to the container.
 */
volumes?: string[]
/**
 * Env defines extra environment variables to be added to the container. Use key=value.
 */
env?: string[]
/**
 * Args defines extra arguments to be added to the docker run command of the container.
 */
args?: string[]
/**
 * Name defines the name of the node. If not specified, a random name will be generated.
 */
name?: string
}
/**
 * Defines if docker images should be pulled from the host docker daemon. This prevents pulling images again and allows to
 * use purely local images. Only works if containerd image storage is used. For more information, see https://docs.docker.com/engine/storage/containerd
 */
export interface EnableSwitch12 {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
}
/**
 * Defines if vCluster should configure load balancer services inside the vCluster. This might require
 * sudo access on the host cluster for docker desktop or rancher desktop on macos.
 */
export interface ExperimentalDockerLoadBalancer {
/**
 * Enabled defines if this option should be enabled.
 */
enabled?: boolean
/**
 * ForwardPorts defines if the load balancer ips should be made available locally
 * via port forwarding. This will be only done if necessary for example on macos when using docker desktop.
 */
forwardPorts?: boolean
}
export interface ExperimentalNodeMonitor {
/**
 * Name is the name of the monitor. It will be suffixed with the node name.
 */
name?: string
/**
 * NodeSelector defines the node selector for the service monitor.
 */
nodeSelector?: {
[k: string]: string
}
/**
 * Endpoints is a list of endpoints to add to the service monitor. By default, vCluster will relabel the node and instance label to the node name.
 */
endpoints?: ExperimentalNodeServiceMonitorEndpoint[]
/**
 * Spec allows you to configure extra service monitor options that will be merged into the spec.
 */
spec?: {

}
/**
 * Annotations are extra annotations for this resource.
 */
annotations?: {
[k: string]: string
}
/**
 * Labels are extra labels for this resource.
 */
labels?: {
[k: string]: string
}
}
export interface ExperimentalNodeServiceMonitorEndpoint {
/**
 * Path is the kubelet path of the endpoint. vCluster will prepend /api/v1/nodes/NODE_NAME to the path.
 */
path?: string
/**
 * Params allows you to configure extra parameters to add to the endpoint.
 */
params?: {
[k: string]: string[]
}
/**
 * ExtraRelabelings allows you to configure extra relabelings to add to the endpoint. By default, vCluster will relabel the node and instance label to the node name.
 */
extraRelabelings?: {

}[]
/**
 * MetricsRelabelings allows you to configure extra metrics relabelings to add to the endpoint.
 */
metricsRelabelings?: {

}[]
/**
 * Interval is the interval at which to scrape the endpoint.
 */
interval?: string
/**
 * ScrapeTimeout is the timeout for the scrape of the endpoint.
 */
scrapeTimeout?: string
}
/**
 * Configuration related to telemetry gathered about vCluster usage.
 */
export interface Telemetry {
/**
 * Enabled specifies that the telemetry for the vCluster control plane should be enabled.
 */
enabled?: boolean
instanceCreator?: string
machineID?: string
platformUserID?: string
platformInstanceID?: string
}
/**
 * Logging provides structured logging options
 */
export interface Logging {
/**
 * Encoding specifies the format of vCluster logs, it can either be json or console.
 */
encoding?: string
}
/**
 * Sleep holds configuration for automatically putting the virtual cluster to sleep.
 */
export interface Sleep {
auto?: SleepAuto
}
/**
 * Auto holds automatic sleep configuration
 */
export interface SleepAuto {
/**
 * AfterInactivity represents how long a vCluster can be idle before workloads are automatically put to sleep
 */
afterInactivity?: string
/**
 * Schedule represents a cron schedule for when to sleep workloads
 */
schedule?: string
exclude?: SleepAutoExclusion
wakeup?: SleepAutoWakeup
/**
 * Timezone specifies time zone used for scheduled sleep operations. Defaults to UTC.
 * Accepts the same format as time.LoadLocation() in Go (https://pkg.go.dev/time#LoadLocation).
 * The value should be a location name corresponding to a file in the IANA Time Zone database, such as "America/New_York".
 * +optional
 */
timezone?: string
}
/**
 * Exclude holds configuration for labels that, if present, will prevent a workload from going to sleep
 */
export interface SleepAutoExclusion {
selector?: LabelSelector1
}
export interface LabelSelector1 {
/**
 * Labels defines what labels should be looked for
 */
labels?: {
[k: string]: string
}
}
/**
 * Wakeup holds configuration for waking the vCluster on a schedule
 */
export interface SleepAutoWakeup {
schedule?: string
}
/**
 * Snapshots holds configuration for automatic vCluster snapshots.
 */
export interface Snapshots {
auto?: SnapshotsAuto
}
/**
 * Auto holds automatic snapshot configuration
 * +optional
 */
export interface SnapshotsAuto {
/**
 * Schedule specifies a scheduled time in Cron format, see https://en.wikipedia.org/wiki/Cron for a tenant cluster snapshot to be taken
 * +optional
 */
schedule?: string
/**
 * Timezone specifies time zone used for scheduled snapshot operations. Defaults to UTC.
 * Accepts the same format as time.LoadLocation() in Go (https://pkg.go.dev/time#LoadLocation).
 * The value should be a location name corresponding to a file in the IANA Time Zone database, such as "America/New_York".
 * +optional
 */
timezone?: string
retention?: SnapshotRetention
storage?: SnapshotStorage
}
/**
 * Retention specifies how long snapshots will be kept
 * +optional
 */
export interface SnapshotRetention {
/**
 * Period defines the number of days a snapshot will be kept
 * +optional
 */
period?: number
/**
 * MaxSnapshots defines the number of snapshots that can be taken
 * +optional
 */
maxSnapshots?: number
}
/**
 * Storage specifies where the snapshot will be stored
 * +optional
 */
export interface SnapshotStorage {
/**
 * Type specifies supported type of storage services for a snapshot S3/OCI/Container, see https://www.vcluster.com/docs/vcluster/manage/backup-restore#store-snapshots-in-s3-buckets
 * +optional
 */
type?: string
s3?: SnapshotStorageS3
oci?: SnapshotStorageOCI
container?: SnapshotStorageContainer
azure?: SnapshotStorageAzure
}
/**
 * S3 holds configuration for storing snapshots in S3-compatible bucket
 * +optional
 */
export interface SnapshotStorageS3 {
/**
 * Url specifies url to the storage service
 * +optional
 */
url?: string
credential?: SnapshotSecretCredential
}
/**
 * Credential secret with the S3 Credentials, it should contain AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 * +optional
 */
export interface SnapshotSecretCredential {
/**
 * SecretName is the secret name with credential
 * +optional
 */
secretName?: string
/**
 * SecretNamespace is the secret namespace with credential
 * +optional
 */
secretNamespace?: string
}
/**
 * OCI holds configuration for storing snapshots in OCI image registries
 * +optional
 */
export interface SnapshotStorageOCI {
/**
 * Repository OCI repository to store the snapshot
 * +optional
 */
repository?: string
credential?: SnapshotSecretCredential1
/**
 * Username to authenticate with the OCI registry
 * +optional
 */
username?: string
/**
 * Password to authenticate with the OCI registry
 * +optional
 */
password?: string
}
/**
 * Credential secret with the OCI Credentials
 * +optional
 */
export interface SnapshotSecretCredential1 {
/**
 * SecretName is the secret name with credential
 * +optional
 */
secretName?: string
/**
 * SecretNamespace is the secret namespace with credential
 * +optional
 */
secretNamespace?: string
}
/**
 * Container holds configuration for storing snapshots as local files inside a vCluster container
 * +optional
 */
export interface SnapshotStorageContainer {
/**
 * Path specifies directory to store the snapshot
 * +optional
 */
path?: string
volume?: SnapshotStorageContainerVolume
}
/**
 * Volume specifies which volume needs to be mounted into the container to store the snapshot
 * +optional
 */
export interface SnapshotStorageContainerVolume {
/**
 * Name to be used to mount the volume
 * +optional
 */
name?: string
/**
 * Path to the volume mount
 * +optional
 */
path?: string
}
/**
 * Azure holds configuration for storing snapshots in Azure Blob Storage
 * +optional
 */
export interface SnapshotStorageAzure {
/**
 * BlobURL specifies the Azure Blob Storage URL in the format https://{account}.blob.core.windows.net/{container}/{path}
 * +optional
 */
blobUrl?: string
credential?: SnapshotSecretCredential2
}
/**
 * Credential secret with the Azure credentials. The secret should contain either:
 * AZURE_STORAGE_KEY (storage account access key), or
 * AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP (service principal)
 * +optional
 */
export interface SnapshotSecretCredential2 {
/**
 * SecretName is the secret name with credential
 * +optional
 */
secretName?: string
/**
 * SecretNamespace is the secret namespace with credential
 * +optional
 */
secretNamespace?: string
}
/**
 * Deletion holds configuration for automatic vCluster deletion.
 */
export interface Deletion {
/**
 * Prevent prevents the vCluster from being deleted
 * +optional
 */
prevent?: boolean
auto?: DeletionAuto
}
/**
 * Auto holds automatic deletion configuration
 * +optional
 */
export interface DeletionAuto {
/**
 * AfterInactivity specifies after how long of inactivity the tenant cluster will be deleted.
 * Uses Go duration format (e.g., "720h" for 30 days).
 * +optional
 */
afterInactivity?: string
}
/**
 * Platform holds vCluster Platform specific configuration.
 */
export interface Platform {
apiKey?: PlatformAPIKey
/**
 * Project specifies which platform project the vcluster should be imported to
 * +optional
 */
project?: string
}
/**
 * APIKey defines where to find the platform access key and host. By default, vCluster will search in the following locations in this precedence:
 * * environment variable called LICENSE
 * * secret specified under platform.apiKey.secretName
 * * secret called "vcluster-platform-api-key" in the vCluster namespace
 */
export interface PlatformAPIKey {
/**
 * SecretName is the name of the secret where the platform access key is stored. This defaults to vcluster-platform-api-key if undefined.
 * +optional
 */
secretName?: string
/**
 * Namespace defines the namespace where the access key secret should be retrieved from. If this is not equal to the namespace
 * where the vCluster instance is deployed, you need to make sure vCluster has access to this other namespace.
 * +optional
 */
namespace?: string
/**
 * CreateRBAC will automatically create the necessary RBAC roles and role bindings to allow vCluster to read the secret specified
 * in the above namespace, if specified.
 * This defaults to true.
 * +optional
 */
createRBAC?: boolean
}
