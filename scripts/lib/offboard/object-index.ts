import { type KubeObject, referenceOf } from '@tenantry/plan';
import { type Fingerprint, fingerprintOf, isCompared } from './compare-objects.ts';
import { isBoundClaim } from './renew-claims.ts';

/** The objects of a cluster, as far as what they are is to be known without holding them all. */
export interface ObjectIndex {
  /** How many there are. */
  readonly count: number;
  /** Of those that are compared, by reference. */
  readonly fingerprints: ReadonlyMap<string, Fingerprint>;
  /** The claims that name a volume. */
  readonly boundClaims: readonly KubeObject[];
}

/** An index that is filled object by object; `add` says whether it was a new one. */
export function createIndex(): ObjectIndex & { add(object: KubeObject): boolean } {
  const uids = new Set<string>();
  const fingerprints = new Map<string, Fingerprint>();
  const boundClaims: KubeObject[] = [];
  return {
    get count() {
      return uids.size;
    },
    fingerprints,
    boundClaims,
    add(object) {
      // Some objects are listed by two API groups.
      const uid = object.metadata.uid ?? referenceOf(object);
      if (uids.has(uid)) return false;
      uids.add(uid);
      if (isCompared(object)) fingerprints.set(referenceOf(object), fingerprintOf(object));
      if (isBoundClaim(object)) boundClaims.push(object);
      return true;
    },
  };
}
