import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { createKey } from '#app/identity/keys.ts';
import { createIdentity } from '#app/identity/people.ts';
import type { Runtime } from '#app/runtime.ts';
import type { Workspace } from '#kernel/records/door.ts';
import { type AppOptions, buildApp } from '#server/app.ts';
import { beforeDrop } from './database.ts';

/** The server on a port of its own, closed when the test file ends, and somebody who may use it. */
export interface TestServer {
  readonly app: FastifyInstance;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly userId: string;
  readonly key: string;
  /** A request with the key; JSON goes in as `json`. */
  call(path: string, init?: RequestInit & { json?: unknown; key?: string }): Promise<Response>;
  /** Another person with a key; an administrator only when told, unlike the first. */
  person(administrator?: boolean): Promise<{ userId: string; identityId: string; key: string; keyId: string }>;
}

export async function serve(runtime: Runtime, workspace: Workspace, options: AppOptions = {}): Promise<TestServer> {
  const app = await buildApp(runtime, options);
  holdToSchemas(app);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  beforeDrop(() => app.close());
  const person = async (administrator = false) => {
    number++;
    const { identityId, userId } = await createIdentity(runtime.database, workspace, {
      name: `Person ${number}`,
      email: `person${number}@example.com`,
      password: 'correct horse battery',
      language: 'en',
      timeZone: 'Europe/Vilnius',
      administrator,
    });
    const { id: keyId, key } = await createKey(runtime.database, identityId, 'test');
    return { userId, identityId, key, keyId };
  };
  const { userId, key } = await person(true);
  const call: TestServer['call'] = (path, { json, key: own = key, headers, ...init } = {}) =>
    fetch(`${url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: {
        authorization: `Bearer ${own}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(headers as Record<string, string>),
      },
      ...(json === undefined ? {} : { method: init.method ?? 'POST', body: JSON.stringify(json) }),
    });
  return { app, url, userId, key, call, person };
}

/** A JSON answer that is not as its route describes it becomes a failure of the server, in whatever test it happens. */
function holdToSchemas(app: FastifyInstance): void {
  const checks = new Map<object, ReturnType<typeof Compile>>();
  app.addHook('onSend', async (request, reply, payload) => {
    const answers = request.routeOptions.schema?.response as Record<number, TSchema> | undefined;
    const schema = answers?.[reply.statusCode];
    if (!schema || 'content' in schema || typeof payload !== 'string') return payload;
    const check = checks.get(schema) ?? Compile(schema);
    checks.set(schema, check);
    const answer: unknown = JSON.parse(payload);
    if (check.Check(answer)) return payload;
    const [fault] = check.Errors(answer);
    const at = `${request.method} ${request.url}`;
    throw new Error(`${at} answers otherwise than described: ${fault?.instancePath} ${fault?.message}\n${payload}`);
  });
}

let number = 0;
