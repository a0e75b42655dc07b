import { datasets, findDataset, predecessorsOf, variantsOf } from '../../core/catalogue/catalogue.ts';
import { mostSimilar } from '../../core/catalogue/similar.ts';
import type { ColumnSpec, DatasetSpec } from '../../core/catalogue/spec.ts';
import { table } from '../../core/wording.ts';
import { choiceOf, UsageError, type Command } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';

export const spec: Command = {
  parameters: '[dataset]',
  options: { format: { type: 'string' } },
  help: [['--format F', 'text or json']],
  run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const [id, ...more] = positionals;
    if (more.length > 0) throw new UsageError('Name one dataset at most.');
    if (id === undefined) {
      terminal.print(format === 'json' ? jsonDocument({ datasets }) : listText());
      return Promise.resolve(0);
    }
    const found = findDataset(id);
    if (!found) {
      const meant = mostSimilar(
        id,
        datasets.map((each) => each.id),
      );
      throw new UsageError(
        `There is no dataset ${id}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
      );
    }
    terminal.print(format === 'json' ? jsonDocument(found) : specText(found));
    return Promise.resolve(0);
  },
};

function listText(): string {
  return table(
    datasets.map((each) => [each.category, `${each.folder}/${each.archive}`, each.id, each.title]),
  );
}

function specText(each: DatasetSpec): string {
  const lines = [
    `${each.id}: ${each.title} (${each.category})`,
    `  ${each.folder}/${each.archive}, with ${each.csv} inside; cells separated by "${each.reading.delimiter}"`,
    `  header compared ${each.header.match === 'substring' ? 'by position' : each.header.match}; since cQube ${each.since}`,
    `  key: ${each.key.columns.join(', ') || 'none'}; loaded into ${each.loadsInto}`,
  ];
  const before = predecessorsOf(each);
  if (before.length > 0) lines.push(`  after: ${before.join(', ')}`);
  for (const variant of variantsOf(each)) {
    lines.push(
      '',
      variant.id === 'main' ? 'Columns:' : `Columns of the ${variant.id} header (${variant.when}):`,
    );
    lines.push(table(variant.columns.map(columnRow), '  '));
  }
  for (const section of each.sections ?? []) {
    lines.push(
      '',
      `Section closed by "${section.endMarker}": ${section.columns.join(', ')}${section.furtherColumns ? ', then any number of columns' : ''}`,
    );
  }
  if (each.dynamicColumns) lines.push('', each.dynamicColumns.rule);
  if (each.notes !== undefined) lines.push('', each.notes);
  return lines.join('\n');
}

function columnRow(column: ColumnSpec): string[] {
  const limit = column.dbMaxLength === undefined ? '' : `, at most ${column.dbMaxLength} characters`;
  const format = column.format === undefined ? '' : ` ${column.format}`;
  return [
    column.name,
    `${column.type}${format}${limit}`,
    column.required ? 'required' : '',
    column.description,
  ];
}
