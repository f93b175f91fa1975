import { type KubeObject, partsOf, referenceOf } from '@tenantry/plan';
import { loadAll, YAMLException } from 'js-yaml';
import { z } from 'zod';

/** What sops encrypts of the files in secrets/: the rest shows in a review. Flux reads the same. */
export const ENCRYPTED_REGEX = '^(data|stringData)$';

const TYPES = ['Opaque', 'kubernetes.io/dockerconfigjson', 'kubernetes.io/tls'] as const;

/** A file of secrets/ as it lies there. */
export interface SecretsFile {
  readonly path: string;
  readonly text: string;
  /** Its Secrets, with values that only sops can read. */
  readonly objects: readonly KubeObject[];
  /** Public keys of age; a key of any of them decrypts it. */
  readonly recipients: readonly string[];
}

/** What is wrong with a file. No message has a value of it. */
export type SecretsFaults = readonly string[];

/** sops leaves a text that is empty as it is. */
const ENCRYPTED = /^(ENC\[AES256_GCM,data:[\w+/=]+,iv:[\w+/=]+,tag:[\w+/=]+,type:(\w+)\])?$/;

const value = z.string('is not encrypted').superRefine((text, context) => {
  const [encrypted, , type = 'str'] = ENCRYPTED.exec(text) ?? [];
  if (encrypted === undefined) context.addIssue('is not encrypted');
  else if (type !== 'str') context.addIssue(`is no text (${type}): put it in quotes`);
});
const values = z.record(z.string(), value, 'is no mapping of keys to values').optional();
const text = z.string('is no text');
const texts = z.record(z.string(), text, 'is no mapping of texts').optional();
const none = z.array(z.unknown()).max(0, 'is there; only recipients of age are allowed').nullish();

const metadataSchema = z.strictObject(
  {
    name: text.refine(
      (name) => !name.startsWith('sh.helm.release.') && !name.endsWith('-sa-token'),
      'is a name that Helm or vcluster gives to Secrets of its own',
    ),
    namespace: z
      .string('is missing')
      .refine((namespace) => !namespace.startsWith('kube-'), "is one of Kubernetes' own"),
    labels: texts,
    annotations: texts,
  },
  { error: strictly('metadata of a Secret') },
);

const secretSchema = z.strictObject(
  {
    apiVersion: z.literal('v1', 'is not v1'),
    kind: z.literal('Secret', 'is not Secret; what is no secret belongs into the chart'),
    metadata: metadataSchema,
    type: z.enum(TYPES, `is none of ${TYPES.join(', ')}`).optional(),
    immutable: z.boolean('is neither true nor false').optional(),
    data: values,
    stringData: values,
    sops: z.object(
      {
        age: z
          .array(z.object({ recipient: z.string('is missing') }), 'has no recipient')
          .min(1, 'has no recipient'),
        kms: none,
        gcp_kms: none,
        hckms: none,
        azure_kv: none,
        hc_vault: none,
        pgp: none,
        key_groups: none,
      },
      'is not sops metadata',
    ),
  },
  { error: strictly('a Secret') },
);

/** What is said of an object that is none, or has keys that it cannot have. */
function strictly(
  what: string,
): z.core.$ZodErrorMap<z.core.$ZodIssueInvalidType | z.core.$ZodIssueUnrecognizedKeys> {
  return (issue) =>
    issue.code === 'unrecognized_keys'
      ? `has ${issue.keys.join(', ')}, which ${what} has not`
      : `is not ${what}`;
}

/** Reads a file of secrets/ without decrypting it: it is what it seems, or the faults are said. */
export function parseSecrets(
  path: string,
  content: string,
): SecretsFile | { readonly faults: SecretsFaults } {
  let documents: readonly unknown[];
  try {
    documents = loadAll(content, { maxAliases: 0 });
  } catch (error) {
    return { faults: [`is no YAML${lineOf(error)}`] };
  }
  if (!documents.some((document) => 'sops' in fieldsOf(document))) {
    return { faults: ['is not encrypted: it has no metadata of sops'] };
  }
  if (documents.some((document) => String(fieldsOf(document)['kind']).startsWith('ENC['))) {
    return { faults: [`is encrypted as a whole: .sops.yaml lacks encrypted_regex: ${ENCRYPTED_REGEX}`] };
  }
  const parsed = documents.map((document) => secretSchema.safeParse(document));
  const faults = parsed.flatMap(({ error }, index) =>
    (error?.issues ?? []).map((issue) => {
      const where = [...(parsed.length > 1 ? [`document ${index + 1}`] : []), ...issue.path];
      return `${where.join('.')} ${issue.message}`.trim();
    }),
  );
  const secrets = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
  // A field that may be missing is so in the one type, and undefined in the other.
  const objects = secrets.map(({ sops: _sops, ...object }) => object as unknown as KubeObject);
  const references = objects.map(referenceOf);
  const found = [
    ...faults,
    ...references
      .filter((each, index) => references.indexOf(each) !== index)
      .map((each) => `has ${each} twice`),
    ...references
      .filter((each) => partsOf(each) === null)
      .map((each) => `${JSON.stringify(each)} has no name that Kubernetes takes`),
  ];
  if (found.length > 0) return { faults: found };
  const recipients = secrets.flatMap(({ sops }) => sops.age.map(({ recipient }) => recipient));
  return { path, text: content, objects, recipients: [...new Set(recipients)] };
}

/** Of js-yaml's error no more than where: the rest of it is an excerpt of the file. */
function lineOf(error: unknown): string {
  return error instanceof YAMLException && error.mark !== undefined
    ? `: line ${error.mark.line + 1}`
    : '';
}

function fieldsOf(document: unknown): Readonly<Record<string, unknown>> {
  return typeof document === 'object' && document !== null ? { ...document } : {};
}
