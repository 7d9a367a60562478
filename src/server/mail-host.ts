import { isIP } from 'node:net';
import { networkGuard } from '#kernel/net/guard.ts';
import { Problem } from '#kernel/problems/problem.ts';

/** Whether a mail server may be asked that somebody typed in. @throws Problem `request.invalid` of `field`, `webhook.address-refused` */
export function requireMailHost(host: string, port: number, field = 'host'): void {
  if (isIP(host) === 0 && !/^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62}\.?)*$/i.test(host))
    throw new Problem('request.invalid', {}, [{ field, code: 'field.invalid' }]);
  networkGuard().check(`smtp://${isIP(host) === 6 ? `[${host}]` : host}:${port}`, 'mail');
}
