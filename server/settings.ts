import {
  defaultSettings,
  delimiterChoices,
  releases,
  variantChoices,
  type CheckSettings,
} from '../core/check/settings.ts';
import { endpointOrigin, normaliseEndpoint } from '../core/emit/http/endpoint.ts';
import {
  ruleIds,
  severityChoices,
  type RuleId,
  type RuleSetting,
  type RuleSettings,
} from '../core/finding.ts';

/** The user's settings as far as the server needs them. */
export interface ServerSettings {
  readonly check: CheckSettings;
  /** Origin of the endpoint whose acknowledgements count as "emitted"; undefined when none is set. */
  readonly endpointOrigin: string | undefined;
}

/** The tree says of each dataset whether it is there and zipped; the Problems panel need not repeat it. */
const quiet: RuleSettings = { 'layout/missing-zip': 'off', 'layout/missing-dataset': 'off' };

export const initialSettings: ServerSettings = {
  check: { ...defaultSettings, rules: quiet },
  endpointOrigin: undefined,
};

/**
 * Reads the `cqubeEmission` section. What does not fit is left at its default: VS Code already marks it in the
 * settings editor.
 */
export function readSettings(section: unknown): ServerSettings {
  const values = isRecord(section) ? section : {};
  return {
    check: {
      ...defaultSettings,
      rules: readRules(values.rules),
      variant: oneOf(values.masterVariant, variantChoices),
      release: oneOf(values.ingestionRelease, ['3.6', ...releases]),
      withoutMap: values.mapName === 'none',
      largeEntries: values.checkLargeEntries === true,
      today: new Date().toISOString().slice(0, 10),
      dikshaDelimiter: oneOf(values.dikshaDelimiter, delimiterChoices),
    },
    endpointOrigin: readOrigin(values.endpoint),
  };
}

/** The settings with today's date in place of that of the day when they were read: sessions last longer than days. */
export function asOfToday(settings: ServerSettings, now = new Date()): ServerSettings {
  const today = now.toISOString().slice(0, 10);
  const { check } = settings;
  return check.today === undefined || check.today === today
    ? settings
    : { ...settings, check: { ...check, today } };
}

function readRules(value: unknown): Partial<Record<RuleId, RuleSetting>> {
  const rules: Partial<Record<RuleId, RuleSetting>> = { ...quiet };
  if (!isRecord(value)) return rules;
  for (const id of ruleIds) {
    const setting = severityChoices.find((choice) => choice === value[id]);
    if (setting) rules[id] = setting;
  }
  return rules;
}

function readOrigin(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  try {
    return endpointOrigin(normaliseEndpoint(value));
  } catch {
    return undefined;
  }
}

function oneOf<T extends string>(value: unknown, words: readonly [T, ...T[]]): T {
  return words.find((word) => word === value) ?? words[0];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
