import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directory, host, hostApply } from './tenantry.ts';

const ELEVEN_DAYS = 11 * 24 * 3600;
const USER = 65532;

/**
 * Puts pods into a tenant's namespace on the host that mean to stay, as a syncer in wrong hands
 * would: without its label or with the control plane's, deaf to SIGTERM, with a finalizer, one of
 * them on its way out for eleven days. Returns their names.
 */
export async function plantPods(id: string, namespace: string): Promise<readonly string[]> {
  const file = join(directory, 'dist', id, 'tenant.json');
  const { image } = JSON.parse(readFileSync(file, 'utf8')) as { image: string };
  const finalizers = ['example.com/stay'];
  const forged = { app: 'vcluster', release: `tenant-${id}` };
  await hostApply(podOf(image, { name: 'planted-bare', namespace }));
  await hostApply(podOf(image, { name: 'planted-forged', namespace, labels: forged, finalizers }));
  await hostApply(podOf(image, { name: 'planted-going', namespace, finalizers }));
  const names = ['planted-bare', 'planted-forged', 'planted-going'];
  const pods = names.map((name) => `pod/${name}`);
  await host(['-n', namespace, 'wait', '--for=condition=Ready', ...pods, '--timeout=120s']);
  const forever = [`--grace-period=${ELEVEN_DAYS}`, '--wait=false'];
  await host(['-n', namespace, 'delete', 'pod/planted-going', ...forever]);
  return names;
}

function podOf(image: string, metadata: object): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'deaf',
          image,
          command: ['node', '-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
