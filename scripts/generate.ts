/**
 * Writes what follows from the definitions into `generated/`, so that every change shows its diff there.
 * With `--check` it writes nothing and fails when a file is stale.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { createRuntime, shippedDefinitions } from '#app/runtime.ts';
import { standardRoles } from '#app/standard-roles.ts';
import { administratorRole, memberRole, operations, type Scope, scopesOf } from '#kernel/access/access.ts';
import { openDatabase } from '#kernel/database/pool.ts';
import { buildModel } from '#kernel/object/model.ts';
import { plan } from '#kernel/schema/plan.ts';
import { snapshotOf } from '#kernel/schema/snapshot.ts';
import { buildApp } from '#server/app.ts';
import { shippedDocument } from '#server/openapi.ts';

/** Every generated file and what makes its text. */
const generators: Readonly<Record<string, () => string | Promise<string>>> = {
  'schema.sql': schemaSql,
  'openapi.json': openApi,
  'access.md': access,
};

/** Roles that are shipped. */
const roles = [memberRole, ...standardRoles, administratorRole];

// Nothing here asks the database anything, so none has to run.
const runtime = createRuntime(openDatabase({}), tmpdir());
const app = await buildApp(runtime);
await app.ready();

const folder = resolve(import.meta.dirname, '../generated');
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

await mkdir(folder, { recursive: true });
for (const [name, generate] of Object.entries(generators)) {
  const path = resolve(folder, name);
  const text = await generate();
  const before = await readFile(path, 'utf8').catch(() => '');
  if (before === text) continue;
  if (isCheck) stale.push(name);
  else await writeFile(path, text);
}
if (stale.length > 0) {
  console.error(`Stale in generated/: ${stale.join(', ')}. Run: npm run schema`);
  process.exitCode = 1;
}

await app.close();

/** Without the program's version, which changes with every release. */
function openApi(): string {
  const document = shippedDocument(app, runtime);
  return `${JSON.stringify({ ...document, info: { ...(document.info as object), version: '' } }, null, 1)}\n`;
}

/** Who may do what: a line per object and role, and the routes that ask for nobody. */
function access(): string {
  const objects = shippedDefinitions().map((definition) => definition.name);
  const lines = roles.flatMap((role) =>
    objects.map((object) => {
      const principal = { userId: null, roles: [role], language: 'en', timeZone: 'UTC' };
      const cells = operations.map((operation) => {
        return scopesOf(principal, object, operation).map(scopeText).join(', ');
      });
      return `| ${[role.name, object, ...cells].join(' | ')} |\n`;
    }),
  );
  const { paths } = shippedDocument(app, runtime) as {
    paths: Record<string, Record<string, { security?: unknown[] }>>;
  };
  const open = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { security }]) =>
      security?.length === 0 ? [`- \`${method.toUpperCase()} ${path}\`\n`] : [],
    ),
  );
  return [
    '# Who may do what\n\nWritten by `npm run schema`, never by hand.\n\n## Roles\n\n',
    'An empty cell is denied: what no role allows, nobody may do. `member` is whoever has no role; the roles between it and the\nadministrator are what a company begins with, and may be changed.\n\n',
    `| role | object | ${operations.join(' | ')} |\n|${' --- |'.repeat(operations.length + 2)}\n`,
    ...lines,
    '\n## Routes that need nobody to be signed in\n\n',
    'Every other route of `/api/` does. Beside them: `GET /api/openapi.json` and the page `/api/reference`.\n\n',
    ...open,
  ].join('');
}

function scopeText(scope: Scope): string {
  if (typeof scope === 'string') return scope;
  return 'filter' in scope ? 'filtered' : `with its ${scope.through}`;
}

/** The tables of a new workspace. */
function schemaSql(): string {
  const steps = plan(null, snapshotOf(buildModel(shippedDefinitions())), {
    schema: 'ws_company',
    extensions: 'extensions',
  });
  const header = '-- The schema of a new workspace called "company". Written by `npm run schema`, never by hand.\n';
  let table = '';
  const statements = steps.map((step) => {
    const heading = step.table === table ? '' : '\n';
    table = step.table;
    return `${heading}${step.sql};\n`;
  });
  return header + statements.join('');
}
