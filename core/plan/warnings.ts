import { findDataset, sharesTable } from '../catalogue/catalogue.ts';
import type { Choice } from './dependencies.ts';
import { requirementsOf, sourcesText } from './order-rules.ts';
import type { Dependency, HeldBack, PlanWarning, Wave } from './types.ts';

/** Ingestion builds the school hierarchy when one of these arrives, and at no other time (ingestion-rules, section 12). */
const HIERARCHY_BUILDERS = ['school_mst', 'grade_details', 'subject_details'];
const HIERARCHY_PARTS = ['district_mst', 'block_mst', 'cluster_mst'];

/** Everything about the order of a plan that a person should know before it is carried out. Pure. */
export function warningsOf(
  waves: readonly Wave[],
  heldBack: readonly HeldBack[],
  dependencies: readonly Dependency[],
  choice: Choice,
): PlanWarning[] {
  return [
    ...dependencies.filter(({ dataset }) => choice.going.has(dataset)).flatMap(lacking),
    ...unbuiltHierarchy(waves),
    ...unappliedKinds(heldBack, choice),
    ...sentTooEarly(heldBack, choice),
    ...sharedTables(choice.going),
    ...unchecked(choice),
  ];
}

/** A file that is sent although something that it needs is not, or not as it is here. */
function lacking({ dataset, on, by, state, acknowledgedAt, rule }: Dependency): PlanWarning[] {
  if (!rule.needed) return [];
  const title = on.length === 1 ? ` (${findDataset(on[0]!)?.title ?? ''})` : '';
  const what = `${dataset} wants ${on.join(' or ')}${title} to be in cQube first`;
  const why = `Without it, ${rule.effect} (${sourcesText(rule)}).`;
  switch (state) {
    case 'unknown': {
      const message = `${what}. It is not part of this emission, and no acknowledgement of it is known. ${why}`;
      return [{ dataset, message, lacks: on }];
    }
    case 'held-back':
      return [{ dataset, message: `${what}, but ${by.join(', ')} is held back. ${why}`, lacks: by }];
    case 'outdated': {
      const message = `${what}. cQube has ${by.join(', ')} as acknowledged at ${acknowledgedAt ?? 'an unknown time'}; what is here now is not sent. For what is new in it, ${rule.effect} (${sourcesText(rule)}).`;
      return [{ dataset, message, lacks: by }];
    }
    case 'in-plan':
    case 'acknowledged':
      return [];
  }
}

/**
 * Names of districts, blocks and clusters that reach no school, because nothing behind them has the hierarchy built
 * (ingestion-rules, section 12, 1).
 */
function unbuiltHierarchy(waves: readonly Wave[]): PlanWarning[] {
  const numbers = new Map(
    waves.flatMap(({ number, files }) => files.map(({ dataset }) => [dataset, number] as const)),
  );
  const built = Math.max(0, ...HIERARCHY_BUILDERS.map((id) => numbers.get(id) ?? 0));
  const late = HIERARCHY_PARTS.filter((id) => (numbers.get(id) ?? 0) >= Math.max(built, 1));
  const [first] = late;
  if (first === undefined) return [];
  const message = `New names in ${late.join(', ')} show only once school_mst, grade_details or subject_details arrives behind: cQube builds the school hierarchy at no other time (cQube’s ingestion).`;
  return [{ dataset: first, message }];
}

/** Schools without category or management, because those are not written again (ingestion-rules, section 12, 2). */
function unappliedKinds(heldBack: readonly HeldBack[], { going }: Choice): PlanWarning[] {
  if (!going.has('school_mst')) return [];
  const kinds = heldBack.flatMap(({ dataset, reason }) =>
    reason === 'unchanged' && /^school_(category|management)_master$/.test(dataset ?? '') ? [dataset!] : [],
  );
  if (kinds.length === 0) return [];
  const message = `New schools in school_mst will have no entry of ${kinds.join(' and ')}, which cQube writes only to the schools that are there when it arrives (cQube’s ingestion). Send it again after school_mst.`;
  return [{ dataset: 'school_mst', message }];
}

/** Files that cQube took before it had what they need, as far as the journal tells. */
function sentTooEarly(heldBack: readonly HeldBack[], { going, statuses }: Choice): PlanWarning[] {
  return heldBack.flatMap(({ dataset, reason }) => {
    if (dataset === undefined || reason !== 'unchanged') return [];
    return requirementsOf(dataset)
      .filter(({ on, rule }) => rule.needed && on.some((id) => going.has(id)))
      .filter(({ on }) => on.every((id) => statuses.get(id)?.acknowledged === undefined))
      .map(({ on, rule }) => {
        const first = on.filter((id) => going.has(id)).join(', ');
        const message = `${dataset} was acknowledged before ${first} was ever sent: ${rule.effect} (${sourcesText(rule)}). It may have to be sent again after this emission.`;
        return { dataset, message };
      });
  });
}

/** Zips that are sent although nobody has looked at what they hold. */
function unchecked({ going, statuses }: Choice): PlanWarning[] {
  return [...going].flatMap((dataset) =>
    (statuses.get(dataset)?.examination.findings ?? [])
      .filter(({ rule }) => rule === 'layout/zip-unchecked')
      .map(({ message }) => ({ dataset, message: `${dataset} is sent unchecked. ${message}` })),
  );
}

/** Files that fill one table over each other. */
function sharedTables(going: ReadonlySet<string>): PlanWarning[] {
  const warnings: PlanWarning[] = [];
  for (const id of going) {
    const sharing = [...going].filter((other) => sharesTable(other, id));
    if (sharing.length < 2 || id !== sharing.at(-1)) continue;
    const message = `${sharing.join(', ')} fill the same table: the last one sent wins for each key.`;
    warnings.push({ dataset: id, message });
  }
  return warnings;
}
