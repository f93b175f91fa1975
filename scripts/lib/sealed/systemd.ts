import { appendFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { disabledUnits, enabledUnits, maskedUnits, unneededShares } from '@tenantry/sealed';
import type { Shell } from '../cli/shell.ts';

/**
 * Copies the root file system `rootfs` to `target` and makes it boot in a container.
 * @param overlay what is laid over it later; its units are the ones to enable.
 */
export async function prepareSystem(
  $: Shell,
  rootfs: string,
  overlay: string,
  target: string,
): Promise<void> {
  await $`cp -a ${rootfs} ${target}`;
  const unwanted = [...unneededShares.map((name) => `usr/share/${name}`), ...disabledUnits];
  await $({ cwd: target })`bash -c ${`rm -rf -- ${unwanted.join(' ')}`}`;
  // The kernel's log is the machine's, not the node's.
  await appendFile(path.join(target, 'etc/systemd/journald.conf'), 'ReadKMsg=no\n');
  await $`ln -sf /usr/lib/systemd/systemd ${path.join(target, 'sbin/init')}`;
  // systemctl reads the units it enables, so they have to be there.
  const units = path.join(target, 'etc/systemd/system');
  await $`cp -r ${path.join(overlay, 'etc/systemd/system')}/. ${units}`;
  const systemctl = ['systemctl', `--root=${target}`, '--quiet'];
  await $`${systemctl} enable ${enabledUnits}`;
  await $`${systemctl} mask ${maskedUnits}`;
  // Every node makes its own.
  await rm(path.join(target, 'etc/machine-id'), { force: true });
}
