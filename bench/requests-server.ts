import type pg from 'pg';
import { keepHeapSmall } from '#app/heap.ts';
import { createRuntime } from '#app/runtime.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { buildApp } from '#server/app.ts';
import { dataFolder } from './million.ts';

/** The real application on a free port; without the worker, whose CPU would be counted as the requests'. */
keepHeapSmall();
const database = openDatabase(JSON.parse(process.env.BENCH_CONNECTION!) as pg.ClientConfig);
const app = await buildApp(createRuntime(database, dataFolder));
await app.listen({ port: 0, host: '127.0.0.1' });
process.send!((app.server.address() as { port: number }).port);
