import { ExpectedError } from '../cli/errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '@tenantry/plan';
import type { Api, ApiAnswer } from './api-client.ts';

/** How the API calls the kinds that verify makes or compares. */
const RESOURCES: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ConfigMap: 'configmaps',
  Deployment: 'deployments',
  Endpoints: 'endpoints',
  EndpointSlice: 'endpointslices',
  HTTPRoute: 'httproutes',
  LimitRange: 'limitranges',
  MutatingAdmissionPolicy: 'mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'mutatingadmissionpolicybindings',
  Namespace: 'namespaces',
  NetworkPolicy: 'networkpolicies',
  PersistentVolume: 'persistentvolumes',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Pod: 'pods',
  ReferenceGrant: 'referencegrants',
  ResourceQuota: 'resourcequotas',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  RuntimeClass: 'runtimeclasses',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  StatefulSet: 'statefulsets',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
};

/** `/api/v1/namespaces/default/pods`. */
export function collectionPath({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const resource = RESOURCES[kind];
  if (resource === undefined) throw new ExpectedError(`no resource is known for kind ${kind}`);
  return `${group}${scope}/${resource}`;
}

export function objectPath(object: KubeObject): string {
  return `${collectionPath(object)}/${object.metadata.name}`;
}

export interface CreateOptions {
  /** Ask the server whether it would, and store nothing. */
  readonly dryRun?: boolean;
  readonly as?: string;
}

/** Two objects of one quota at a time: the server asks the second to come again. */
const COME_AGAIN = /object has been modified|please try again/;
const ROUNDS = 8;
const PAUSE_MILLISECONDS = 100;

export async function create(
  api: Api,
  object: KubeObject,
  { dryRun = false, as }: CreateOptions = {},
): Promise<ApiAnswer> {
  for (let round = 1; ; round += 1) {
    const answer = await api.send({
      method: 'POST',
      path: `${collectionPath(object)}?fieldManager=tenantry-verify${dryRun ? '&dryRun=All' : ''}`,
      body: object,
      ...(as !== undefined && { as }),
    });
    if (answer.ok || round === ROUNDS || !COME_AGAIN.test(answer.message)) return answer;
    await sleep(round * PAUSE_MILLISECONDS);
  }
}

/** Creates an object that must be there. @throws Error with the server's words */
export async function mustCreate(api: Api, object: KubeObject): Promise<void> {
  const answer = await create(api, object);
  if (!answer.ok)
    throw new ExpectedError(`${object.kind} ${object.metadata.name}: ${answer.message}`);
}

export function remove(api: Api, object: KubeObject): Promise<ApiAnswer> {
  return api.send({
    method: 'DELETE',
    path: objectPath(object),
    body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 },
  });
}

/** The objects of a collection. @throws Error with the server's words */
export async function list(api: Api, path: string): Promise<readonly KubeObject[]> {
  const answer = await api.send({ path });
  if (!answer.ok) throw new ExpectedError(`GET ${path}: ${answer.message}`);
  return (answer.body['items'] ?? []) as readonly KubeObject[];
}
