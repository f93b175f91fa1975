/* Generated from github.com/argoproj/argo-cd/v3@v3.5.7/manifests/crds/applicationset-crd.yaml; see packages/manifests/crds/update.ts. */

export interface ApplicationSetSpec {
applyNestedSelectors?: boolean
generators: {
git?: {
directories?: {
exclude?: boolean
path: string
}[]
files?: {
exclude?: boolean
path: string
}[]
pathParamPrefix?: string
repoURL: string
requeueAfterSeconds?: number
revision: string
values?: {
[k: string]: string
}
}
list?: {
elements?: {
[k: string]: unknown
}[]
elementsYaml?: string
}
selector?: {
matchExpressions?: {
key: string
operator: string
values?: string[]
}[]
matchLabels?: {
[k: string]: string
}
}
}[]
goTemplate?: boolean
goTemplateOptions?: string[]
ignoreApplicationDifferences?: {
jqPathExpressions?: string[]
jsonPointers?: string[]
name?: string
}[]
preservedFields?: {
annotations?: string[]
labels?: string[]
}
strategy?: {
deletionOrder?: string
rollingSync?: {
steps?: {
matchExpressions?: {
key?: string
operator?: string
values?: string[]
}[]
maxUpdate?: (number | string)
}[]
}
type?: string
}
syncPolicy?: {
applicationsSync?: ("create-only" | "create-update" | "create-delete" | "sync")
preserveResourcesOnDeletion?: boolean
}
template: {
metadata: {
annotations?: {
[k: string]: string
}
finalizers?: string[]
labels?: {
[k: string]: string
}
name?: string
namespace?: string
}
spec: {
destination: {
name?: string
namespace?: string
server?: string
}
ignoreDifferences?: {
group?: string
jqPathExpressions?: string[]
jsonPointers?: string[]
kind: string
managedFieldsManagers?: string[]
name?: string
namespace?: string
}[]
info?: {
name: string
value: string
}[]
project: string
revisionHistoryLimit?: number
source?: {
chart?: string
directory?: {
exclude?: string
include?: string
jsonnet?: {
extVars?: {
code?: boolean
name: string
value: string
}[]
libs?: string[]
tlas?: {
code?: boolean
name: string
value: string
}[]
}
recurse?: boolean
}
helm?: {
apiVersions?: string[]
fileParameters?: {
name?: string
path?: string
}[]
ignoreMissingValueFiles?: boolean
kubeVersion?: string
namespace?: string
parameters?: {
forceString?: boolean
name?: string
value?: string
}[]
passCredentials?: boolean
releaseName?: string
skipCrds?: boolean
skipSchemaValidation?: boolean
skipTests?: boolean
valueFiles?: string[]
values?: string
valuesObject?: {

}
version?: string
}
kustomize?: {
apiVersions?: string[]
commonAnnotations?: {
[k: string]: string
}
commonAnnotationsEnvsubst?: boolean
commonLabels?: {
[k: string]: string
}
components?: string[]
forceCommonAnnotations?: boolean
forceCommonLabels?: boolean
ignoreMissingComponents?: boolean
images?: string[]
kubeVersion?: string
labelIncludeTemplates?: boolean
labelWithoutSelector?: boolean
namePrefix?: string
nameSuffix?: string
namespace?: string
patches?: {
options?: {
[k: string]: boolean
}
patch?: string
path?: string
target?: {
annotationSelector?: string
group?: string
kind?: string
labelSelector?: string
name?: string
namespace?: string
version?: string
}
}[]
replicas?: {
count: (number | string)
name: string
}[]
version?: string
}
name?: string
path?: string
plugin?: {
env?: {
name: string
value: string
}[]
name?: string
parameters?: {
array?: string[]
map?: {
[k: string]: string
}
name?: string
string?: string
}[]
}
ref?: string
repoURL: string
tagPrefix?: string
targetRevision?: string
}
sourceHydrator?: {
drySource: {
directory?: {
exclude?: string
include?: string
jsonnet?: {
extVars?: {
code?: boolean
name: string
value: string
}[]
libs?: string[]
tlas?: {
code?: boolean
name: string
value: string
}[]
}
recurse?: boolean
}
helm?: {
apiVersions?: string[]
fileParameters?: {
name?: string
path?: string
}[]
ignoreMissingValueFiles?: boolean
kubeVersion?: string
namespace?: string
parameters?: {
forceString?: boolean
name?: string
value?: string
}[]
passCredentials?: boolean
releaseName?: string
skipCrds?: boolean
skipSchemaValidation?: boolean
skipTests?: boolean
valueFiles?: string[]
values?: string
valuesObject?: {

}
version?: string
}
kustomize?: {
apiVersions?: string[]
commonAnnotations?: {
[k: string]: string
}
commonAnnotationsEnvsubst?: boolean
commonLabels?: {
[k: string]: string
}
components?: string[]
forceCommonAnnotations?: boolean
forceCommonLabels?: boolean
ignoreMissingComponents?: boolean
images?: string[]
kubeVersion?: string
labelIncludeTemplates?: boolean
labelWithoutSelector?: boolean
namePrefix?: string
nameSuffix?: string
namespace?: string
patches?: {
options?: {
[k: string]: boolean
}
patch?: string
path?: string
target?: {
annotationSelector?: string
group?: string
kind?: string
labelSelector?: string
name?: string
namespace?: string
version?: string
}
}[]
replicas?: {
count: (number | string)
name: string
}[]
version?: string
}
path: string
plugin?: {
env?: {
name: string
value: string
}[]
name?: string
parameters?: {
array?: string[]
map?: {
[k: string]: string
}
name?: string
string?: string
}[]
}
repoURL: string
targetRevision: string
}
hydrateTo?: {
targetBranch: string
}
syncSource: {
path: string
repoURL?: string
targetBranch: string
}
}
sources?: {
chart?: string
directory?: {
exclude?: string
include?: string
jsonnet?: {
extVars?: {
code?: boolean
name: string
value: string
}[]
libs?: string[]
tlas?: {
code?: boolean
name: string
value: string
}[]
}
recurse?: boolean
}
helm?: {
apiVersions?: string[]
fileParameters?: {
name?: string
path?: string
}[]
ignoreMissingValueFiles?: boolean
kubeVersion?: string
namespace?: string
parameters?: {
forceString?: boolean
name?: string
value?: string
}[]
passCredentials?: boolean
releaseName?: string
skipCrds?: boolean
skipSchemaValidation?: boolean
skipTests?: boolean
valueFiles?: string[]
values?: string
valuesObject?: {

}
version?: string
}
kustomize?: {
apiVersions?: string[]
commonAnnotations?: {
[k: string]: string
}
commonAnnotationsEnvsubst?: boolean
commonLabels?: {
[k: string]: string
}
components?: string[]
forceCommonAnnotations?: boolean
forceCommonLabels?: boolean
ignoreMissingComponents?: boolean
images?: string[]
kubeVersion?: string
labelIncludeTemplates?: boolean
labelWithoutSelector?: boolean
namePrefix?: string
nameSuffix?: string
namespace?: string
patches?: {
options?: {
[k: string]: boolean
}
patch?: string
path?: string
target?: {
annotationSelector?: string
group?: string
kind?: string
labelSelector?: string
name?: string
namespace?: string
version?: string
}
}[]
replicas?: {
count: (number | string)
name: string
}[]
version?: string
}
name?: string
path?: string
plugin?: {
env?: {
name: string
value: string
}[]
name?: string
parameters?: {
array?: string[]
map?: {
[k: string]: string
}
name?: string
string?: string
}[]
}
ref?: string
repoURL: string
tagPrefix?: string
targetRevision?: string
}[]
syncPolicy?: {
automated?: {
allowEmpty?: boolean
enabled?: boolean
prune?: boolean
selfHeal?: boolean
}
managedNamespaceMetadata?: {
annotations?: {
[k: string]: string
}
labels?: {
[k: string]: string
}
}
retry?: {
backoff?: {
duration?: string
factor?: number
maxDuration?: string
}
limit?: number
refresh?: boolean
}
syncOptions?: string[]
}
}
}
templatePatch?: string
}
