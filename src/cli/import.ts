import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '#app/exit-codes.ts';
import { importHouse, newImportPath } from '#app/imports.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { objectOf } from '#kernel/object/model.ts';
import { configureImport, createImport, errorFile, pauseImport, queueImport } from '#kernel/transfer/import/imports.ts';
import { readMapFile } from '#kernel/transfer/import/map-file.ts';
import { runImport } from '#kernel/transfer/import/run.ts';
import { readErrors, readImport } from '#kernel/transfer/import/store.ts';
import { dryRunImport } from '#kernel/transfer/import/try.ts';
import { openSource } from '#kernel/transfer/source.ts';
import type { Command } from './command.ts';
import { personOf } from './person.ts';

/** Errors printed for people; the error file has them all. */
const SHOWN = 10;

export const importCommand: Command = {
  usage: '<file> --object <name>',
  summary: 'Import a CSV, XLSX or vCard file',
  details:
    'Without --map the columns go where their headers suggest. Ctrl-C pauses; --resume goes on. What an import did is taken back on its page.',
  words: { least: 0, most: 1 },
  options: {
    object: { type: 'string', value: '<name>', about: 'What the rows are: account, contact, opportunity …' },
    map: { type: 'string', value: '<file.json>', about: 'How columns become fields; see docs/guides/import.md' },
    mode: {
      type: 'string',
      value: 'create|update|upsert',
      about: 'Whether rows make records, change them, or both (create)',
    },
    key: { type: 'string', value: '<field,…>', about: 'Fields by which a record is found again' },
    duplicates: {
      type: 'string',
      value: 'skip|update|create',
      about: 'What happens to rows whose record is there already (skip)',
    },
    as: { type: 'string', value: '<address>', about: 'Who imports, with their rights (the first administrator)' },
    errors: { type: 'string', value: '<file.csv>', about: 'Where to write the rows with errors' },
    'dry-run': { type: 'boolean', about: 'Try it and write nothing' },
    resume: { type: 'string', value: '<id>', about: 'Go on with an import that was paused or killed' },
  },
  async run(call) {
    const runtime = await call.runtime();
    const { workspace, principal } = await personOf(runtime, call.text('as'));
    const house = importHouse(runtime, workspace.id, principal);
    const words = translator('en');
    const { database, schema } = workspace;
    let id = call.text('resume');
    if (id === undefined) {
      const [file] = call.words;
      if (file === undefined) throw new UsageError('Say which file: tendero import <file> --object <name>');
      const object = call.needed('object');
      objectOf(workspace.model, object);
      const given = call.path(file);
      const path = await newImportPath(house);
      const map = call.text('map');
      const mapText = map === undefined ? undefined : await readFile(call.path(map), 'utf8');
      await copyFile(given, join(house.folder, path));
      try {
        const hints = mapText === undefined ? undefined : readMapFile(mapText).hints;
        const { size } = await stat(given);
        const made = await createImport(house, principal, {
          object,
          fileName: basename(given),
          path,
          size,
          ...(hints ? { hints } : {}),
        });
        id = made.id;
        const source = await openSource(given, { fileName: basename(given), hints: made.hints });
        await source.close();
        const mode = call.text('mode');
        const key = call.text('key');
        const duplicates = call.text('duplicates');
        if (mode !== undefined && !['create', 'update', 'upsert'].includes(mode))
          throw new UsageError('--mode is create, update or upsert.');
        if (duplicates !== undefined && !['skip', 'update', 'create', 'review'].includes(duplicates))
          throw new UsageError('--duplicates is skip, update, create or review.');
        await configureImport(workspace, principal, id, {
          settings: {
            ...(mapText === undefined ? {} : readMapFile(mapText).settings(source.columns)),
            ...(mode === undefined ? {} : { mode: mode as 'create' }),
            ...(key === undefined ? {} : { key: key.split(',').map((name) => name.trim()) }),
            ...(duplicates === undefined ? {} : { duplicates: duplicates as 'skip' }),
          },
        });
      } catch (error) {
        await rm(join(house.folder, path), { force: true });
        throw error;
      }
    }
    const isTrial = call.flag('dry-run');
    const show = (done: number, total: number, phase: string) =>
      call.progress(words(`import.phase.${phase}`, { done, total }));
    if (isTrial) await dryRunImport(house, id, { signal: call.signal, onProgress: show });
    else {
      const importId = id;
      await queueImport(workspace, principal, id, ['ready', 'checked', 'paused', 'failed', 'queued', 'running']);
      // The batch in hand is taken back or finished; the import waits for --resume.
      call.signal.addEventListener('abort', () => void pauseImport(workspace, importId).catch(() => {}));
      await runImport(house, id, { onProgress: show });
    }
    const { state, total, counts, dryRun, message, changeSet } = await readImport(database, schema, id);
    const result = isTrial && dryRun ? dryRun : counts;
    const errors = (await readErrors(database, schema, id, { limit: SHOWN })).map(({ row, line, errors, kept }) => ({
      ...{ row, line, kept },
      errors: errors.map(({ field, code, params }) => ({ field, code, message: words(code, params) })),
    }));
    const errorsTo = call.text('errors');
    if (errorsTo !== undefined) {
      const { writeFile } = await import('node:fs/promises');
      await writeFile(call.path(errorsTo), errorFile(house, id, principal.language));
    }
    call.print(
      `${isTrial ? 'Would be' : 'Of'} ${total} rows: ${result.created} created, ${result.updated} updated, ${result.skipped} left as they are, ${result.failed} refused, ${result.duplicates} duplicates.`,
    );
    for (const { line, errors: reasons } of errors)
      call.print(`  line ${line}: ${reasons.map(({ field, message }) => `${field}: ${message}`).join(' ')}`);
    if (state === 'paused') call.print(`Paused. Go on with: tendero import --resume ${id}`);
    if (state === 'failed' && message) throw new UsageError(words(message.code, message.params));
    return { id, state, total, counts: result, changeSet, errors };
  },
};
