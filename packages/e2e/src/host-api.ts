import { once } from 'node:events';
import { execa } from 'execa';
import { reachHost, toolPath } from './tenantry.ts';

export interface HostRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

export interface HostAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the API server says where it refuses. */
  readonly message: string;
}

/** Talks to the host's API while `action` runs, as the user that each request names. */
export async function withHostApi<T>(
  action: (send: (request: HostRequest, as?: string) => Promise<HostAnswer>) => Promise<T>,
): Promise<T> {
  const proxy = execa('kubectl', [...reachHost(), 'proxy', '--port=0'], {
    env: { PATH: toolPath() },
    reject: false,
  });
  try {
    const [said] = (await once(proxy.stdout, 'data')) as [Buffer];
    const port = /:(\d+)/.exec(said.toString())?.[1];
    if (port === undefined) throw new Error(`kubectl proxy says ${said.toString()}`);
    return await action(async ({ method, path, body }, as) => {
      const patch = 'application/merge-patch+json';
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          'Content-Type': method === 'PATCH' ? patch : 'application/json',
          ...(as === undefined ? {} : { 'Impersonate-User': as }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const read = (await answer.json()) as Record<string, unknown>;
      const { message } = read;
      return {
        status: answer.status,
        body: read,
        message: typeof message === 'string' ? message : '',
      };
    });
  } finally {
    proxy.kill();
    await proxy;
  }
}
