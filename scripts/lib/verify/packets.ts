import { dialFrom } from './dial.ts';
import type { NetworkProbe } from './connectivity-matrix.ts';
import { checkMetadataPolicy, dialProbes } from './connectivity.ts';
import type { Surroundings } from './probe-pod.ts';
import type { Stages } from './probe-pods.ts';
import { type Tried, tried } from './probe-result.ts';

/** Sends all packets of a run, from every pod at once. */
export async function sendPackets(
  surroundings: Surroundings,
  stages: Stages,
  probes: readonly NetworkProbe[],
): Promise<Tried> {
  const { host, hostApi, signal } = surroundings;
  const outcomes = await Promise.all(
    [null, ...stages.tenants.keys()].map(async (id) => {
      const stage = id === null ? stages.reference : stages.tenants.get(id);
      if (stage === null || stage === undefined) return [];
      return dialProbes(
        probes.filter(({ from }) => from === id),
        (dials) => dialFrom(host.$, host.target, stage.pod, dials),
        signal,
      );
    }),
  );
  const byId = new Map(outcomes.flat().map((outcome) => [outcome.id, outcome]));
  return Promise.all(
    probes.map(async (probe) => {
      const outcome = byId.get(probe.id);
      if (outcome === undefined) return tried(probe, null, 'was not run');
      const stage = stages.tenants.get(probe.from ?? '');
      const byPolicy = probe.expected === 'refused' && probe.twins.length === 0;
      return byPolicy && stage !== undefined
        ? { probe, outcome: await checkMetadataPolicy(hostApi, stage.hostPod, outcome) }
        : { probe, outcome };
    }),
  );
}
