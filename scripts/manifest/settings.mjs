// The settings: their choices and defaults are those of core/.
import { settings } from '../../client/identifiers.ts';
import { defaultSettings, delimiterChoices, releases, variantChoices } from '../../core/check/settings.ts';
import { ruleIds, rules, severityChoices } from '../../core/finding.ts';

/** An enumeration with a text for each of its values. */
function described(values, texts) {
  const without = values.filter((value) => texts[value] === undefined);
  if (without.length > 0) throw new Error(`There is no text for ${without.join(', ')}.`);
  return { enum: values, enumDescriptions: values.map((value) => texts[value]) };
}

const ruleTitles = Object.fromEntries(ruleIds.map((id) => [id, rules[id].title]));

const properties = {
  [settings.endpoint]: {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    order: 1,
    markdownDescription:
      'Address of the cQube emission API, such as `https://cqube.example.org/data`. **cQube: Set Endpoint…** checks it before it is stored. In Restricted Mode a workspace cannot set it.',
  },
  [settings.masterVariant]: {
    type: 'string',
    default: defaultSettings.variant,
    ...described(variantChoices, {
      auto: 'The header of each file tells.',
      state: "The names of the state's own masters: server setting static_datasource=state.",
      udise: 'The UDISE names: server setting static_datasource=udise.',
    }),
    scope: 'resource',
    order: 2,
    description:
      'Which header the masters (district, block, cluster, school and others) must have. It must agree with the setting of your cQube server.',
  },
  [settings.dikshaDelimiter]: {
    type: 'string',
    default: defaultSettings.dikshaDelimiter,
    ...described(delimiterChoices, {
      auto: 'Both are accepted; an information says which one the file uses.',
      pipe: 'Only pipes, as the published emission page says.',
      comma: 'Only commas, as ingestion 3.6 reads these files.',
    }),
    scope: 'resource',
    order: 3,
    description:
      'Delimiter of the four DIKSHA files for which the published page and the ingestion code differ.',
  },
  [settings.rules]: {
    type: 'object',
    default: defaultSettings.rules,
    scope: 'resource',
    order: 4,
    markdownDescription:
      'Severity of single rules, by rule id: `"dialect/blank-line": "off"`. The id of a rule stands behind each finding in the Problems panel.',
    propertyNames: described(ruleIds, ruleTitles),
    additionalProperties: { enum: severityChoices },
  },
  [settings.ingestionRelease]: {
    type: 'string',
    default: defaultSettings.release,
    enum: releases,
    scope: 'resource',
    order: 5,
    description: 'Release of the cQube installation that takes the files. Rules differ by release.',
  },
  [settings.mapName]: {
    type: 'string',
    default: 'map',
    ...described(['map', 'none'], {
      map: 'Reports have a map: schools need coordinates.',
      none: 'The installation has map_name=none: coordinates may be missing (from release 3.5 on).',
    }),
    scope: 'resource',
    order: 6,
    description: 'Whether the cQube installation shows a map.',
  },
  [settings.checkLargeEntries]: {
    type: 'boolean',
    default: false,
    scope: 'resource',
    order: 7,
    markdownDescription:
      'Check what is in a zip however large it unpacks. Otherwise a CSV that unpacks to more than 8 GiB, or to more than 250 times its size in the zip, is told and not read.',
  },
};

export const configuration = {
  title: 'cQube Emission',
  properties: Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [`${settings.section}.${name}`, property]),
  ),
};
