/** What is held back and may be sent all the same, by a tick of its own. Knows nothing of VS Code. */
import type { Dependency } from '../../core/plan/types.ts';
import type { PlanResult } from '../../server/messages.ts';

/** Why a dataset is held back that may be sent all the same. */
export type InclusionReason = 'errors' | 'blocked';

/** A dataset that the person chose to send all the same. */
export interface Inclusion {
  readonly dataset: string;
  readonly reason: InclusionReason;
}

/** A held-back file to choose, with what it means to send it. */
export interface InclusionChoice extends Inclusion {
  /** Path of its zip below the emission folder, with `/`. */
  readonly path: string;
  readonly detail: string;
}

/**
 * The files that a plan holds back and would send if it were told to: first those with errors, then those that wait for
 * what is held back. Others cannot be sent before they are mended.
 */
export function inclusionChoices(plan: PlanResult): InclusionChoice[] {
  const choices = plan.heldBack.flatMap(({ dataset, path, reason, message }): InclusionChoice[] => {
    if (dataset === undefined) return [];
    if (reason === 'errors') return [{ dataset, path, reason, detail: message }];
    return reason === 'blocked' ? [{ dataset, path, reason, detail: waitingText(plan, dataset) }] : [];
  });
  return choices.toSorted((a, b) => Number(a.reason === 'blocked') - Number(b.reason === 'blocked'));
}

/** Short, since a line of a list is cut off where it ends; the list of the plan says more. */
function waitingText(plan: PlanResult, dataset: string): string {
  const lacking = lackingFor(plan, dataset);
  const effects = new Set(lacking.map(({ rule }) => rule.effect));
  return `Without ${idsOf(lacking).join(', ')}, ${[...effects].join('; ')}.`;
}

/** What a dataset needs, is here, never went to cQube and is not sent. */
function lackingFor({ dependencies }: PlanResult, dataset: string): Dependency[] {
  return dependencies.filter(
    (each) => each.dataset === dataset && each.state === 'held-back' && each.rule.needed,
  );
}

function idsOf(dependencies: readonly Dependency[]): string[] {
  return [...new Set(dependencies.flatMap(({ by }) => by))];
}

/** In spite of what a file of the plan is sent; undefined where nothing speaks against it any more. */
export function inSpiteOf(plan: PlanResult, { dataset, reason }: Inclusion): string | undefined {
  if (reason === 'errors') return 'in spite of its errors';
  const lacking = idsOf(lackingFor(plan, dataset));
  return lacking.length > 0 ? `without ${lacking.join(', ')}` : undefined;
}
