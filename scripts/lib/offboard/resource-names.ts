import { UsageError } from '../cli/errors.ts';

export const ACCEPT_UNREADABLE_OPTION = {
  type: 'string',
  value: 'RESOURCE,…',
  description: 'go on where these cannot be read: they are in the snapshot, not compared',
  variable: false,
} as const;

/** Of `--accept-unreadable`. @throws UsageError where one is no name of a resource or an APIService */
export function resourceNames(list: string): readonly string[] {
  const names = list.split(',').filter((name) => name !== '');
  const wrong = names.find((name) => !/^[a-z0-9.-]{1,253}$/.test(name));
  if (wrong === undefined) return names;
  throw new UsageError(
    `--accept-unreadable has ${JSON.stringify(wrong)}, which is no name of a resource; nothing was changed\n  → as the error named it: widgets.example.com,v1beta1.metrics.k8s.io`,
  );
}
