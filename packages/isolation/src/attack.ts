/** An object that a hostile administrator of a virtual cluster would like to have. */
export interface Attack {
  readonly name: string;
  /** For people. */
  readonly text: string;
  readonly object: KubeObject;
  /** The harmless object of the same kind that shows that such a thing can be made at all. */
  readonly control: keyof Benign;
  /** Whether the host's copy has what was asked for; the syncer may leave it out. @default true */
  readonly hasEffect?: (onHost: KubeObject) => boolean;
  /** A host may lack the feature: then the same object is invalid for the operator as well. */
  readonly optional?: boolean;
}

/** Harmless objects, one of each kind that is tried, in the namespace of the attacks. */
export interface Benign {
  readonly pod: KubeObject;
  readonly service: KubeObject;
  readonly claim: KubeObject;
}
import type { KubeObject } from '@tenantry/plan';
