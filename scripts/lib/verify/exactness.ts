import { ExpectedError } from '../cli/errors.ts';
import { differences } from '@tenantry/isolation';
import type { KubeObject } from '@tenantry/plan';
import type { Api } from '../kube/api-client.ts';
import { create, objectPath } from '../kube/objects.ts';

/** Where and under which name the server is asked for its defaults; nothing is stored. */
const DEFAULTED = { namespace: 'default', name: 'tenantry-verify-wanted' };

/**
 * Where the objects of a cluster are not exactly the wanted ones, `NetworkPolicy/dns spec.egress[1]
 * added`. The server itself fills in the defaults of what is wanted, by a dry run.
 * @throws Error with the server's words where it cannot be asked
 */
export async function compareWithWanted(
  hostApi: Api,
  wanted: readonly KubeObject[],
): Promise<readonly string[]> {
  const found = await Promise.all(wanted.map((object) => compareOne(hostApi, object)));
  return found.flat();
}

async function compareOne(hostApi: Api, wanted: KubeObject): Promise<readonly string[]> {
  const { kind, metadata } = wanted;
  const reference = `${kind}/${metadata.name}`;
  const [live, defaulted] = await Promise.all([
    hostApi.send({ path: objectPath(wanted) }),
    create(hostApi, elsewhere(wanted), { dryRun: true }),
  ]);
  if (live.status === 404) return [`${reference} missing`];
  if (!live.ok) throw new ExpectedError(`${reference}: ${live.message}`);
  if (!defaulted.ok) throw new ExpectedError(`${reference}, in a dry run: ${defaulted.message}`);
  return differences(asObject(defaulted.body), asObject(live.body)).map(
    (difference) => `${reference} ${difference}`,
  );
}

function elsewhere(object: KubeObject): KubeObject {
  const { labels, annotations, namespace } = object.metadata;
  return {
    ...object,
    metadata: {
      name: DEFAULTED.name,
      ...(namespace !== undefined && { namespace: DEFAULTED.namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
  };
}

function asObject(body: Readonly<Record<string, unknown>>): KubeObject {
  return body as unknown as KubeObject;
}
