import { createApi } from '../../core/emit/api/api.ts';
import { asEmissionError } from '../../core/emit/error.ts';
import { choiceOf, type Command } from '../command.ts';
import { endpointOf, tokenOf } from '../connection/connection.ts';
import { jsonDocument } from '../formats/json.ts';
import { proxiesFrom } from '../connection/proxy.ts';

/** Tries endpoint and token with a call that changes nothing, as an emission does before its first file. */
export const test: Command = {
  parameters: '',
  options: {
    endpoint: { type: 'string' },
    'token-file': { type: 'string' },
    format: { type: 'string' },
  },
  help: [
    ['--endpoint URL', 'emission endpoint, https://…/data; or CQUBE_EMISSION_URL in the environment'],
    ['--token-file FILE', 'file that holds the token; or CQUBE_EMISSION_TOKEN in the environment'],
    ['--format F', 'text or json'],
  ],
  async run(invocation) {
    const { values, terminal } = invocation;
    const format = choiceOf(values, 'format', ['text', 'json']);
    const endpoint = endpointOf(invocation);
    const token = await tokenOf(invocation);
    const proxies = proxiesFrom(terminal.environment);
    const proxy = proxies.nameFor(new URL(endpoint));
    const where = { endpoint, ...(proxy === undefined ? {} : { proxy }) };
    const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
    try {
      const api = createApi({ endpoint, token, tries: 1, agent: proxies.agent });
      const { emission } = await api.listBuckets(terminal.signal);
      terminal.print(
        format === 'json'
          ? jsonDocument({ ...where, ok: true, bucket: emission })
          : `${endpoint} answers${through} and accepts the token. Files go to the bucket "${emission}".`,
      );
      return 0;
    } catch (error) {
      const { reason, message } = asEmissionError(error);
      if (format === 'json') terminal.print(jsonDocument({ ...where, ok: false, reason, message }));
      else terminal.tell(`${endpoint}${through}: ${message}`);
      return 2;
    }
  },
};
