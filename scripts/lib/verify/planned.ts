import {
  attacks,
  type Benign,
  benignClaim,
  benignService,
  FIXTURE,
  foreignSecrets,
  type Kind,
  type Probe,
  probeOf,
  probePod,
  type Seen,
  syncerControls,
  syncerRequests,
  type SyncerTargets,
} from '@tenantry/isolation';
import { hostNamespace } from '@tenantry/tenants';
import { attacksOnHost } from './host-admission.ts';

/** The parts of a run that are tried for one tenant. */
export const PARTS = [
  'host-admission',
  'syncer',
  'virtual-admission',
  'secrets',
  'nodes-proxy',
  'services-proxy',
  'pods-proxy',
  'manual-endpoints',
  'webhooks',
  'token',
] as const;
export type Part = (typeof PARTS)[number];

/**
 * The probes that a part makes for a tenant, so that what is lost with it can be counted and named.
 * `others` are the tenants that it tries; the first of them is tried in full.
 */
export function plannedProbes(part: Part, id: string, others: readonly string[]): readonly Probe[] {
  const planned = (kind: Kind, expected: Seen, names: readonly string[]): readonly Probe[] =>
    names.map((name) => probeOf(kind, id, { name, attempt: name, expected }));
  const allowed = (...names: readonly string[]) => planned('hostile', 'allowed', names);
  const refused = (...names: readonly string[]) => planned('hostile', 'refused', names);
  const at = (name: string) => others.slice(0, 1).map((other) => `${name}${other}`);
  const parts: Readonly<Record<Part, () => readonly Probe[]>> = {
    'host-admission': () => [
      ...allowed('host/pod', 'host/service', 'host/claim'),
      ...attacksOnHost(id, ANY_IMAGE).map(({ probe }) => probe),
    ],
    syncer: () => {
      const targets = placeholders(id);
      return [
        ...allowed('host/account', 'host/exec'),
        ...allowed(...syncerControls(targets).map(({ name }) => `host/${name}`)),
        ...refused(...syncerRequests(targets).map(({ name }) => `host/${name}`)),
        ...refused('host/exec-control-plane', 'host/forward-control-plane'),
      ];
    },
    'virtual-admission': () => [
      ...allowed('inside/pod', 'inside/claim', 'inside/service'),
      ...refused(...attacks(benignInside(ANY_IMAGE)).map(({ name }) => `inside/${name}`)),
      ...refused('inside/host-volume', 'inside/network-policy'),
    ],
    secrets: () => [
      ...allowed('secret'),
      ...refused(...foreignSecrets(id, others).map(({ name }) => `secret@${name}`)),
    ],
    'nodes-proxy': () => [...allowed('nodes'), ...refused('nodes-proxy')],
    'services-proxy': () => [...allowed('services-proxy'), ...refused(...at('services-proxy@'))],
    'pods-proxy': () => [
      ...allowed('pods-proxy'),
      ...refused(...at('pods-proxy@'), 'pods-proxy@host-api'),
    ],
    'manual-endpoints': () => refused(...at('manual-endpoints@'), ...at('manual-endpointslice@')),
    webhooks: () => [
      ...allowed('webhook-own'),
      ...refused(...at('webhook-pod-'), ...at('webhook-api-')),
      ...refused('webhook-kubelet', 'webhook-metadata', 'webhook-host-api'),
    ],
    token: () => [
      ...planned('host', 'allowed', ['token-inside']),
      ...planned('host', 'refused', ['token']),
    ],
  };
  return parts[part]();
}

/** The harmless objects that a tenant makes in its own cluster. */
export function benignInside(image: string): Benign {
  return {
    // The syncer leaves the token of a pod on the host that the host refuses.
    pod: probePod({ image, name: `${FIXTURE}-again`, token: false }),
    service: benignService(FIXTURE),
    claim: benignClaim(FIXTURE),
  };
}

/** The names of what is tried do not depend on what is there, nor on the image that it runs in. */
const ANY_IMAGE = '?';

function placeholders(id: string): SyncerTargets {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: '?' },
    spec: { containers: [{}], template: { spec: { containers: [{}] } } },
  };
  return {
    id,
    namespace: hostNamespace(id),
    pod: object,
    controlPlane: object,
    statefulSet: object,
    service: object,
    apiService: object,
    claim: object,
    releaseRecord: { namespace: '?', name: '?' },
    foreignAddress: '?',
  };
}
