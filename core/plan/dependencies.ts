import type { DatasetStatus } from '../scan/workspace.ts';
import { requirementsOf, type Requirement } from './order-rules.ts';
import type { Dependency, DependencyState } from './types.ts';

/** What a look at dependencies takes: the datasets that there are, those that go, and those that are held back. */
export interface Choice {
  readonly statuses: ReadonlyMap<string, DatasetStatus>;
  /** Dataset ids that are sent. */
  readonly going: ReadonlySet<string>;
  /** Dataset ids that are held back, whatever the reason; also of what is here under a wrong name alone. */
  readonly held: ReadonlySet<string>;
}

/** The dependencies of a dataset and how each stands. Pure. */
export function dependenciesOf(dataset: string, choice: Choice): Dependency[] {
  return requirementsOf(dataset).map((requirement) => {
    const { state, by } = standingOf(requirement, choice);
    const times = by.flatMap((id) => choice.statuses.get(id)?.acknowledged?.time ?? []);
    const acknowledgedAt = times.sort().at(-1);
    const { on, rule } = requirement;
    return { dataset, on, state, by, ...(acknowledgedAt === undefined ? {} : { acknowledgedAt }), rule };
  });
}

function standingOf(
  { on }: Requirement,
  { statuses, going, held }: Choice,
): { readonly state: DependencyState; readonly by: readonly string[] } {
  const states: readonly (readonly [DependencyState, (id: string) => boolean])[] = [
    ['in-plan', (id) => going.has(id)],
    ['acknowledged', (id) => isAsAcknowledged(statuses.get(id), held.has(id))],
    ['outdated', (id) => statuses.get(id)?.acknowledged !== undefined],
    ['held-back', (id) => held.has(id)],
  ];
  for (const [state, holds] of states) {
    const by = on.filter(holds);
    if (by.length > 0) return { state, by };
  }
  return { state: 'unknown', by: on };
}

/** True for a dataset whose zip cQube has acknowledged as it is, also where it was sent in spite of its errors. */
export function isEmitted({ state, sameAsAcknowledged, examination }: DatasetStatus): boolean {
  return state === 'emitted' || (sameAsAcknowledged === true && examination.zipState !== 'stale');
}

/** True for what cQube has acknowledged and nothing newer of is here, be it under a wrong name. */
function isAsAcknowledged(status: DatasetStatus | undefined, isHeld: boolean): boolean {
  if (status?.acknowledged === undefined) return false;
  return status.state === 'missing' ? !isHeld : isEmitted(status);
}
