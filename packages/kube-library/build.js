import { build } from 'esbuild';

// Parts of the library are CommonJS and require Node's own modules.
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

await build({
  entryPoints: ['src/index.ts'],
  outfile: 'build/index.js',
  bundle: true,
  platform: 'node',
  format: 'esm',
  banner: { js: REQUIRE },
});
