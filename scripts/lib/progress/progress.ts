import type { ProgressEvent, StepEvent, Summary, TenantEvent } from './event.ts';

/** A step that runs, or the last one that did. */
export interface Row {
  readonly step: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly waitsFor: string | null;
}

interface TenantProgress {
  state: 'waiting' | 'running' | TenantEvent['state'];
  /** Whether its end will be told; otherwise it ends with its steps. */
  listed: boolean;
  changed: boolean;
  /** In the order in which they began. */
  readonly steps: Map<string, Row>;
  last: Row | null;
}

export interface Counts {
  readonly tenants: number;
  readonly running: number;
  readonly waiting: number;
  readonly done: number;
  readonly failed: number;
}

/** Where a command is, as its events tell. */
export class Progress {
  /** Milliseconds since 1970; null before the first event. */
  begun: number | null = null;
  /** The wave that runs, where there are several. */
  wave: string | null = null;
  readonly #tenants = new Map<string, TenantProgress>();
  readonly #steps = new Map<string, Row>();

  see(event: ProgressEvent): void {
    this.begun ??= Date.parse(event.time);
    switch (event.event) {
      case 'tenants':
        for (const id of event.tenants) {
          Object.assign(this.#of(id), { state: 'waiting', listed: true });
        }
        break;
      case 'wave':
        this.wave = event.state === 'running' ? event.wave : null;
        break;
      case 'step':
        this.#seeStep(event);
        break;
      case 'tenant': {
        const tenant = this.#of(event.tenant);
        tenant.state = event.state;
        tenant.listed = false;
        tenant.changed ||= event.changes.length > 0;
        break;
      }
      default:
    }
  }

  /** What is done for all tenants just now. */
  steps(): readonly Row[] {
    return [...this.#steps.values()];
  }

  /** The tenants that are worked on just now, in their order, each with its newest step. */
  running(): readonly (readonly [tenant: string, row: Row])[] {
    return [...this.#tenants].flatMap(([id, { state, steps, last }]) => {
      const row = [...steps.values()].at(-1) ?? last;
      return state === 'running' && row !== null ? [[id, row] as const] : [];
    });
  }

  counts(): Counts {
    const counts = { tenants: 0, running: 0, waiting: 0, done: 0, failed: 0, interrupted: 0 };
    for (const { state } of this.#tenants.values()) {
      counts.tenants += 1;
      counts[state] += 1;
    }
    return counts;
  }

  /** What a command's summary says of its tenants. */
  summary(): Pick<Summary, 'tenants' | 'done' | 'changed' | 'failed' | 'left'> {
    const { tenants, done, failed } = this.counts();
    const all = [...this.#tenants];
    return {
      tenants,
      done,
      changed: all.filter(([, { state, changed }]) => state === 'done' && changed).length,
      failed,
      left: all
        .filter(([, { state }]) => state !== 'done' && state !== 'failed')
        .map(([tenant, { last }]) => ({ tenant, step: last?.step ?? null })),
    };
  }

  #of(id: string): TenantProgress {
    const known = this.#tenants.get(id);
    if (known !== undefined) return known;
    const made: TenantProgress = {
      state: 'waiting',
      listed: false,
      changed: false,
      steps: new Map(),
      last: null,
    };
    this.#tenants.set(id, made);
    return made;
  }

  #seeStep(event: StepEvent): void {
    const tenant = event.tenant === null ? null : this.#of(event.tenant);
    const steps = tenant?.steps ?? this.#steps;
    const { step } = event;
    if (event.state === 'running') {
      steps.set(step, { step, since: Date.parse(event.time), waitsFor: null });
    } else if (event.state === 'waiting') {
      const row = steps.get(step);
      if (row !== undefined) steps.set(step, { ...row, waitsFor: event.waitsFor });
    } else steps.delete(step);
    if (tenant === null) return;
    if (event.state === 'running') {
      tenant.state = 'running';
      tenant.last = steps.get(step) ?? null;
    } else if (event.state !== 'waiting' && event.state !== 'skipped') {
      if (!tenant.listed && steps.size === 0) tenant.state = event.state;
    }
  }
}
