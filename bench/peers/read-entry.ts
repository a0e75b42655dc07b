/** Reads the only entry of a zip as the check of a zip does, checksum and all. */
import { inspectArchive, readEntry } from '../../core/archive/inspect.ts';

const file = process.argv[2]!;
const [entry] = await inspectArchive(file);
let bytes = 0;
for await (const chunk of readEntry(file, entry!.name)) bytes += chunk.length;
console.log(`${bytes} bytes`);
