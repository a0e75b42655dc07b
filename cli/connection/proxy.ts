/** The proxy that the environment names, for every connection of the command line. VS Code applies its own. */
import type { Agent } from 'node:http';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { isLoopback } from '../../core/emit/http/endpoint.ts';
import { UsageError } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Proxies {
  /** How a connection to `url` is made; undefined for one without a proxy. */
  readonly agent: (url: URL) => Agent | undefined;
  /** Host and port of the proxy for `url`, as a person may be shown them: without its user and password. */
  readonly nameFor: (url: URL) => string | undefined;
}

/**
 * Reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not, as curl does: NO_PROXY holds names that
 * also stand for everything below them, addresses, each with a port if need be, or `*`. Connections are tunnelled
 * (CONNECT), so that the proxy sees neither token nor data.
 */
export function proxiesFrom(environment: Environment): Proxies {
  const agents = new Map<string, Agent>();
  const proxyFor = (url: URL): URL | undefined => {
    if (isLoopback(url.hostname)) return undefined;
    const scheme = url.protocol.slice(0, -1);
    const name = `${scheme.toUpperCase()}_PROXY`;
    const text = read(environment, name) ?? read(environment, 'ALL_PROXY');
    return text === undefined || isExcepted(url, read(environment, 'NO_PROXY') ?? '')
      ? undefined
      : parseProxy(text, name);
  };
  return {
    agent: (url) => {
      const proxy = proxyFor(url);
      if (proxy === undefined) return undefined;
      const agent = agents.get(proxy.href) ?? new HttpsProxyAgent(proxy);
      agents.set(proxy.href, agent);
      return agent;
    },
    nameFor: (url) => proxyFor(url)?.host,
  };
}

function read(environment: Environment, name: string): string | undefined {
  const value = (environment[name.toLowerCase()] ?? environment[name])?.trim();
  return value === '' ? undefined : value;
}

/** @throws UsageError without the address, which may hold a password */
function parseProxy(text: string, name: string): URL {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`${name} is no address of a proxy, such as http://proxy.example.org:3128.`);
  }
  return url;
}

function isExcepted(url: URL, list: string): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const { name = '', wanted } = /^\[?(?<name>.*?)\]?(?::(?<wanted>\d+))?$/.exec(entry)?.groups ?? {};
      // An IPv6 address without brackets has colons of its own.
      const whole = entry.split(':').length > 2 && !entry.startsWith('[') ? entry : name;
      const bare = whole.replace(/^\*?\./, '');
      if (bare === '' || (whole !== entry && wanted !== undefined && wanted !== port)) return false;
      return host === bare || host.endsWith(`.${bare}`);
    });
}
