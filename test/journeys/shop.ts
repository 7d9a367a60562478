import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeDrop } from '#test/database.ts';

/** The website of somebody, elsewhere. */
export async function openShop() {
  let snippet = '';
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title><body style="max-width:720px;margin:40px auto;font-family:Georgia"><h1>The bread shop</h1><p>We bake rye and wheat every morning.</p>${snippet}</body></html>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  beforeDrop(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const show = (text: string) => {
    snippet = text;
  };
  return { url: `http://127.0.0.1:${port}`, show };
}
