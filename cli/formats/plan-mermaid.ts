import type { Dependency, ExplainedPlan } from '../../core/plan/types.ts';
import { size } from './text.ts';

/** How an edge looks from a thing that something depends on: solid only where this very emission sends it. */
const arrows = {
  'in-plan': '-->',
  acknowledged: '-. acknowledged .->',
  outdated: '-. an earlier one .->',
  'held-back': '-. held back .-x',
  unknown: '-. not known .-x',
} as const;

/**
 * The plan as a Mermaid flow chart, which GitHub, GitLab and many editors draw: a box for each wave, an arrow for each
 * dependency, and what is held back in red.
 */
export function planMermaid({ waves, heldBack, dependencies }: ExplainedPlan): string {
  const lines = ['flowchart LR'];
  for (const { number, title, files } of waves) {
    lines.push(`  subgraph wave${number}["${number}. ${title}"]`);
    for (const { dataset, bytes } of files) lines.push(`    ${dataset}["${dataset}, ${size(bytes)}"]`);
    lines.push('  end');
  }
  const going = new Set(waves.flatMap(({ files }) => files.map(({ dataset }) => dataset)));
  const held = heldBack.flatMap(({ dataset, reason }) =>
    dataset === undefined || reason === 'unchanged' ? [] : [{ dataset, reason }],
  );
  for (const { dataset, reason } of held) lines.push(`  ${dataset}["${dataset}: ${reason}"]:::held`);
  const drawn = new Set([...going, ...held.map(({ dataset }) => dataset)]);
  const edges = dependencies.filter(isDrawn).flatMap(({ dataset, by, state }) =>
    // One of several that stand for each other is enough to show that none is known.
    (state === 'unknown' ? by.slice(0, 1) : by).map((id) => ({ id, dataset, state })),
  );
  for (const id of new Set(edges.map((edge) => edge.id)))
    if (!drawn.has(id)) lines.push(`  ${id}(["${id}"])`);
  for (const { id, dataset, state } of edges) lines.push(`  ${id} ${arrows[state]} ${dataset}`);
  if (held.length > 0) lines.push('  classDef held stroke:#c00,stroke-dasharray:4');
  return lines.join('\n');
}

/** What only matters where both are sent is no gap where one is not. */
function isDrawn({ state, rule }: Dependency): boolean {
  return rule.needed || state === 'in-plan';
}
