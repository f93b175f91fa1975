import * as fc from 'fast-check';
import { toYaml } from '../src/yaml.ts';
import { anyObject, ODD_TEXTS } from './odd-objects.ts';

// For readers in other languages: one line of JSON for each object, with its YAML. Arguments: how
// many, and the seed that they are drawn by.
const [count = '1000', seed = '1'] = process.argv.slice(2);
const listed = ODD_TEXTS.flatMap((text) => [
  { value: text },
  { [text]: 'key' },
  { list: [text, { text }] },
]);
const drawn = fc.sample(anyObject, { numRuns: Number(count), seed: Number(seed) });
for (const object of [...listed, ...drawn]) {
  process.stdout.write(`${JSON.stringify({ object, yaml: toYaml(object) })}\n`);
}
