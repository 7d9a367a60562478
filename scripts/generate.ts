/**
 * Writes what follows from the definitions into `generated/`, so that every change shows its diff there.
 * With `--check` it writes nothing and fails when a file is stale.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { shippedDefinitions } from '#app/runtime.ts';
import { buildModel } from '#kernel/object/model.ts';
import { plan } from '#kernel/schema/plan.ts';
import { snapshotOf } from '#kernel/schema/snapshot.ts';

/** Every generated file and what makes its text. */
const generators: Readonly<Record<string, () => string | Promise<string>>> = {
  'schema.sql': schemaSql,
};

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
