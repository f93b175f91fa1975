import type { State } from '@tenantry/tenants';
import type { KubeObject } from '../kube-object.ts';

/** What a reviewer has to know of a change before it is made. */
export interface Risk {
  /** The id of its rule. */
  readonly rule: string;
  /** `high`: data, isolation or a tenant may be lost by it; `low`: it interrupts, or fails. */
  readonly severity: 'high' | 'low';
  /** The object or file that it is about. */
  readonly object: string;
  /** What of it, in a few words. */
  readonly what: string;
  readonly reason: string;
  readonly cure: string;
}

export function isHigh({ severity }: Risk): boolean {
  return severity === 'high';
}

/** What a rule looks at: something as it is, and as it is to be. */
export type Subject =
  | {
      readonly kind: 'object';
      readonly before: KubeObject | null;
      readonly after: KubeObject | null;
      /** Whether it comes with all that is around it, as a new tenant's objects do. */
      readonly isNew: boolean;
    }
  /** The vcluster's values. */
  | { readonly kind: 'values'; readonly before: unknown; readonly after: unknown }
  | {
      readonly kind: 'tenant';
      readonly before: TenantVersion | null;
      readonly after: TenantVersion | null;
    };

/** What of a tenant decides whether it runs, and on what. */
export interface TenantVersion {
  readonly state: State;
  readonly chartVersion: string;
}

export interface RiskRule {
  readonly id: string;
  readonly severity: Risk['severity'];
  readonly reason: string;
  readonly cure: string;
  /** Where the rule is broken, in a few words each. */
  find(subject: Subject): readonly string[];
}
