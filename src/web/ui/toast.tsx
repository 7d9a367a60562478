import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { isProblem } from '../api/problem.ts';
import { openHeldBy } from './open-held-by.tsx';
import { ariaKeys } from './shortcuts.ts';
import style from './ui.module.css';

/** Long enough to read and decide. */
const undoTime = 10_000;
/** What can be taken back, the newest last; the toasts of older ones may be gone. */
const undos: { id: string; run: () => Promise<unknown> }[] = [];
const mostUndos = 20;

export function showToast(message: string): void {
  show({ message, autoClose: 4000, withBorder: false, color: 'petrol' });
}

/** The cross in the corner has a name too. */
function show(toast: Parameters<typeof notifications.show>[0]): void {
  notifications.show({ closeButtonProps: { 'aria-label': i18next.t('common.close') }, ...toast });
}

/** Something done, and what one may want to do next because of it. */
export function showAction(message: string, label: string, act: () => unknown): void {
  const id = `action-${Date.now()}-${Math.random()}`;
  show({
    id,
    autoClose: undoTime,
    color: 'petrol',
    message: (
      <span className={style.toast}>
        <span>{message}</span>
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() => {
            notifications.hide(id);
            void act();
          }}
        >
          {label}
        </Button>
      </span>
    ),
  });
}

/** Something done that can be taken back: here for 10 s, with Ctrl+Z as long as it is among the last 20 changes. */
export function showUndo(message: string, undo: () => Promise<unknown>): void {
  const id = keepUndo(undo);
  show({ id, autoClose: undoTime, color: 'petrol', message: <UndoLine id={id} message={message} /> });
}

/**
 * An edit, shown where it was made: one quiet toast for as many as come, each taken back with Ctrl+Z, the newest first.
 * @param message where "saved" would not be true
 */
export function rememberUndo(undo: () => Promise<unknown>, message = i18next.t('toast.saved')): void {
  const id = keepUndo(undo);
  const shown = {
    id: editToast,
    autoClose: undoTime,
    color: 'petrol',
    message: <UndoLine id={id} message={message} />,
  };
  if (isEditShown) notifications.update(shown);
  else show({ ...shown, onClose: () => (isEditShown = false) });
  isEditShown = true;
}

/** Ctrl+Z takes back the newest change of this window. */
export function undoLast(): boolean {
  const last = undos.at(-1);
  if (last) void takeBack(last.id);
  else showToast(i18next.t('toast.nothingToUndo'));
  return last !== undefined;
}

const editToast = 'edit-undo';
let isEditShown = false;

function UndoLine({ id, message }: { id: string; message: string }) {
  return (
    <span className={style.toast}>
      <span>{message}</span>
      <Button
        variant="subtle"
        size="compact-sm"
        onClick={() => void takeBack(id)}
        aria-keyshortcuts={ariaKeys('mod+z')}
      >
        {i18next.t('toast.undo')}
      </Button>
    </span>
  );
}

function keepUndo(run: () => Promise<unknown>): string {
  const id = `undo-${Date.now()}-${Math.random()}`;
  undos.push({ id, run });
  if (undos.length > mostUndos) undos.shift();
  return id;
}

async function takeBack(id: string): Promise<void> {
  const index = undos.findIndex((one) => one.id === id);
  if (index === -1) return;
  const [undo] = undos.splice(index, 1);
  notifications.hide(id);
  notifications.hide(editToast);
  try {
    await undo!.run();
    showToast(i18next.t('toast.undone'));
  } catch (error) {
    showProblem(error);
  }
}

export function showProblem(error: unknown): void {
  if (isProblem(error) && error.heldBy.length > 0) openHeldBy(error);
  else showWarning(problemText(error));
}

/** Something that cannot be done, in words of its own. */
export function showWarning(message: string): void {
  show({ message, color: 'red', autoClose: 8000 });
}

/** One sentence in the reader's language: the server's own words where it has some. */
export function problemText(error: unknown): string {
  if (!isProblem(error)) return i18next.t('problem.unexpected');
  if (error.code === 'offline') return i18next.t('problem.offline');
  const details = error.errors.map((one) => one.message).filter(Boolean);
  const sentence = (text: unknown) => (typeof text === 'string' ? text.replace(/[.!?]?$/, (end) => end || '.') : '');
  const words = [sentence(error.body.title), sentence(error.body.detail)].filter(Boolean).join(' ');
  return details.length > 0 ? details.join(' ') : words || i18next.t('problem.unexpected');
}
