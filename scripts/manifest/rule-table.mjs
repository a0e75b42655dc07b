// The table of rules in docs/rules/README.md.
import { format, resolveConfig } from 'prettier';
import { ruleIds, rules } from '../../core/finding.ts';

/** @returns {string} one row */
function row(rule) {
  const { severity, title, effect } = rules[rule];
  return `| [${rule}](${rule.replace('/', '-')}.md) | ${severity} | ${title} | ${effect} |`;
}

/**
 * The text of the page with the rules as they are registered.
 *
 * @param {string} text the page as it is: everything but the table stays
 * @returns {Promise<string>}
 */
export async function withRuleTable(text) {
  const head = '| Rule | Severity | Title | What the server would do |\n| --- | --- | --- | --- |';
  const table = [head, ...ruleIds.map(row)].join('\n');
  const page = text.replace(/(?:^\|.*\n)+/m, () => `${table}\n`);
  return format(page, { ...(await resolveConfig(import.meta.filename)), parser: 'markdown' });
}
