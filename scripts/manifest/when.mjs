// The parts of `when` and `enablement` clauses.
import { contextKeys, rootName, settings, views } from '../../client/identifiers.ts';

export const { scanned, hasRoot, hasEndpoint, hasToken, missingShown, bucketFiltered } = contextKeys;

export const isTrusted = 'isWorkspaceTrusted';
export const isVirtual = 'virtualWorkspace';
export const hasFolder = 'workspaceFolderCount != 0';
export const hasNoFolder = 'workspaceFolderCount == 0';
export const isOneItem = '!listMultiSelection';
export const isOnDisk = 'resourceScheme == file';
export const isEmissionFolder = `explorerResourceIsFolder && resourceFilename == ${rootName}`;

export const inDatasets = `view == ${views.datasets}`;
export const inBucket = `view == ${views.bucket}`;
export const inHistory = `view == ${views.history}`;
const lastPart = (view) => view.slice(settings.section.length + 1);
/** The two views that list objects of a bucket. */
export const inObjects = String.raw`view =~ /^${settings.section}\.(${[views.bucket, views.history].map(lastPart).join('|')})$/`;

export const all = (...clauses) => clauses.join(' && ');
export const not = (key) => `!${key}`;

/** For items of a tree with a word of `abilities` in their `contextValue`. */
export const able = (word) => String.raw`viewItem =~ /\b${word}\b/`;

/** For files whose path goes on so behind the emission folder. @param rest a regular expression */
export const isBelowRoot = (rest) => String.raw`resourcePath =~ /[\\\/]${rootName}${rest}$/`;
