/** What the commands that look into cQube's buckets have in common: the way there, and what was sent from here. */
import { sendingsOf, type Sending } from '../../core/bucket/sendings.ts';
import { createApi, type Api } from '../../core/emit/api/api.ts';
import { endpointOrigin } from '../../core/emit/http/endpoint.ts';
import { readJournal } from '../../core/emit/journal/journal.ts';
import { textOf, type Command, type Invocation } from '../command.ts';
import { endpointOf, tokenOf } from './connection.ts';
import { proxiesFrom, type Proxies } from './proxy.ts';
import { findRoot } from '../inputs/root.ts';

export const accessOptions: Command['options'] = {
  endpoint: { type: 'string' },
  'token-file': { type: 'string' },
};

export const accessHelp: Command['help'] = [
  ['--endpoint URL', 'address of the emission API; or CQUBE_EMISSION_URL in the environment'],
  ['--token-file FILE', 'file that holds the token; or CQUBE_EMISSION_TOKEN in the environment'],
];

export interface Access {
  readonly api: Api;
  readonly endpoint: string;
  readonly origin: string;
  readonly proxies: Proxies;
}

/** @throws UsageError where endpoint or token is missing */
export async function accessOf(invocation: Invocation): Promise<Access> {
  const endpoint = endpointOf(invocation);
  const token = await tokenOf(invocation);
  const proxies = proxiesFrom(invocation.terminal.environment);
  const { terminal } = invocation;
  const api = createApi({
    ...{ endpoint, token, agent: proxies.agent },
    onWait: ({ attempt, milliseconds, error }) =>
      terminal.tell(
        `Try ${attempt} failed; the next one follows in ${Math.ceil(milliseconds / 1000)} s: ${error.message}`,
      ),
  });
  return { api, endpoint, origin: endpointOrigin(endpoint), proxies };
}

/**
 * What was sent from the emission folder that `--folder` names, or from the nearest one; nothing where there is none.
 *
 * @throws UsageError when the named folder is none
 */
export async function sentFromHere({ values, terminal }: Invocation): Promise<readonly Sending[]> {
  const named = textOf(values, 'folder');
  let root: string;
  try {
    root = findRoot(named, terminal.directory);
  } catch (error) {
    if (named !== undefined) throw error;
    return [];
  }
  return sendingsOf((await readJournal(root)).records);
}
