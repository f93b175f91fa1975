import type { Done } from '@tenantry/plan';
import { asStep } from '../progress/current-step.ts';
import type { ProgressEvent, StepEvent, WaveEvent } from '../progress/event.ts';
import { messageOf } from './errors.ts';

/** Where a command tells what it is doing. Who reads it, and how it is shown, it does not know. */
export interface Report extends Steps {
  /** Something to be known, beside the result. */
  line(text: string): void;
  /** A line of the result. */
  result(text: string): void;
  skip(title: string, why: string): void;
  /** Names the tenants that all that follows is done for; the end of each is told. */
  tenants(ids: readonly string[]): void;
  /** How far a wave of the tenants is. */
  wave(name: string, state: WaveEvent['state'], tenants: readonly string[]): void;
  /** The steps of a tenant. */
  of(tenant: string): Steps;
  tenantDone(tenant: string, outcome: TenantOutcome & { readonly answer: string }): void;
  tenantFailed(tenant: string, outcome: TenantOutcome & { readonly error: unknown }): void;
}

export interface Steps {
  /** Runs `action` and tells its title, what it waits for, and the seconds it took. */
  step<T>(title: string, action: () => Promise<T>): Promise<T>;
}

export interface TenantOutcome {
  readonly seconds: number;
  readonly changes: readonly Done[];
}

type Untimed<E> = E extends unknown ? Omit<E, 'time'> : never;

/** Tells `show` what happens, each with its time. `signal` is aborted when the user interrupts. */
export function createReport(
  show: (event: ProgressEvent) => void,
  signal: AbortSignal = new AbortController().signal,
): Report {
  const tell = (event: Untimed<ProgressEvent>) =>
    show({ ...event, time: new Date().toISOString() });
  const ending = (): 'interrupted' | 'failed' => (signal.aborted ? 'interrupted' : 'failed');
  const stepsOf = (tenant: string | null): Steps => ({
    async step(step, action) {
      const start = performance.now();
      const say = (state: Untimed<Ended>['state']) =>
        tell({ event: 'step', tenant, step, state, seconds: secondsSince(start) });
      tell({ event: 'step', tenant, step, state: 'running' });
      try {
        const result = await asStep(
          (waitsFor) => tell({ event: 'step', tenant, step, state: 'waiting', waitsFor }),
          action,
        );
        say('done');
        return result;
      } catch (error) {
        say(ending());
        throw error;
      }
    },
  });
  return {
    ...stepsOf(null),
    of: stepsOf,
    line: (text) => tell({ event: 'message', text }),
    result: (text) => tell({ event: 'result', text }),
    skip: (step, why) => tell({ event: 'step', tenant: null, step, state: 'skipped', why }),
    tenants: (ids) => tell({ event: 'tenants', tenants: [...ids] }),
    wave: (wave, state, tenants) => tell({ event: 'wave', wave, state, tenants: [...tenants] }),
    tenantDone: (tenant, { changes, ...outcome }) =>
      tell({ event: 'tenant', tenant, state: 'done', changes: [...changes], ...outcome }),
    tenantFailed: (tenant, { changes, seconds, error }) =>
      tell({
        event: 'tenant',
        tenant,
        state: ending(),
        seconds,
        changes: [...changes],
        error: messageOf(error),
      }),
  };
}

type Ended = Extract<StepEvent, { seconds: number }>;

/** The same, where what is done for all tenants of one of several hosts is told by its name. */
export function reportOn(host: string, report: Report): Report {
  return { ...report, step: (title, action) => report.step(`${host}: ${title}`, action) };
}

/** To a tenth. */
export function secondsSince(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}
