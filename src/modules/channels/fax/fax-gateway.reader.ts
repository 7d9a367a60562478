import { forgetGatewaySecrets } from '#kernel/mail/gateway-secret.ts';
import { defineReader } from '#kernel/object/module.ts';

/** What a gateway wanted to be told goes with it. */
export const faxGatewayReader = defineReader({
  name: 'faxGateways',
  objects: ['faxGateway'],
  async run(events, { connection, schema }) {
    const gone = events.filter(({ operation }) => operation === 'purge').map(({ record }) => record);
    if (gone.length > 0) await forgetGatewaySecrets(connection, schema, gone);
  },
});
