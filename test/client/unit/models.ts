/** Small models of an emission folder for the tests of what is shown of one. */
import type { DatasetModel, RootModel, WorkspaceModel } from '../../../server/messages.ts';

export const rootUri = 'file:///data/cqube_emission';

/** A dataset with the `files` that are named. */
export function dataset(
  id: string,
  changes: Partial<DatasetModel> = {},
  files: readonly ('csv' | 'zip')[] = ['csv', 'zip'],
): DatasetModel {
  const folder = `${id}_folder`;
  return {
    ...{ id, title: `Title of ${id}`, category: 'static', folder, state: 'ready', errors: 0, warnings: 0 },
    ...(files.includes('csv') ? { csv: { path: `${folder}/${id}.csv`, bytes: 2048 } } : {}),
    ...(files.includes('zip') ? { zip: { path: `${folder}/${id}.zip`, bytes: 512 } } : {}),
    ...changes,
  };
}

/** A dataset of which there is nothing. */
export const missing = (id: string): DatasetModel => dataset(id, { state: 'missing' }, []);

export function root(datasets: readonly DatasetModel[], changes: Partial<RootModel> = {}): RootModel {
  return { root: rootUri, name: 'cqube_emission', datasets, otherErrors: 0, otherWarnings: 0, ...changes };
}

export function workspace(...roots: readonly RootModel[]): WorkspaceModel {
  return { scanning: false, roots };
}
