import { defineCommand } from '../lib/cli/run-main.ts';
import { checkDist, synthDist } from '../lib/dist/synth.ts';

export default defineCommand({
  usage: 'pnpm synth [--tenants FILE] [--out DIR] [--check]',
  summary: 'Turns tenants.json into the manifests in dist/, and prints what changed.',
  options: {
    tenants: { type: 'path', value: 'FILE', description: 'read FILE instead of tenants.json' },
    out: { type: 'path', value: 'DIR', description: 'write to DIR instead of dist/' },
    check: { type: 'boolean', description: 'write nothing; fail where dist/ is not up to date' },
  },
  async run({ values, workspace, print }) {
    const tenantsFile = values.tenants ?? workspace.tenantsFile;
    const out = values.out ?? workspace.dist;
    const synth = values.check === true ? checkDist : synthDist;
    return synth({ ...workspace, tenantsFile, dist: out }, print);
  },
});
