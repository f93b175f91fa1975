import {
  type Kind,
  type Probe,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  resultOf,
} from '@tenantry/isolation';
import { messageOf } from '../cli/errors.ts';

/** One part of a run, for one tenant. */
export interface PartOfRun {
  readonly kind: Kind;
  readonly tenant: string;
  readonly name: string;
  /** What it makes as far as that is known before. @default one probe of its own name */
  readonly planned?: readonly Probe[];
  /** Why some of it cannot be made, where that is known before. */
  readonly lacks?: string;
}

/** What the parts of a run have found. */
export class RunRecord {
  readonly #results = new Map<string, ProbeResult>();

  get results(): ProbeResults {
    return [...this.#results.values()];
  }

  /** Runs a part. Where it stops, each of its probes is one that could not be run. */
  async run(part: PartOfRun, action: () => Promise<ProbeResults>): Promise<ProbeResults> {
    try {
      const results = await action();
      this.#add(results);
      this.lose(part, part.lacks ?? 'was not run');
      return results;
    } catch (error) {
      this.lose(part, messageOf(error));
      // What has no probe of its own in the plan must not fail in silence.
      if ((part.planned ?? []).length === 0) this.#add([lost(part, messageOf(error))]);
      return [];
    }
  }

  /** Notes that the probes of a part that have no result yet could not be run, and why. */
  lose({ planned = [] }: PartOfRun, why: string): void {
    this.#add(
      planned.filter(({ id }) => !this.#results.has(id)).map((probe) => resultOf(probe, null, why)),
    );
  }

  #add(results: ProbeResults): void {
    for (const result of results) {
      const { id } = result.probe;
      if (this.#results.has(id)) throw new Error(`two probes are called ${id}`);
      this.#results.set(id, result);
    }
  }
}

function lost({ kind, tenant, name }: PartOfRun, why: string): ProbeResult {
  return resultOf(probeOf(kind, tenant, { name, attempt: name, expected: 'allowed' }), null, why);
}
