import { Button, Textarea } from '@mantine/core';
import IconAt from '@tabler/icons-react/dist/esm/icons/IconAt.mjs';
import IconLock from '@tabler/icons-react/dist/esm/icons/IconLock.mjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { newKey } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { createRecord } from '../api/writes.ts';
import { dropDraft, keepDraft, readDraft } from '../record/drafts.ts';
import { useEditing } from '../record/presence.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { Picker } from '../ui/picker.tsx';
import { problemText } from '../ui/toast.tsx';
import style from './inbox.module.css';
import { refreshConversations } from './work.ts';
import writingStyle from './writing.module.css';

/** A word among colleagues, in a colour of its own: it never leaves the house. `@` names somebody, who hears of it. */
export function NoteForm({ conversation, onClose }: { conversation: RecordShape; onClose(): void }) {
  const { t } = useTranslation();
  const { userId, searchRecords } = useFieldEnvironment();
  const about = useDefinition('interaction');
  const place = `${userId}/conversation/${conversation.id}/note`;
  const [kept] = useState((): Record<string, unknown> => readDraft(place) ?? {});
  const [text, setText] = useState(String(kept.text ?? ''));
  // By the name that stands in the text; kept with the draft.
  const [named, setNamed] = useState((kept.named ?? {}) as Record<string, string>);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  // The same for every try: an answer that was lost does not make a second note.
  const key = useRef(newKey());
  useEditing('conversation', conversation.id, 'note', true);
  useEffect(() => {
    if (text.trim()) keepDraft(place, { text, named });
    else dropDraft(place);
  }, [place, text, named]);

  const mention = async () => {
    const at = field.current?.selectionStart ?? text.length;
    const names = new Map<string, string>();
    const user = await openDialog<string>((done) => (
      <Picker
        title={t('inbox.mention')}
        placeholder={t('inbox.whom')}
        name="mention"
        empty={t('inbox.nobodyFound')}
        load={async (words, signal) => {
          const people = await searchRecords('user', words, signal);
          for (const { id, title } of people) names.set(id, title);
          return people
            .filter(({ id }) => id !== userId)
            .map(({ id, title, detail }) => ({ key: id, label: title, ...(detail && { detail }) }));
        }}
        onClose={done}
      />
    ));
    const name = user && names.get(user);
    if (name) {
      setNamed((old) => ({ ...old, [name]: user }));
      setText((old) => `${old.slice(0, at)}@${name} ${old.slice(at)}`);
    }
    // After the dialog has given the focus back.
    setTimeout(() => {
      const end = at + (name ? name.length + 2 : 0);
      field.current?.focus();
      field.current?.setSelectionRange(end, end);
    });
  };
  const save = async () => {
    if (!text.trim() || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const values = { conversation: conversation.id, channel: 'note', direction: 'internal' };
      await createRecord(about, { ...values, body: withIds(text.trim(), named) }, key.current);
      dropDraft(place);
      refreshConversations();
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <section
      className={writingStyle.note}
      aria-label={t('inbox.note')}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
          event.preventDefault();
          void save();
        }
        if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <p className={writingStyle.noteHead}>
        <IconLock size={13} aria-hidden /> {t('inbox.noteSays')}
      </p>
      <Textarea
        ref={field}
        autoFocus
        autosize
        minRows={3}
        maxRows={12}
        maxLength={20_000}
        aria-label={t('inbox.note')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          const { selectionStart: at } = event.currentTarget;
          if (event.key !== '@' || /\S/.test(text[at - 1] ?? ' ')) return;
          event.preventDefault();
          void mention();
        }}
      />
      {problem ? (
        <p role="alert" className={writingStyle.formProblem}>
          {problemText(problem)}
        </p>
      ) : null}
      <div className={writingStyle.formFoot}>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconAt size={14} aria-hidden />}
          onClick={() => void mention()}
        >
          {t('inbox.mention')}
        </Button>
        <span className={style.spring} />
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button loading={busy} disabled={!text.trim()} onClick={() => void save()} aria-keyshortcuts="Control+Enter">
          {t('inbox.addNote')}
        </Button>
      </div>
    </section>
  );
}

/** The names that were chosen as what the program keeps: `@{id}`. The longest first: one may begin with another. */
export function withIds(text: string, named: Readonly<Record<string, string>>): string {
  return Object.keys(named)
    .sort((a, b) => b.length - a.length)
    .reduce((words, name) => words.replaceAll(`@${name}`, `@{${named[name]}}`), text);
}
