/**
 * `npm run kill-test -- --kills 200 --seed 1`: kills the built command at random moments during zip and emit, lets it go
 * on, and counts. Ends with 1 at the first thing that was lost, stored twice or left half done.
 */
import { parseArgs } from 'node:util';
import { killUntil } from './kills.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run kill-test -- [--kills N] [--seed N]');
  process.exit(2);
}

const { rounds, zip, emit, objects, unknown, settled } = await killUntil({
  kills,
  seed,
  onRound: (tally) => console.error(`${tally.kills} of ${kills} kills`),
});
console.log(
  `${zip + emit} kills (${zip} of zip, ${emit} of emit) in ${rounds} rounds, seed ${seed}: ` +
    `${objects} contents, each stored exactly once; ${settled} lost answers settled by the listing, ` +
    `${unknown} files called unknown. No partial zip, no lost acknowledgement.`,
);
