import {
  FIXTURE,
  type HostEndpoints,
  KUBELET_PORT,
  METADATA,
  type Outcome,
  outcomeOfCall,
  PROBE_PORT,
  probeOf,
  type ProbeResults,
  type TenantEndpoints,
} from '@tenantry/isolation';
import { hostNamespace, vclusterName } from '@tenantry/tenants';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '@tenantry/plan';
import type { Api } from '../kube/api-client.ts';
import { create, mustCreate } from '../kube/objects.ts';
import { ANY_METADATA, checkPolicy } from './connectivity.ts';
import { probeAddress } from './find-endpoints.ts';
import { type TenantFixture, type VerifyContext, webhookConfiguration } from './probe-pod.ts';

/** Marks an object that one webhook alone is to be asked about. */
const LABEL = 'tenantry.dev/verify';

interface Callee {
  readonly key: string;
  readonly text: string;
  readonly address: string;
  readonly controls: readonly string[];
}

/** Addresses that a tenant's API server is made to call, by webhooks that only our objects meet. */
export async function tryWebhooks(
  { hostApi, signal }: VerifyContext,
  { api, tenant: { id } }: TenantFixture,
  own: TenantEndpoints,
  other: TenantEndpoints | undefined,
  host: HostEndpoints,
): Promise<ProbeResults> {
  const callees = calleesOf(own, other, host);
  await mustCreate(api, {
    ...webhookConfiguration(id),
    webhooks: callees.map(({ key, address }) => webhook(key, `https://${address}/`)),
  });
  return Promise.all(
    callees.map(async ({ key, text, controls }) => {
      const probe = probeOf('hostile', id, {
        name: `webhook-${key}`,
        attempt: `webhook to ${text}`,
        expected: key === 'own' ? 'allowed' : 'refused',
        controls,
      });
      const outcome = await call(api, probe.id, key, signal);
      return {
        probe,
        outcome:
          key === 'metadata'
            ? await checkPolicy(hostApi, await controlPlane(hostApi, id), outcome, ANY_METADATA)
            : outcome,
      };
    }),
  );
}

async function controlPlane(hostApi: Api, id: string): Promise<KubeObject> {
  const path = `/api/v1/namespaces/${hostNamespace(id)}/pods/${vclusterName(id)}-0`;
  return (await hostApi.send({ path })).body as unknown as KubeObject;
}

function calleesOf(
  own: TenantEndpoints,
  other: TenantEndpoints | undefined,
  { node, apiService }: HostEndpoints,
): readonly Callee[] {
  const controls = ['webhook-own'];
  const others =
    other === undefined
      ? []
      : [
          {
            key: `pod-${other.id}`,
            text: `${other.id}'s pod`,
            address: `${probeAddress(other)}:${PROBE_PORT}`,
            controls,
          },
          {
            key: `api-${other.id}`,
            text: `${other.id}'s API`,
            address: `${other.apiService}:443`,
            controls,
          },
        ];
  return [
    {
      key: 'own',
      text: 'its own pod',
      address: `${probeAddress(own)}:${PROBE_PORT}`,
      controls: [],
    },
    ...others,
    { key: 'kubelet', text: 'the kubelet', address: `${node}:${KUBELET_PORT}`, controls },
    {
      key: 'metadata',
      text: 'cloud metadata',
      address: `${METADATA.host}:${METADATA.port}`,
      controls: [],
    },
    { key: 'host-api', text: 'the host API: no trust', address: `${apiService}:443`, controls },
  ];
}

function webhook(key: string, url: string): object {
  return {
    name: `${key}.verify.tenantry.dev`,
    clientConfig: { url },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': FIXTURE } },
    objectSelector: { matchLabels: { [LABEL]: key } },
    rules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
    ],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Fail',
    timeoutSeconds: 3,
  };
}

const ROUNDS = 20;
const PAUSE_MILLISECONDS = 500;

/** Makes a harmless object that must first be shown to the webhook; nothing is stored. */
async function call(api: Api, id: string, key: string, signal: AbortSignal): Promise<Outcome> {
  const metadata = { name: `${FIXTURE}-webhook`, namespace: FIXTURE, labels: { [LABEL]: key } };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    const answer = await create(api, object, { dryRun: true });
    if (!answer.ok) {
      const outcome = outcomeOfCall(id, answer.message);
      // The control plane must reach the host's API; that it does not trust a tenant is what counts.
      return key === 'host-api' && outcome.seen === 'allowed'
        ? { ...outcome, seen: 'refused' }
        : outcome;
    }
    await sleep(PAUSE_MILLISECONDS, undefined, { signal });
  }
  return { id, seen: null, detail: 'the webhook was never called' };
}
