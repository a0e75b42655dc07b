// What DuckDB takes for the same file: every cell read as its column's type, each column summed so that it must be.
// With a file of schools also repeated rows, keys and the reference, as queries over the loaded table.
//   node bench/peers/duckdb.mjs FILE THREADS [SCHOOLS]
import { createRequire } from 'node:module';
import path from 'node:path';
import { datasetNamed } from '../../core/catalogue/match.ts';

const [file, threads, schools] = process.argv.slice(2);
const installed = createRequire(path.join(import.meta.dirname, '../.work/package.json'));
const { DuckDBInstance } = installed('@duckdb/node-api');
const { columns, key, references } = datasetNamed(path.basename(file));

const sqlTypes = { integer: 'BIGINT', long: 'BIGINT', decimal: 'DOUBLE', double: 'DOUBLE', date: 'DATE' };
const typeOf = ({ type }) => sqlTypes[type] ?? 'VARCHAR';
const named = ({ name }) => `"${name}"`;
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const types = columns.map((column) => `${quoted(column.name)}: ${quoted(typeOf(column))}`).join(', ');
const rows = `read_csv(${quoted(file)}, delim='|', header=true, quote='"', escape='"', auto_detect=false, columns={${types}})`;

const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const ask = async (sql) => (await connection.runAndReadAll(sql)).getRows()[0];

if (schools === undefined) {
  const sums = columns.map((column) =>
    typeOf(column) === 'VARCHAR'
      ? `sum(length(${named(column)}))`
      : typeOf(column) === 'DATE'
        ? `max(${named(column)})`
        : `sum(${named(column)})`,
  );
  const required = columns.filter((column) => column.required).map((column) => `count(${named(column)})`);
  const [count] = await ask(`SELECT count(*), ${[...sums, ...required].join(', ')} FROM ${rows}`);
  console.log(`${count} rows`);
} else {
  const all = columns.map(named).join(', ');
  const keys = key.columns.map((name) => `"${name}"`).join(', ');
  const reference = `"${references[0].columns[0]}"`;
  await connection.run(`CREATE TABLE rows AS SELECT * FROM ${rows}`);
  const known = `read_csv(${quoted(schools)}, delim='|', header=true, quote='"', escape='"', all_varchar=true)`;
  await connection.run(`CREATE TABLE schools AS SELECT CAST("SchoolId" AS BIGINT) AS id FROM ${known}`);
  const [count] = await ask('SELECT count(*) FROM rows');
  const [repeats] = await ask(
    `SELECT count(*) FROM (SELECT 1 FROM rows GROUP BY ${all} HAVING count(*) > 1)`,
  );
  const [same] = await ask(`SELECT count(*) FROM (SELECT 1 FROM rows GROUP BY ${keys} HAVING count(*) > 1)`);
  const [unknown] = await ask(`SELECT count(*) FROM rows WHERE ${reference} NOT IN (SELECT id FROM schools)`);
  console.log(`${count} rows, ${repeats} repeated, ${same} keys more than once, ${unknown} unknown`);
}
