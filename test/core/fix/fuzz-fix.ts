// `npm run fuzz:fix -- [FAULTS] [SEED]`: so many single faults in random files without any, each mended and compared, and a
// tenth as many files with any damage.
import { mendDamaged } from './damaged-files.ts';
import { tryFault } from './single-faults.ts';

const [wanted = 100_000, first = 1] = process.argv.slice(2).map(Number);
const mended = new Map<string, number>();
let done = 0;
let seed = first;
for (; done < wanted; seed++) {
  if (seed % 10 === 0) mendDamaged(first, seed);
  const name = tryFault(seed);
  if (name === undefined) continue;
  mended.set(name, (mended.get(name) ?? 0) + 1);
  done++;
  if (done % 10_000 === 0) console.log(`${done} faults`);
}
for (const [name, times] of mended) console.log(`${String(times).padStart(7)}  ${name}`);
console.log(
  `${done} faults, seeds ${first} to ${seed - 1}: each file is again as it was, and damaged ones took no harm.`,
);
