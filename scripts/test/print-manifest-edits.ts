import * as fc from 'fast-check';
import { manifestEdit, reviewEdit } from './helpers/manifest-edits.ts';

// For differs in other languages: one line of JSON for each edit, with what ours says of it.
// Arguments: how many, and the seed that they are drawn by.
const [count = '1000', seed = '1'] = process.argv.slice(2);
for (const edit of fc.sample(manifestEdit, { numRuns: Number(count), seed: Number(seed) })) {
  const changes = reviewEdit(edit).flatMap((section) => section.changes);
  const line = {
    ...edit.texts,
    paths: changes.flatMap(({ fields }) => fields.map(({ path }) => path)),
    isRaw: changes.some(({ kind }) => kind === 'raw'),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
