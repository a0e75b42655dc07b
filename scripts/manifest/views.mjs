// The views, and what stands in them while they are empty.
import { commands, rootName, views as ids } from '../../client/identifiers.ts';
import {
  all,
  hasEndpoint,
  hasFolder,
  hasNoFolder,
  hasRoot,
  hasToken,
  isTrusted,
  isVirtual,
  not,
  scanned,
} from './when.mjs';

const title = 'cQube Emission';
const icon = 'media/view.svg';

export const viewsContainers = { activitybar: [{ id: ids.container, title, icon }] };

const view = (id, name, more = {}) => ({ id, name, contextualTitle: title, icon, ...more });

export const views = {
  [ids.container]: [
    view(ids.datasets, 'Datasets'),
    view(ids.bucket, 'Bucket', { visibility: 'collapsed' }),
    view(ids.history, 'History', { visibility: 'collapsed' }),
  ],
};

const link = (text, command) => `[${text}](command:${command})`;
const manageTrust = 'workbench.trust.manage';

export const viewsWelcome = [
  {
    view: ids.datasets,
    when: hasNoFolder,
    contents: `Open the folder that holds your ${rootName} folder.\n${link('Open Folder', 'vscode.openFolder')}`,
  },
  {
    view: ids.datasets,
    when: all(hasFolder, isVirtual),
    contents:
      'This workspace is not on a disk. cQube Emission reads and zips files on a disk: open the folder there.',
  },
  {
    view: ids.datasets,
    when: all(hasFolder, not(isVirtual), not(scanned)),
    contents: `Looking for a ${rootName} folder…`,
  },
  {
    view: ids.datasets,
    when: all(hasFolder, scanned, not(hasRoot)),
    contents: `There is no ${rootName} folder here yet.\n${link('Initialize Emission Folder', commands.initialize)}\nIs it there, but not shown? ${link('Rescan', commands.rescan)}.`,
  },
  {
    view: ids.datasets,
    when: all(hasFolder, not(isTrusted), not(hasRoot)),
    contents: `In Restricted Mode files are checked, but nothing is emitted. ${link('Manage Workspace Trust', manageTrust)}.`,
  },
  {
    view: ids.bucket,
    when: not(isTrusted),
    contents: `In Restricted Mode nothing is asked of cQube.\n${link('Manage Workspace Trust', manageTrust)}`,
  },
  {
    view: ids.bucket,
    when: all(isTrusted, not(hasEndpoint)),
    contents: `What cQube’s buckets hold is shown here. Set the address of your cQube server first.\n${link('Set Endpoint…', commands.setEndpoint)}`,
  },
  {
    view: ids.bucket,
    when: all(isTrusted, hasEndpoint, not(hasToken)),
    contents: `There is no token for your cQube server yet. Ask its administrator for an emission token.\n${link('Set Token…', commands.setToken)}`,
  },
  {
    view: ids.history,
    contents: 'Nothing was sent from here yet, as far as the journal beside the emission folder tells.',
  },
];
