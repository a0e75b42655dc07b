/** Every name that the manifest and the code share. A test compares them with package.json, so that neither drifts. */

export const commands = {
  initialize: 'cqubeEmission.initialize',
  addDataset: 'cqubeEmission.addDataset',
  zipDataset: 'cqubeEmission.zipDataset',
  zipAll: 'cqubeEmission.zipAll',
  checkOrder: 'cqubeEmission.checkOrder',
  forecast: 'cqubeEmission.forecast',
  emit: 'cqubeEmission.emit',
  emitPreviewed: 'cqubeEmission.emitPreviewed',
  setToken: 'cqubeEmission.setToken',
  removeToken: 'cqubeEmission.removeToken',
  setEndpoint: 'cqubeEmission.setEndpoint',
  testConnection: 'cqubeEmission.testConnection',
  rescan: 'cqubeEmission.rescan',
  showLog: 'cqubeEmission.showLog',
  showMissing: 'cqubeEmission.showMissing',
  hideMissing: 'cqubeEmission.hideMissing',
  refreshBucket: 'cqubeEmission.refreshBucket',
  filterBucket: 'cqubeEmission.filterBucket',
  clearBucketFilter: 'cqubeEmission.clearBucketFilter',
  openObject: 'cqubeEmission.openObject',
  downloadObject: 'cqubeEmission.downloadObject',
  compareObject: 'cqubeEmission.compareObject',
  copyKey: 'cqubeEmission.copyKey',
  setSeverity: 'cqubeEmission.setSeverity',
} as const;

export const views = {
  container: 'cqubeEmission',
  datasets: 'cqubeEmission.datasets',
  bucket: 'cqubeEmission.bucket',
  history: 'cqubeEmission.history',
} as const;

/** Names of settings below the section `cqubeEmission`. */
export const settings = {
  section: 'cqubeEmission',
  endpoint: 'endpoint',
  dikshaDelimiter: 'dikshaDelimiter',
  masterVariant: 'masterVariant',
  ingestionRelease: 'ingestionRelease',
  mapName: 'mapName',
  checkLargeEntries: 'checkLargeEntries',
  rules: 'rules',
} as const;

/** Keys of `when` clauses. */
export const contextKeys = {
  /** True once the server has looked at the folders: before that, nobody knows whether there is one. */
  scanned: 'cqubeEmission.scanned',
  hasRoot: 'cqubeEmission.hasRoot',
  hasEndpoint: 'cqubeEmission.hasEndpoint',
  hasToken: 'cqubeEmission.hasToken',
  missingShown: 'cqubeEmission.missingShown',
  bucketFiltered: 'cqubeEmission.bucketFiltered',
} as const;

/** Words in the `contextValue` of a tree's items: what can be done with them. */
export const abilities = {
  zip: 'can-zip',
  add: 'can-add',
  forecast: 'can-forecast',
  open: 'can-open',
  compare: 'can-compare',
  download: 'can-download',
  copyKey: 'can-copy-key',
} as const;

export const languageId = 'cqube-csv';

/** Documents are chosen by path: other extensions change a CSV file's language as they please. */
export const documentPattern = '**/cqube_emission/**/*.csv';

export const rootName = 'cqube_emission';

/** Scheme of the read-only documents that show a plan or a forecast. */
export const planScheme = 'cqube-emission-plan';

/** Scheme of the read-only files that show what is in a bucket. */
export const bucketScheme = 'cqube-bucket';
