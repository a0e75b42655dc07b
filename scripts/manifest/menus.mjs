// Where the commands stand: in the Command Palette, in the titles and items of the views, in editors and the Explorer.
import { abilities, commands, planScheme } from '../../client/identifiers.ts';
import { planTitles } from '../../client/emission/plan-titles.ts';
import {
  able,
  all,
  bucketFiltered,
  hasRoot,
  hasToken,
  inBucket,
  inDatasets,
  inHistory,
  inObjects,
  isBelowRoot,
  isEmissionFolder,
  isOnDisk,
  isOneItem,
  missingShown,
  not,
} from './when.mjs';

const item = (command, when, group) => ({ command, when, ...(group ? { group } : {}) });

const inPlan = `resourceScheme == ${planScheme}`;
const inRoot = all(inDatasets, hasRoot);
const onDataset = (ability) => all(inDatasets, able(ability));
const onObject = (ability, ...more) => all(inObjects, able(ability), ...more);

export const menus = {
  commandPalette: [
    item(commands.emitPreviewed, inPlan),
    item(commands.showMissing, all(hasRoot, not(missingShown))),
    item(commands.hideMissing, all(hasRoot, missingShown)),
  ],
  'view/title': [
    item(commands.emit, inRoot, 'navigation@1'),
    item(commands.zipAll, inRoot, 'navigation@2'),
    item(commands.rescan, inDatasets, 'navigation@3'),
    item(commands.addDataset, inRoot, '1_datasets@1'),
    item(commands.forecast, inRoot, '1_datasets@2'),
    item(commands.checkOrder, inRoot, '1_datasets@3'),
    item(commands.hideMissing, all(inRoot, missingShown), '2_filter@1'),
    item(commands.showMissing, all(inRoot, not(missingShown)), '2_filter@1'),
    item(commands.setEndpoint, inDatasets, '3_connection@1'),
    item(commands.setToken, inDatasets, '3_connection@2'),
    item(commands.removeToken, all(inDatasets, hasToken), '3_connection@3'),
    item(commands.testConnection, inDatasets, '3_connection@4'),
    item(commands.showLog, inDatasets, '4_log@1'),
    item(commands.filterBucket, all(inBucket, not(bucketFiltered)), 'navigation@1'),
    item(commands.clearBucketFilter, all(inBucket, bucketFiltered), 'navigation@1'),
    item(commands.refreshBucket, inBucket, 'navigation@2'),
    item(commands.filterBucket, inBucket, '1_filter@1'),
    item(commands.testConnection, inBucket, '2_connection@1'),
    item(commands.refreshBucket, inHistory, 'navigation@1'),
  ],
  'view/item/context': [
    item(commands.zipDataset, onDataset(abilities.zip), 'inline@1'),
    item(commands.addDataset, onDataset(abilities.add), 'inline@1'),
    item(commands.zipDataset, onDataset(abilities.zip), '1_dataset@1'),
    item(commands.addDataset, onDataset(abilities.add), '1_dataset@2'),
    item(commands.forecast, onDataset(abilities.forecast), '1_dataset@3'),
    item(commands.openObject, onObject(abilities.open), 'inline@1'),
    item(commands.downloadObject, onObject(abilities.download), 'inline@2'),
    item(commands.openObject, onObject(abilities.open, isOneItem), '1_object@1'),
    item(commands.compareObject, onObject(abilities.compare, isOneItem), '1_object@2'),
    item(commands.downloadObject, onObject(abilities.download), '1_object@3'),
    item(commands.copyKey, onObject(abilities.copyKey), '2_copy@1'),
  ],
  'editor/title': [
    item(commands.emitPreviewed, all(inPlan, `resourceFilename == '${planTitles.emission}'`), 'navigation@1'),
    item(commands.forecast, all(isBelowRoot(String.raw`[\\\/].*\.csv`), isOnDisk), 'navigation@2'),
  ],
  'explorer/context': [
    item(commands.forecast, all(isBelowRoot(String.raw`([\\\/].*\.(csv|zip))?`), isOnDisk), '7_cqube@0'),
    item(commands.zipAll, all(isEmissionFolder, isOnDisk), '7_cqube@1'),
    item(commands.emit, all(isEmissionFolder, isOnDisk), '7_cqube@2'),
  ],
};
