// The commands as the Command Palette and the buttons show them.
import { commands } from '../../client/identifiers.ts';
import { all, bucketFiltered, hasFolder, hasRoot, hasToken, isTrusted, isVirtual, not } from './when.mjs';

const emits = all(hasRoot, isTrusted);
const asksBucket = all(isTrusted, hasToken);

const looks = {
  initialize: {
    title: 'Initialize Emission Folder',
    icon: 'new-folder',
    enablement: all(hasFolder, not(isVirtual)),
  },
  addDataset: { title: 'Add Dataset…', icon: 'add', enablement: hasRoot },
  zipDataset: { title: 'Zip Dataset', icon: 'file-zip', enablement: hasRoot },
  zipAll: { title: 'Zip All', icon: 'file-zip', enablement: hasRoot },
  checkOrder: { title: 'Check Emission Order', icon: 'list-ordered', enablement: hasRoot },
  forecast: { title: 'Forecast Ingestion', icon: 'telescope', enablement: hasRoot },
  emit: { title: 'Emit to cQube', icon: 'cloud-upload', enablement: emits },
  emitPreviewed: { title: 'Emit These Files…', icon: 'cloud-upload', enablement: emits },
  setToken: { title: 'Set Token…', icon: 'key' },
  removeToken: { title: 'Remove Token', enablement: hasToken },
  setEndpoint: { title: 'Set Endpoint…', icon: 'link' },
  testConnection: { title: 'Test Connection', icon: 'plug' },
  rescan: { title: 'Rescan', icon: 'refresh' },
  showLog: { title: 'Show Log', icon: 'output' },
  showMissing: { title: 'Show Missing Datasets', icon: 'eye' },
  hideMissing: { title: 'Hide Missing Datasets', icon: 'eye-closed' },
  refreshBucket: { title: 'Refresh Bucket', icon: 'refresh' },
  filterBucket: { title: 'Filter Bucket by Dataset…', icon: 'filter', enablement: asksBucket },
  clearBucketFilter: { title: 'Clear Bucket Filter', icon: 'clear-all', enablement: bucketFiltered },
  openObject: { title: 'Open from Bucket', icon: 'go-to-file', enablement: asksBucket },
  downloadObject: { title: 'Download from Bucket…', icon: 'cloud-download', enablement: asksBucket },
  compareObject: {
    title: 'Compare Bucket with Local',
    icon: 'diff',
    enablement: all(asksBucket, hasRoot),
  },
  copyKey: { title: 'Copy Key', icon: 'copy' },
  setSeverity: { title: 'Set Severity of a Rule…' },
};

export const contributedCommands = Object.entries(commands).map(([name, command]) => {
  const { title, icon, enablement } = looks[name];
  return {
    command,
    title,
    category: 'cQube',
    ...(icon ? { icon: `$(${icon})` } : {}),
    ...(enablement ? { enablement } : {}),
  };
});
