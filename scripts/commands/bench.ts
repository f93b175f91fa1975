import { suggest } from '@tenantry/tenants';
import { benchDeploy } from '../lib/dev/bench-deploy.ts';
import { benchScale } from '../lib/dev/bench-scale.ts';
import { benchSynth } from '../lib/dev/bench-synth.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { type Context, defineCommand } from '../lib/cli/run-main.ts';

const BENCHES: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  synth: benchSynth,
  deploy: benchDeploy,
  scale: benchScale,
};

export default defineCommand({
  usage: `pnpm bench [${Object.keys(BENCHES).join('|')}]`,
  summary: 'Figures of one run, peer and ours side by side, with their ratio.',
  arguments: { min: 0, max: 1 },
  async run(context) {
    const [name] = context.positionals;
    if (name !== undefined && !Object.hasOwn(BENCHES, name)) {
      const names = Object.keys(BENCHES);
      const near = suggest(name, names);
      throw new UsageError(
        `no bench ${JSON.stringify(name)}\n  → ${near === null ? `one of: ${names.join(', ')}` : `did you mean ${near}?`}`,
      );
    }
    for (const [key, bench] of Object.entries(BENCHES)) {
      if (name === undefined || name === key) await bench(context);
    }
  },
});
