import { BlockList, isIP } from 'node:net';
import type { Database } from '#kernel/database/pool.ts';
import { sql } from '#kernel/database/sql.ts';
import { Problem } from '#kernel/problems/problem.ts';

/** What the administrators ask of everybody who signs in. */
export interface SignInPolicy {
  /** Whoever has no second factor sets one up before anything else. */
  readonly secondFactor: boolean;
  /** A session that nobody used for so long ends … */
  readonly idleMinutes: number;
  /** … and every session ends so long after the sign-in. */
  readonly longestHours: number;
  /** `10.1.0.0/16`, `2001:db8::/32`: where people and programs may come from. Empty: from everywhere. */
  readonly networks: readonly string[];
}

export const LONGEST_HOURS = 24 * 365;
export const usualPolicy: SignInPolicy = {
  secondFactor: false,
  idleMinutes: 30 * 24 * 60,
  longestHours: 30 * 24,
  networks: [],
};

export async function readPolicy(database: Database, workspaceId: string): Promise<SignInPolicy> {
  const [row] = await database.run(sql`
    select second_factor, idle_minutes, longest_hours, networks from platform.sign_in_policy
    where workspace_id = ${workspaceId}::uuid`);
  if (!row) return usualPolicy;
  const [secondFactor, idleMinutes, longestHours, networks] = row as [boolean, number, number, string[]];
  return { secondFactor, idleMinutes, longestHours, networks };
}

/**
 * @param address where whoever saves it comes from: it has to stay within
 * @throws Problem `request.invalid` of `networks`
 */
export async function savePolicy(
  database: Database,
  workspaceId: string,
  policy: SignInPolicy,
  address: string,
): Promise<void> {
  const networks = [...new Set(policy.networks.map((network) => network.trim()))];
  const wrong = networks.find((network) => !isNetwork(network));
  if (wrong !== undefined) throw ofNetworks('network.invalid', { network: wrong });
  if (!isWithin(networks, address)) throw ofNetworks('network.locks-you-out', { address });
  const { secondFactor, idleMinutes, longestHours } = policy;
  await database.execute(sql`
    insert into platform.sign_in_policy (workspace_id, second_factor, idle_minutes, longest_hours, networks)
    values (${workspaceId}::uuid, ${secondFactor}::boolean, ${idleMinutes}::integer, ${longestHours}::integer, ${networks}::text[])
    on conflict (workspace_id) do update set second_factor = excluded.second_factor, idle_minutes = excluded.idle_minutes,
      longest_hours = excluded.longest_hours, networks = excluded.networks`);
}

/** Everybody may come from everywhere again, as at the beginning. */
export async function forgetPolicy(database: Database, workspaceId: string): Promise<void> {
  await database.execute(sql`delete from platform.sign_in_policy where workspace_id = ${workspaceId}::uuid`);
}

/** No networks are all networks. */
export function isWithin(networks: readonly string[], address: string): boolean {
  if (networks.length === 0) return true;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [net = '', bits] = network.split('/');
    const isFour = isIP(net) === 4;
    list.addSubnet(net, bits === undefined ? (isFour ? 32 : 128) : Number(bits), isFour ? 'ipv4' : 'ipv6');
  }
  return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function isNetwork(text: string): boolean {
  const [net = '', bits, ...more] = text.split('/');
  const family = isIP(net);
  if (family === 0 || more.length > 0 || net.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function ofNetworks(code: string, params: Record<string, unknown>): Problem {
  return new Problem('request.invalid', {}, [{ field: 'networks', code, params }]);
}
