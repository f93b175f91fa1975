import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { directory, tenant } from './tenantry.ts';

/** A ConfigMap of the tenant's own, which no deploy knows of. */
export const CONFIG_MAP = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'diary', namespace: 'default' },
  data: { entry: 'before the pause' },
};

/** A volume of the tenant's own. */
export const CLAIM = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'notes', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '16Mi' } } },
};

/** For a `notesPod`: writes a note, and stays. */
export const WRITE_NOTE = `
  require('node:fs').writeFileSync('/notes/note', 'written before the pause');
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => {}, 1e6);`;

const READ_NOTE = `
  const { existsSync, readFileSync } = require('node:fs');
  console.log(existsSync('/notes/note') ? readFileSync('/notes/note', 'utf8') : 'no note');`;

const USER = 65532;

/** A pod that nobody makes again, which runs a piece of JavaScript over the volume `notes`. */
export function notesPod(name: string, script: string): object {
  const { image } = JSON.parse(readFileSync(join(directory, 'dist/alice/tenant.json'), 'utf8')) as {
    image: string;
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 3,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'notes',
          image,
          command: ['node', '-e', script],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          volumeMounts: [{ name: 'notes', mountPath: '/notes' }],
        },
      ],
      volumes: [{ name: 'notes', persistentVolumeClaim: { claimName: 'notes' } }],
    },
  };
}

/** What the volume `notes` of a tenant holds: the note, or `no note`. */
export async function readNote(id: string): Promise<string> {
  await applyIn(id, [notesPod('reader', READ_NOTE)]);
  const phase = '--for=jsonpath={.status.phase}=Succeeded';
  await tenant(id, ['wait', phase, 'pod/reader', '--timeout=120s']);
  const note = await tenant(id, ['logs', 'reader']);
  await tenant(id, ['delete', 'pod', 'reader', '--wait=false']);
  return note;
}

/** Applies objects in a tenant's own cluster, as the tenant does. */
export function applyIn(id: string, items: readonly object[]): Promise<string> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  return tenant(id, ['apply', '-f', '-'], list);
}
