import { describe, expect, test } from '@jest/globals';
import { parseSecrets } from '../lib/secrets/secrets-file.ts';

const encrypted = (type = 'str') =>
  `ENC[AES256_GCM,data:CwE4O1s=,iv:2k+QPb3Kuw==,tag:9ZSLqVvDRbQ=,type:${type}]`;

const SOPS = `sops:
  age:
    - recipient: age1first
      enc: x
    - recipient: age1second
      enc: x
  mac: ${encrypted()}
`;

const secret = ({
  head = '',
  values = `  PASSWORD: ${encrypted()}\n`,
  name = 'db',
  end = SOPS,
} = {}) =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n  namespace: default\n${head}stringData:\n${values}${end}`;

const faultsOf = (text: string): readonly string[] => {
  const file = parseSecrets('/w/secrets/alice.yaml', text);
  return 'faults' in file ? file.faults : [];
};

test('a file has its Secrets, still encrypted, and who can read them', () => {
  const text = `${secret({ head: 'type: kubernetes.io/tls\n' })}---\n${secret({ name: 'api' })}`;
  expect(parseSecrets('/w/secrets/alice.yaml', text)).toEqual({
    path: '/w/secrets/alice.yaml',
    text,
    recipients: ['age1first', 'age1second'],
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', namespace: 'default' },
        type: 'kubernetes.io/tls',
        stringData: { PASSWORD: encrypted() },
      },
      expect.objectContaining({ metadata: { name: 'api', namespace: 'default' } }),
    ],
  });
});

test('a text that is empty stays so when sops encrypts it', () => {
  expect(faultsOf(secret({ values: '  NOTHING: ""\n' }))).toEqual([]);
});

describe('a file is refused, and none of its values shown,', () => {
  const CLEAR = 'hunter2';
  test.each([
    [
      'that is in clear',
      secret({ values: `  PASSWORD: ${CLEAR}\n`, end: '' }),
      'is not encrypted: it has no metadata of sops',
    ],
    [
      'with a value in clear',
      secret({ values: `  PASSWORD: ${CLEAR}\n` }),
      'stringData.PASSWORD is not encrypted',
    ],
    [
      'with a number',
      secret({ values: `  PORT: ${encrypted('int')}\n` }),
      'stringData.PORT is no text (int): put it in quotes',
    ],
    [
      'with clear text behind what is encrypted',
      secret({ values: `  A: ${encrypted()}${CLEAR}\n` }),
      'stringData.A is not encrypted',
    ],
    ['that is no YAML', `${secret()}  ${CLEAR}: [\n`, 'is no YAML: line 16'],
    [
      'of which a second document is in clear',
      `${secret()}---\n${secret({ name: 'b', values: `  A: ${CLEAR}\n`, end: '' })}`,
      'document 2.stringData.A is not encrypted\ndocument 2.sops is not sops metadata',
    ],
    [
      'that is encrypted as a whole',
      secret().replace('kind: Secret', `kind: ${encrypted()}`),
      'is encrypted as a whole: .sops.yaml lacks encrypted_regex: ^(data|stringData)$',
    ],
    [
      'for others than recipients of age',
      secret().replace('  age:', '  kms:\n    - arn: x\n  age:'),
      'sops.kms is there; only recipients of age are allowed',
    ],
    [
      'of another kind',
      secret().replace('kind: Secret', 'kind: ConfigMap'),
      'kind is not Secret; what is no secret belongs into the chart',
    ],
    [
      'of a type that means something to a cluster',
      secret({ head: 'type: kubernetes.io/service-account-token\n' }),
      'type is none of Opaque, kubernetes.io/dockerconfigjson, kubernetes.io/tls',
    ],
    [
      'with more than a Secret has',
      secret({ head: 'spec: {}\n' }),
      'has spec, which a Secret has not',
    ],
    [
      'with an owner',
      secret().replace('  name:', '  ownerReferences: []\n  name:'),
      'metadata has ownerReferences, which metadata of a Secret has not',
    ],
    [
      'without a namespace',
      secret().replace('  namespace: default\n', ''),
      'metadata.namespace is missing',
    ],
    [
      'in a namespace of Kubernetes',
      secret().replace('namespace: default', 'namespace: kube-system'),
      "metadata.namespace is one of Kubernetes' own",
    ],
    [
      'with a name of Helm',
      secret({ name: 'sh.helm.release.v1.x.v1' }),
      'metadata.name is a name that Helm or vcluster gives to Secrets of its own',
    ],
    [
      'with a name of vcluster',
      secret({ name: 'web-sa-token' }),
      'metadata.name is a name that Helm or vcluster gives to Secrets of its own',
    ],
    [
      'with a name that is none',
      secret({ name: 'a b' }),
      '"v1 Secret default/a b" has no name that Kubernetes takes',
    ],
    ['with a name twice', `${secret()}---\n${secret()}`, 'has v1 Secret default/db twice'],
  ])('%s', (_, text, faults) => {
    const found = faultsOf(text).join('\n');
    expect(found).toBe(faults);
    expect(found).not.toContain(CLEAR);
  });
});
