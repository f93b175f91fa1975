import {
  describeDone,
  type Done,
  isBlocked,
  type KubeObject,
  objectOf,
  type ObjectChange,
  referenceOf,
  withoutField,
} from '@tenantry/plan';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type KubeClient } from '../kube/client.ts';
import { apply, put, remove, removeAndWait } from '../kube/requests.ts';
import type { Notes } from './notes.ts';

const GONE_TIMEOUT_SECONDS = 60;

/** Where changes of objects are carried out, and to whom they are told. */
export interface Carrier {
  readonly client: KubeClient;
  /** An object as it is to be sent. */
  reveal(object: KubeObject): Promise<KubeObject>;
  readonly notes: Pick<Notes, 'set' | 'forget'>;
  /** Told of each change once it is done. */
  readonly said: Done[];
}

/**
 * Carries out the changes of a layer: a namespace first, then all that is new or other side by side,
 * and what goes at last. What is blocked is left.
 */
export async function applyChanges(
  carrier: Carrier,
  wanted: readonly KubeObject[],
  changes: readonly ObjectChange[],
): Promise<void> {
  const byName = new Map(wanted.map((object) => [referenceOf(object), object]));
  const open = changes.filter((change) => !isBlocked(change));
  const namespaces = open.filter(
    ({ kind, object }) => kind !== 'delete' && object.startsWith('v1 Namespace '),
  );
  const steps = [
    namespaces,
    open.filter(({ kind, object }) => kind !== 'delete' && !object.startsWith('v1 Namespace ')),
    open.filter(({ kind }) => kind === 'delete'),
  ];
  for (const step of steps) {
    const settled = await Promise.allSettled(
      step.map((change) => {
        const carry = () => carryOut(carrier, byName.get(change.object), change);
        return namespaces.length > 0 ? untilAdmitted(carry) : carry();
      }),
    );
    for (const [index, result] of settled.entries()) {
      const change = step[index];
      if (result.status === 'fulfilled' && change !== undefined) {
        carrier.said.push(...describeDone(change));
      }
    }
    // Once, where all were stopped by the same.
    const failed = [
      ...new Set(settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))),
    ];
    if (failed.length === 1) throw failed[0];
    if (failed.length > 1) throw new AggregateError(failed);
  }
}

/** So long a server's admission may go by a namespace as it was before. */
const ADMISSION_MILLISECONDS = 5000;
const INTERVAL_MILLISECONDS = 200;

/** Tries again what is forbidden only because of what its namespace was a moment ago. */
async function untilAdmitted(carry: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + ADMISSION_MILLISECONDS;
  for (;;) {
    try {
      return await carry();
    } catch (error) {
      const isForbidden = error instanceof ApiError && error.status === 403;
      if (!isForbidden || performance.now() > deadline) throw error;
    }
    await sleep(INTERVAL_MILLISECONDS);
  }
}

async function carryOut(
  carrier: Carrier,
  wanted: KubeObject | undefined,
  change: ObjectChange,
): Promise<void> {
  const { client, notes } = carrier;
  const { layer, object: reference } = change;
  if (change.kind === 'delete') {
    await remove(client, objectOf(reference));
    notes.forget(layer, reference);
    return;
  }
  if (wanted === undefined) throw new TypeError(`${reference} is not wanted`);
  const force = layer !== 'virtual';
  const body = await carrier.reveal(wanted);
  notes.set(layer, wanted, await write());

  async function write(): Promise<KubeObject> {
    switch (change.kind) {
      case 'create':
        return apply(client, body, { force });
      case 'update':
        return change.method === 'replace'
          ? put(client, body)
          : apply(client, change.leaves.reduce(withoutField, body), { force: change.force });
      case 'recreate':
        await removeAndWait(client, [body], { timeoutSeconds: GONE_TIMEOUT_SECONDS });
        return apply(client, body, { force });
      default:
        throw new TypeError(`${reference}: ${change.kind} cannot be carried out`);
    }
  }
}
