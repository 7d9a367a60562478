import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { isProblem } from '../api/problem.ts';
import style from './ui.module.css';

/** Long enough to read and decide. */
const undoTime = 10_000;
let lastUndo: { id: string; run: () => Promise<unknown> } | null = null;

export function showToast(message: string): void {
  notifications.show({ message, autoClose: 4000, withBorder: false, color: 'petrol' });
}

/** Something done, and what one may want to do next because of it. */
export function showAction(message: string, label: string, act: () => unknown): void {
  const id = `action-${Date.now()}-${Math.random()}`;
  notifications.show({
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

export function showUndo(message: string, undo: () => Promise<unknown>): void {
  const id = `undo-${Date.now()}-${Math.random()}`;
  const run = async () => {
    lastUndo = null;
    notifications.hide(id);
    try {
      await undo();
      showToast(i18next.t('toast.undone'));
    } catch (error) {
      showProblem(error);
    }
  };
  lastUndo = { id, run };
  notifications.show({
    id,
    autoClose: undoTime,
    color: 'petrol',
    message: (
      <span className={style.toast}>
        <span>{message}</span>
        <Button variant="subtle" size="compact-sm" onClick={() => void run()} aria-keyshortcuts="Control+Z">
          {i18next.t('toast.undo')}
        </Button>
      </span>
    ),
    onClose: () => {
      if (lastUndo?.id === id) lastUndo = null;
    },
  });
}

/** An edit that needs no toast, but can be taken back with Ctrl+Z. */
export function rememberUndo(undo: () => Promise<unknown>): void {
  const id = `edit-${Date.now()}-${Math.random()}`;
  lastUndo = {
    id,
    run: async () => {
      lastUndo = null;
      await undo().then(() => showToast(i18next.t('toast.undone')), showProblem);
    },
  };
}

/** Ctrl+Z takes back what the newest toast offers. */
export function undoLast(): boolean {
  if (!lastUndo) return false;
  void lastUndo.run();
  return true;
}

export function showProblem(error: unknown): void {
  notifications.show({ message: problemText(error), color: 'red', autoClose: 8000 });
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
