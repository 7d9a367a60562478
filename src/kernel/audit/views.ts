import type { Workspace } from '../records/door.ts';
import { noteSecurityEvents, type SecurityEvent } from './security-events.ts';
import { knownAuditSettings } from './settings.ts';

/** Looks are written together this often: one by one, each reading would become a write. */
const WRITE_EVERY_MS = 1_000;

const waiting = new Map<string, { workspace: Workspace; events: Map<string, SecurityEvent> }>();
let timer: NodeJS.Timeout | null = null;

/** Notes that somebody looked at a record, where the company wants that of its object. A killed process forgets a second. */
export async function noteView(
  workspace: Workspace,
  view: { object: string; record: string; actor: string | null; via: string },
): Promise<void> {
  const { views } = await knownAuditSettings(workspace);
  if (!views.includes(view.object)) return;
  const own = waiting.get(workspace.id) ?? { workspace, events: new Map() };
  waiting.set(workspace.id, own);
  own.events.set(`${view.actor} ${view.object} ${view.record}`, { operation: 'view', ...view });
  timer ??= setTimeout(() => void writeViews().catch(() => {}), WRITE_EVERY_MS);
}

/** Writes what waits; also before the process ends. */
export async function writeViews(): Promise<void> {
  if (timer) clearTimeout(timer);
  timer = null;
  const all = [...waiting.values()];
  waiting.clear();
  for (const { workspace, events } of all) await noteSecurityEvents(workspace, [...events.values()]);
}
