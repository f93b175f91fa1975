import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { appendObject, removeElement, setKeys } from './edit-json.ts';
import { DEFAULT_ENGINE, type Engine, type Release, type Tenant } from './tenant.ts';

/** Keys of a tenant in tenants.json; `undefined` removes one. */
export type TenantKeys = Readonly<Record<string, string | boolean | undefined>>;

/**
 * The text of tenants.json with keys of tenants set, by id. Nothing else of it changes. The text
 * must be one that parses, and have the tenants.
 */
export function setTenantKeys(text: string, keys: ReadonlyMap<string, TenantKeys>): string {
  const indexes = indexesById(text);
  return setKeys(
    text,
    [...keys].map(([id, set]) => ({ path: ['tenants', indexOf(indexes, id)], set })),
  );
}

/** The text with one tenant more, at the end. */
export function addTenant(text: string, tenant: Readonly<Record<string, string | object>>): string {
  return appendObject(text, 'tenants', tenant);
}

/** The text with one tenant less. */
export function removeTenant(text: string, id: string): string {
  return removeElement(text, 'tenants', indexOf(indexesById(text), id));
}

/** The text with one receipt more, at the end of `offboarded`. */
export function addReceipt(
  text: string,
  receipt: Readonly<Record<string, string | number | readonly string[]>>,
): string {
  return appendObject(text, 'offboarded', receipt);
}

/** How tenants.json says where a tenant is in its life; of an active one it says nothing. */
export function stateFields({
  state,
  pausedBy,
  pausedSince,
}: Pick<Tenant, 'state' | 'pausedBy' | 'pausedSince'>): TenantKeys {
  return state === 'active'
    ? { state: undefined, pausedBy: undefined, pausedSince: undefined }
    : { state, pausedBy: pausedBy ?? undefined, pausedSince: pausedSince ?? undefined };
}

/** The text with a release that pins these images. */
export function pinRelease(text: string, name: string, images: Release['images']): string {
  const root = parseTree(text.replace(/^\uFEFF/, ' '));
  const there = root && findNodeAtLocation(root, ['releases']);
  return there === undefined
    ? setKeys(text, [{ path: [], set: { releases: { [name]: { images } } } }])
    : setKeys(text, [{ path: ['releases'], set: { [name]: { images } } }]);
}

/** The text with who applies dist/ to a host. The text must be one that parses, and have the host. */
export function setEngine(text: string, host: string, engine: Engine): string {
  const root = parseTree(text.replace(/^\uFEFF/, ' '));
  const isOnly = root !== undefined && findNodeAtLocation(root, ['host']) !== undefined;
  const set = { engine: engine === DEFAULT_ENGINE ? undefined : engine };
  return setKeys(text, [{ path: isOnly ? ['host'] : ['hosts', host], set }]);
}

function indexesById(text: string): ReadonlyMap<unknown, number> {
  const root = parseTree(text.replace(/^\uFEFF/, ''));
  const list = root && findNodeAtLocation(root, ['tenants']);
  return new Map(
    (list?.children ?? []).map((node, index) => [findNodeAtLocation(node, ['id'])?.value, index]),
  );
}

function indexOf(indexes: ReadonlyMap<unknown, number>, id: string): number {
  const index = indexes.get(id);
  if (index === undefined) throw new TypeError(`no tenant ${id} in the text that is edited`);
  return index;
}
