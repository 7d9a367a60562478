import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Problem } from '../problems/problem.ts';

/**
 * Keeps requests to addresses that somebody typed in (webhooks, and whatever fetches for people) out of the company's
 * own network. The name is resolved once, by the connection itself: the address that was checked is the one that is
 * connected to, so a name that changes its mind in between gains nothing.
 */
export interface NetworkGuard {
  /**
   * @param service what is asked for there: each has its protocols and the ports below 1024 that are its own
   * @throws Problem `webhook.address-refused` for what can be told from the address alone
   */
  check(url: string, service?: Service): URL;
  /** For `lookup` of node:net and what is built on it. They do not ask it for an IP address, which `check` has seen. */
  readonly lookup: LookupFunction;
}

type Service = 'web' | 'ldap' | 'mail';

/** Protocol → its port. */
const services: Readonly<Record<Service, Readonly<Record<string, number>>>> = {
  web: { 'https:': 443, 'http:': 80 },
  ldap: { 'ldaps:': 636, 'ldap:': 389 },
  mail: { 'smtps:': 465, 'smtp:': 25, 'submission:': 587, 'imaps:': 993, 'imap:': 143 },
};

/** Addresses of special use (IANA registries), and 168.63.129.16, which answers to machines in Azure only. */
const refused = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  refused.addSubnet(net, bits, 'ipv4');
}
// Only 2000::/3 is global; inside it, tunnels reach what they like.
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  refused.addSubnet(net, bits, 'ipv6');
}
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/**
 * @param allowed what an administrator lets through all the same: `127.0.0.1/32,10.1.0.0/16,fd00::/8`
 *   (TENDERO_ALLOW_PRIVATE_ADDRESSES)
 */
export function networkGuard(allowed = process.env.TENDERO_ALLOW_PRIVATE_ADDRESSES ?? ''): NetworkGuard {
  const exceptions = new BlockList();
  for (const range of allowed.split(',').map((text) => text.trim())) {
    if (range === '') continue;
    const [net = '', bits] = range.split('/');
    const family = isIP(net);
    if (family === 0) throw new Error(`TENDERO_ALLOW_PRIVATE_ADDRESSES: ${range} is not a range of addresses`);
    exceptions.addSubnet(
      net,
      bits === undefined ? (family === 4 ? 32 : 128) : Number(bits),
      family === 4 ? 'ipv4' : 'ipv6',
    );
  }
  const mayReach = (address: string): boolean => {
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (exceptions.check(address, family)) return true;
    const isMapped = /^::ffff:/i.test(address);
    return !refused.check(address, family) && (family === 'ipv4' || isMapped || global6.check(address, 'ipv6'));
  };

  return {
    check(text, service = 'web') {
      const url = URL.canParse(text) ? new URL(text) : null;
      const protocols = services[service];
      if (!url || !Object.hasOwn(protocols, url.protocol)) throw refusal('protocol');
      if (url.username !== '' || url.password !== '') throw refusal('credentials');
      const port = Number(url.port || protocols[url.protocol]);
      if (port < 1024 && !Object.values(protocols).includes(port)) throw refusal('port');
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && !mayReach(host)) throw refusal('private');
      return url;
    },
    lookup(host, options, callback) {
      resolve(host, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        // One address of the own network among public ones is an attempt.
        const isRefused = addresses.length === 0 || addresses.some(({ address }) => !mayReach(address));
        if (isRefused) return callback(Object.assign(refusal('private'), { errno: 0, code: 'EREFUSED' }), '', 0);
        if (options.all) return callback(null, addresses as never, 0);
        callback(null, addresses[0]!.address, addresses[0]!.family);
      });
    },
  };
}

function refusal(reason: string): Problem {
  return new Problem('webhook.address-refused', { reason });
}
