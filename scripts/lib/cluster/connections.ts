import { type Place, placeOf } from '@tenantry/plan';
import type { KubeClient } from '../kube/client.ts';
import { openVirtual, type VirtualClient } from './virtual-client.ts';

/** The host and, once they are asked for, the clusters of its tenants; each is opened once. */
export interface Connections extends AsyncDisposable {
  readonly host: KubeClient;
  /** A tenant's own cluster; null where it has not written its credentials yet. */
  virtual(id: string): Promise<KubeClient | null>;
  /** Closes the way to a tenant's cluster: its pod is another one now. */
  close(id: string): Promise<void>;
}

export function connectionsOf(
  host: KubeClient,
  open: (host: KubeClient, place: Place) => Promise<VirtualClient | null> = openVirtual,
): Connections {
  const opened = new Map<string, VirtualClient>();
  const close = async (id: string) => {
    const connection = opened.get(id);
    opened.delete(id);
    await connection?.[Symbol.asyncDispose]();
  };
  return {
    host,
    close,
    async virtual(id) {
      const known = opened.get(id);
      if (known !== undefined) return known.client;
      const connection = await open(host, placeOf(id));
      if (connection !== null) opened.set(id, connection);
      return connection?.client ?? null;
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...opened.keys()].map(close));
      host[Symbol.dispose]();
    },
  };
}
