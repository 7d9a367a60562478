import type { Connection } from '#kernel/database/connection.ts';
import { sql } from '#kernel/database/sql.ts';
import { cleanLine } from '#kernel/fields/clean.ts';
import { translator } from '#kernel/i18n/translate.ts';
import { addJob, type JobDefinition } from '#kernel/jobs/jobs.ts';
import { readMailServer } from '#kernel/mail/mail-server.ts';
import { FieldProblem, Problem } from '#kernel/problems/problem.ts';
import type { Door, Workspace } from '#kernel/records/door.ts';
import { inTransaction, openRecords, recordsFor } from '#kernel/records/open.ts';
import { inUnit } from '#kernel/records/unit.ts';
import { openSecrets } from '#kernel/workspace/secrets.ts';
import { formSubmission, makeRecords, titleOf, webForm } from '#modules/forms/index.ts';
import { addLetter } from './mail.ts';
import { programFor } from './public-pages.ts';
import type { Runtime } from './runtime.ts';
import { readSigned, signText } from './signed-text.ts';

const SUBMISSION_JOB = 'form';

/** How long a letter's link confirms what was sent. */
const CONFIRM_MS = 7 * 24 * 3600 * 1_000;

/**
 * Keeps what somebody sent, and sees to it that records are made of it, in one transaction: a program that is killed afterwards
 * goes on with it. What is sent twice is kept once.
 */
export async function receiveSubmission(
  workspace: Workspace,
  sent: Record<string, unknown> & { key: string },
): Promise<{ id: string; isNew: boolean }> {
  const program = programFor(workspace);
  const known = async () => {
    const found = await recordsFor(workspace, program, 'form').find(formSubmission, { key: sent.key }, { fields: [] });
    return found && { id: found.id, isNew: false };
  };
  const before = await known();
  if (before) return before;
  try {
    const id = await inTransaction(workspace, program, 'form', async (records, connection) => {
      const kept = await records.create(formSubmission, sent);
      await queue(connection, workspace.id, kept.id);
      return kept.id;
    });
    return { id, isNew: true };
  } catch (error) {
    // The same page, sent twice at the same moment.
    const after = error instanceof Problem ? await known() : null;
    if (after) return after;
    throw error;
  }
}

function queue(connection: Connection, workspaceId: string, submission: string, isAnyway = false) {
  const payload = { submission, ...(isAnyway ? { isAnyway } : {}) };
  return addJob(connection, { workspaceId, kind: SUBMISSION_JOB, payload, createdBy: null });
}

export function submissionJob(runtime: Runtime): JobDefinition {
  return {
    kind: SUBMISSION_JOB,
    async run(payload, { workspaceId }) {
      const { submission, isAnyway = false } = payload as { submission: string; isAnyway?: boolean };
      return { state: await takeSubmission(runtime, workspaceId, submission, isAnyway) };
    },
  };
}

/**
 * Makes records of a submission, or asks the visitor first to confirm that it was them. What a rule refuses stays, with the reason.
 * @param isAnyway somebody here wants it, whoever confirmed it
 * @returns the state it is in now
 */
export async function takeSubmission(
  runtime: Runtime,
  workspaceId: string,
  id: string,
  isAnyway = false,
): Promise<string | null> {
  const workspace = await runtime.workspace(workspaceId);
  const program = programFor(workspace);
  const door: Door = { workspace, principal: program, via: 'form', unit: null, trusted: true };
  const server = await readMailServer(runtime.database, workspaceId);
  const stateNow = async () =>
    (await recordsFor(workspace, program, 'form').find(formSubmission, { id }, { fields: ['state'] }))?.state ?? null;
  try {
    await inUnit(door, {}, async (inside) => {
      const { connection } = inside.unit;
      await holdSubmission(connection, workspaceId, id);
      const records = openRecords(inside);
      const sent = await records.find(formSubmission, { id });
      if (sent?.state !== 'received') return;
      const form = await records.read(webForm, sent.form);
      const { language } = workspace.settings;
      if (form.doubleOptIn && sent.email && !sent.confirmedAt && !isAnyway) {
        const reason = server ? null : translator(language)('problem.mail.not-set-up.title');
        await records.update(formSubmission, id, { state: 'unconfirmed', reason });
        const own = sent.language ?? language;
        await addLetter(runtime, connection, workspaceId, {
          kind: 'formConfirm',
          // Whoever's address it is need not read what somebody else wrote into the form.
          to: { name: '', address: sent.email },
          language: own,
          path: `/f/confirm/${await confirmLink(runtime, workspaceId, id)}`,
          params: { form: titleOf(form, own) },
        });
        return;
      }
      if (!(await makeRecords(inside, id, server?.site ?? ''))) return;
      const made = await records.read(formSubmission, id);
      const told = [...new Set([...(form.told ?? []), ...(made.owner ? [made.owner] : [])])];
      if (told.length === 0) return;
      const users = await records.list('user', { filter: { id: { in: told }, active: true }, limit: 100 });
      for (const { name, email, language: own } of users.items)
        await addLetter(runtime, connection, workspaceId, {
          kind: 'formTold',
          to: { name: String(name), address: String(email) },
          language: String(own),
          path: `/o/interaction/${made.interaction}`,
          params: { form: form.name, who: made.name },
        });
    });
  } catch (error) {
    if (!(error instanceof Problem || error instanceof FieldProblem)) throw error;
    const records = recordsFor(workspace, program, 'form');
    if ((await stateNow()) === 'received')
      await records.update(formSubmission, id, { state: 'refused', reason: reasonOf(error, workspace) });
  }
  return stateNow();
}

const CONFIRM = 'confirm a submission';

async function confirmLink(runtime: Runtime, workspaceId: string, id: string): Promise<string> {
  const secrets = await openSecrets(runtime.dataFolder);
  return signText(secrets, CONFIRM, `${workspaceId}.${id}`, Date.now() + CONFIRM_MS);
}

/** What the link of a letter confirms; null when it is none, or too old. */
export async function readConfirmLink(
  runtime: Runtime,
  link: string,
): Promise<{ workspaceId: string; id: string } | null> {
  const value = readSigned(await openSecrets(runtime.dataFolder), CONFIRM, link);
  const [workspaceId, id] = value?.split('.') ?? [];
  return workspaceId && id ? { workspaceId, id } : null;
}

/** The visitor followed the link: it was them. @returns false when there is nothing that waits for it */
export async function confirmSubmission(runtime: Runtime, workspaceId: string, id: string): Promise<boolean> {
  const workspace = await runtime.workspace(workspaceId);
  return inTransaction(workspace, programFor(workspace), 'form', async (records, connection) => {
    await holdSubmission(connection, workspaceId, id);
    const sent = await records.find(formSubmission, { id });
    if (sent?.state !== 'unconfirmed' || sent.confirmedAt) return false;
    await records.update(formSubmission, id, {
      state: 'received',
      reason: null,
      confirmedAt: new Date().toISOString(),
    });
    await queue(connection, workspaceId, id);
    return true;
  });
}

/** Tries once more what waits: what a rule refused, or nobody confirmed. @returns false when it does not wait */
export async function replaySubmission(runtime: Runtime, workspaceId: string, id: string): Promise<boolean> {
  const workspace = await runtime.workspace(workspaceId);
  return inTransaction(workspace, programFor(workspace), 'form', async (records, connection) => {
    const sent = await records.find(formSubmission, { id });
    if (sent?.state !== 'refused' && sent?.state !== 'unconfirmed') return false;
    await records.update(formSubmission, id, { state: 'received', reason: null });
    await queue(connection, workspaceId, id, true);
    return true;
  });
}

/** One at a time, until the transaction ends. */
async function holdSubmission(connection: Connection, workspaceId: string, id: string): Promise<void> {
  const key = `${workspaceId} form submission ${id}`;
  await connection.run(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
}

/** Why records could not be made, for whoever reads the list. */
function reasonOf(error: Problem | FieldProblem, { settings }: Workspace): string {
  const words = translator(settings.language);
  if (error instanceof FieldProblem) return words(error.code, error.params);
  const fields = error.errors.map(({ field, code, params }) => `${field}: ${words(code, params)}`);
  const title = words(`problem.${error.code}.title`, error.params);
  return cleanLine([title, ...fields].join(' · ').slice(0, 900), 1_000);
}
