import { createPrivateKey, X509Certificate } from 'node:crypto';
import { dump } from 'js-yaml';
import type { KubeObject } from '@tenantry/plan';

/** What authenticates us to a vcluster and the vcluster to us: PEM, written by this process. */
export interface Credentials {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A CA, a certificate or a key is some kilobytes. */
const MAX_BYTES = 64 * 1024;
const MAX_CERTIFICATES = 10;
const CERTIFICATES =
  /^\s*(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY = /^\s*-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----[A-Za-z0-9+/=\s]+-----END \1-----\s*$/;

/**
 * The CA, client certificate and client key of a vcluster's Secret; null where one is missing yet.
 * The syncer of a tenant can write the Secret: its `config` is not read (a kubeconfig may name
 * commands, files and proxies), and the rest is parsed and written anew.
 * @throws Error naming the key that holds something else
 */
export function credentialsOf(secret: KubeObject | undefined): Credentials | null {
  const data = (secret?.['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const ca = data['certificate-authority'];
  const certificate = data['client-certificate'];
  const key = data['client-key'];
  if (isEmpty(ca) || isEmpty(certificate) || isEmpty(key)) return null;
  const [client = '', ...chain] = certificatesOf('client-certificate', certificate);
  const privateKey = keyOf('client-key', key);
  if (!new X509Certificate(client).checkPrivateKey(privateKey)) {
    throw new Error('client-key is not the key of client-certificate');
  }
  return {
    ca: certificatesOf('certificate-authority', ca).join(''),
    certificate: [client, ...chain].join(''),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A kubeconfig with one context, which has these credentials and nothing else. */
export function kubeconfigOf(
  { ca, certificate, key }: Credentials,
  context: string,
  server: string,
): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: context,
        user: {
          'client-certificate-data': base64(certificate),
          'client-key-data': base64(key),
        },
      },
    ],
    contexts: [
      { name: context, context: { cluster: context, user: context, namespace: 'default' } },
    ],
    'current-context': context,
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function certificatesOf(name: string, value: unknown): readonly string[] {
  const text = decode(name, value);
  const blocks = CERTIFICATES.test(text) ? (text.match(CERTIFICATE) ?? []) : [];
  if (blocks.length === 0) throw new Error(`${name} is not a PEM certificate`);
  if (blocks.length > MAX_CERTIFICATES) {
    throw new Error(
      `${name} has ${blocks.length} certificates; at most ${MAX_CERTIFICATES} are taken`,
    );
  }
  return blocks.map((block) => {
    try {
      return new X509Certificate(block).toString();
    } catch (error) {
      throw new Error(`${name} is not a PEM certificate`, { cause: error });
    }
  });
}

function keyOf(name: string, value: unknown) {
  const text = decode(name, value);
  if (!KEY.test(text)) throw new Error(`${name} is not a PEM private key`);
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new Error(`${name} is not a PEM private key`, { cause: error });
  }
}

function decode(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new Error(`${name} is not text`);
  if (value.length > (MAX_BYTES * 4) / 3)
    throw new Error(`${name} is larger than ${MAX_BYTES} bytes`);
  return Buffer.from(value, 'base64').toString('latin1');
}
