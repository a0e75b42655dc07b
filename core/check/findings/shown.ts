import { type Finding, severityRank } from '../../finding.ts';

/** As many findings as there is room for: errors first, and of each severity every rule has its share. */
export function shared(groups: readonly (readonly Finding[])[], places: number): Finding[] {
  const shown: Finding[] = [];
  let room = places;
  for (const severity of ['error', 'warning', 'information'] as const) {
    const ofSeverity = groups
      .map((findings) => findings.filter((finding) => finding.severity === severity))
      .filter((findings) => findings.length > 0)
      .sort((a, b) => a.length - b.length);
    ofSeverity.forEach((findings, index) => {
      const share = Math.min(findings.length, Math.floor(room / (ofSeverity.length - index)));
      // One by one: a call takes some ten thousand arguments and no more.
      for (const finding of findings.slice(0, share)) shown.push(finding);
      room -= share;
    });
  }
  return shown;
}

/** Findings in the order of the file; errors first where two stand in one place. */
export function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || severityRank(a.severity) - severityRank(b.severity);
}
