// `npm run fuzz:document -- [EDITS] [SEED]`: random edits of random documents, each compared with a whole check.
import { Random } from '../../csv/random.ts';
import { EditedDocument } from './edited-document.ts';

const EDITS_OF_A_DOCUMENT = 50;
const [edits = 100_000, seed = 1] = process.argv.slice(2).map(Number);
let done = 0;
let documents = 0;
while (done < edits) {
  const from = seed + documents++;
  const document = new EditedDocument(new Random(from));
  for (let i = 0; i < EDITS_OF_A_DOCUMENT && done < edits; i++, done++) {
    try {
      document.step();
    } catch (error) {
      console.error(`Edit ${i + 1} of the document of seed ${from}:`);
      throw error;
    }
    if ((done + 1) % 10_000 === 0) console.log(`${done + 1} edits`);
  }
}
console.log(
  `${done} edits of ${documents} documents, from seed ${seed}: each time the report of a whole check.`,
);
