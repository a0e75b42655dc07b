/** Reads the only entry of a zip as the check of a zip does. */
import { inspectArchive, readEntry } from '../../core/archive/read/inspect.ts';

const file = process.argv[2]!;
const { entries } = await inspectArchive(file);
let bytes = 0;
for await (const chunk of readEntry(file, entries[0]!)) bytes += chunk.length;
console.log(`${bytes} bytes`);
