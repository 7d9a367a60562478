import { Menu, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import IconTemplate from '@tabler/icons-react/dist/esm/icons/IconTemplate.mjs';
import { useQuery } from '@tanstack/react-query';
import type { Editor } from '@tiptap/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { gapsIn } from '#kernel/template/gaps.ts';
import type { MailContent, MailSender, OutgoingMailAnswer } from '#server/answers.ts';
import { del, post } from '../api/client.ts';
import { queryClient } from '../api/queries.ts';
import { newRecordId } from '../api/record-id.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { ErrorState } from '../ui/state.tsx';
import { problemText, showProblem, showToast, showUndo } from '../ui/toast.tsx';
import { Attachments, useUploads } from './attachments.tsx';
import style from './compose.module.css';
import { selectGap } from './gap-marks.ts';
import { MailEditor } from './mail-editor.tsx';
import { MailEnding } from './mail-ending.tsx';
import { MailPreview } from './mail-preview.tsx';
import { beginAnswer, readMail, refreshMails, sendersQuery } from './mail-queries.ts';
import { emptyMail, type MailStart } from './mail-start.ts';
import { Recipients } from './recipients.tsx';
import { SendBar } from './send-bar.tsx';
import { SignatureDialog, signatureFor, useSignatures } from './signatures.tsx';
import { type Begun, useKept } from './use-kept.ts';
import { useNotes } from './use-notes.ts';
import { useTexts } from './use-texts.ts';
import { Wishes } from './wishes.tsx';

type Ended = 'sent' | 'kept' | 'discarded';

export interface Ends {
  onClose(how: Ended): void;
  /** Sent, and taken back: the draft is there again. */
  onTakenBack(draft: string): void;
  /** Asked before it goes: false keeps it here. */
  beforeSend?: (() => Promise<boolean>) | undefined;
}

/**
 * Writes a mail, wherever it is shown. What is written is kept on the server as it is written, and found again on another
 * device. `WriteMail` of `open-mail.tsx` loads it, `openMail` shows it over the screen.
 */
export function MailComposer({ onClose, onTakenBack, beforeSend, ...start }: MailStart & Ends) {
  const senders = useQuery(sendersQuery);
  const asked = useRef(start);
  const begun = useQuery({
    queryKey: ['mails', 'begin', useMemo(() => newRecordId(), [])],
    queryFn: () => begin(asked.current),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const failed = senders.error ?? begun.error;
  if (failed) return <ErrorState error={failed} onRetry={() => void (senders.error ? senders : begun).refetch()} />;
  if (!senders.data || !begun.data) return <Skeleton height={220} />;
  return (
    <Writing
      begun={begun.data}
      senders={senders.data.items}
      insert={start.insert}
      {...{ onClose, onTakenBack, beforeSend }}
    />
  );
}

async function begin({ draft, replyTo, mailbox, to, about }: MailStart): Promise<Begun> {
  if (draft) {
    const { id, content, revision } = await readMail(draft);
    return { id, content, revision };
  }
  const id = newRecordId();
  if (replyTo) return { id, content: await beginAnswer(replyTo.interaction, replyTo.how, mailbox), revision: null };
  return {
    id,
    content: { ...emptyMail, mailbox: mailbox ?? null, to: [...(to ?? [])], about: about ?? {} },
    revision: null,
  };
}

function Writing({
  begun,
  senders,
  insert,
  onClose,
  onTakenBack,
  beforeSend,
}: {
  begun: Begun;
  senders: readonly MailSender[];
  insert: MailStart['insert'];
} & Ends) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const signatures = useSignatures();
  const usable = senders.filter(({ canSend }) => canSend);
  const [content, setContent] = useState<MailContent>(() => {
    const mailbox = usable.some(({ id }) => id === begun.content.mailbox)
      ? begun.content.mailbox
      : (usable[0]?.id ?? null);
    const own = begun.revision === null ? signatureFor(signatures.all, mailbox, language) : begun.content.signature;
    return { ...begun.content, mailbox, signature: own };
  });
  const first = useRef(content);
  const [shows, setShows] = useState({ cc: begun.content.cc.length > 0, bcc: begun.content.bcc.length > 0 });
  const [problem, setProblem] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const [followUp, setFollowUp] = useState<Date | null>(null);
  const editor = useRef<Editor | null>(null);
  const kept = useKept(begun, content, first.current);
  const notes = useNotes(content);
  const change = useCallback(
    (changes: Partial<MailContent>) => setContent((before) => ({ ...before, ...changes })),
    [],
  );
  const { uploading, attach } = useUploads((file) =>
    setContent((before) => ({ ...before, attachments: [...before.attachments, file] })),
  );
  const texts = useTexts({ editor, content, setContent, insert });
  const sender = usable.find(({ id }) => id === content.mailbox);
  const isTracked = content.track === true && sender?.canTrack === true;
  const everybody = [...content.to, ...content.cc, ...content.bcc];
  const gaps = gapsIn(`${content.subject} ${content.html}`);

  const send = async (sendAt: Date | null = null) => {
    if (isSending) return;
    const missing =
      uploading.length > 0
        ? t('compose.stillUploading')
        : everybody.length === 0
          ? t('compose.nobody')
          : gaps.length > 0
            ? t('compose.gaps', { gaps: gaps.join(', ') })
            : null;
    if (missing) {
      setProblem(missing);
      if (gaps.length > 0 && editor.current) selectGap(editor.current);
      return;
    }
    if (beforeSend && !(await beforeSend())) return;
    setSending(true);
    setProblem(null);
    try {
      await kept.save();
      const body = { sendAt: sendAt?.toISOString() ?? null, followUpAt: followUp?.toISOString() ?? null };
      const sent = await post<OutgoingMailAnswer>(`/mails/${kept.id}/send`, body);
      kept.forget();
      void refreshAll();
      const words = sendAt
        ? t('compose.willBeSent', { when: formatDateTime(sendAt.toISOString(), language, timeZone) })
        : t('compose.sending');
      showUndo(words, async () => {
        await post(`/mails/${sent.id}/take-back`);
        void refreshAll();
        onTakenBack(sent.id);
      });
      onClose('sent');
    } catch (error) {
      setProblem(error);
      setSending(false);
    }
  };
  const discard = async () => {
    kept.forget();
    if (kept.isOnServer()) await del(`/mails/${kept.id}`).catch(showProblem);
    void refreshMails();
    onClose('discarded');
  };
  const test = async () => {
    try {
      const { sentTo } = await post<{ sentTo: string }>('/mails/test', content);
      showToast(t('compose.tested', { address: sentTo }));
    } catch (error) {
      showProblem(error);
    }
  };
  // In the language of whoever reads it, where a text has told which.
  const signature = signatureFor(signatures.all, content.mailbox, content.language ?? language);
  // One that was changed meanwhile takes the place of the one before, unless this mail has none.
  const lastSignature = useRef(signature);
  useEffect(() => {
    if (lastSignature.current === signature) return;
    lastSignature.current = signature;
    change({ signature });
  }, [signature, change]);

  if (usable.length === 0) return <NoSender hasMailbox={senders.length > 0} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the form inside it, and files that are dropped on it
    <div
      className={style.composer}
      data-sending={isSending}
      onKeyDown={(event) => {
        const mod = event.ctrlKey || event.metaKey;
        if (mod && event.key === 'Enter') {
          event.preventDefault();
          event.stopPropagation();
          void send();
        } else if (mod && event.key.toLowerCase() === 's') {
          event.preventDefault();
          event.stopPropagation();
          void kept.save().catch(showProblem);
        } else if (event.key === 'Escape' && !event.defaultPrevented) {
          event.stopPropagation();
          void kept.save().catch(() => {});
          onClose('kept');
        }
      }}
      onDragOver={(event) => event.dataTransfer.types.includes('Files') && event.preventDefault()}
      onDrop={(event) => {
        if (event.defaultPrevented || event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        attach([...event.dataTransfer.files]);
      }}
    >
      <From
        senders={usable}
        content={content}
        onChange={(mailbox, from) =>
          change({ mailbox, from, signature: signatureFor(signatures.all, mailbox, content.language ?? language) })
        }
      />
      <Recipients
        label={t('compose.to')}
        value={content.to}
        notes={notes}
        autoFocus={content.to.length === 0}
        onChange={(to) => change({ to })}
      >
        <span className={style.more}>
          {(['cc', 'bcc'] as const).map((role) =>
            shows[role] ? null : (
              <button key={role} type="button" onClick={() => setShows({ ...shows, [role]: true })}>
                {t(`compose.${role}`)}
              </button>
            ),
          )}
        </span>
      </Recipients>
      {(['cc', 'bcc'] as const).map((role) =>
        shows[role] ? (
          <Recipients
            key={role}
            label={t(`compose.${role}`)}
            value={content[role]}
            notes={notes}
            autoFocus={content[role].length === 0}
            onChange={(people) => change({ [role]: people })}
          />
        ) : null,
      )}
      <TextInput
        variant="unstyled"
        className={style.subject}
        aria-label={t('compose.subject')}
        placeholder={t('compose.subject')}
        value={content.subject}
        maxLength={500}
        onChange={(event) => change({ subject: event.currentTarget.value })}
      />
      {notes.length > 0 ? (
        <ul className={style.notes}>
          {notes.map((note) => (
            <li key={`${note.code} ${note.address}`} data-stops={note.stops}>
              {note.text}
            </li>
          ))}
        </ul>
      ) : null}
      <MailEditor
        value={content.html}
        label={t('compose.text')}
        autoFocus={content.to.length > 0}
        onChange={(html) => change({ html })}
        onFiles={attach}
        onSlash={() => void texts.choose('/')}
        onEditor={texts.onEditor}
        tools={
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.Control
              aria-label={t('compose.insertText')}
              title={`${t('compose.insertText')} (/)`}
              onClick={() => void texts.choose('')}
            >
              <IconTemplate size={16} aria-hidden />
            </RichTextEditor.Control>
          </RichTextEditor.ControlsGroup>
        }
      />
      {gaps.length > 0 ? (
        <p className={style.gaps} role="status">
          <button type="button" onClick={() => editor.current && selectGap(editor.current)}>
            {t('compose.gaps', { gaps: gaps.join(', ') })}
          </button>
        </p>
      ) : null}
      <MailEnding signature={content.signature} quote={content.quote} onChange={change} />
      <Attachments
        files={content.attachments}
        uploading={uploading}
        onChange={(attachments) => change({ attachments })}
      />
      <Wishes
        remindAt={followUp}
        isTracked={isTracked}
        onForgo={(wish) => (wish === 'reminder' ? setFollowUp(null) : change({ track: false }))}
      />
      {problem ? (
        <p role="alert" className={style.problem}>
          {typeof problem === 'string' ? problem : problemText(problem)}
        </p>
      ) : null}
      <SendBar
        isSending={isSending}
        isStopped={notes.some(({ stops }) => stops)}
        state={kept.state === 'failed' ? t('compose.notKept') : kept.state === 'kept' ? t('compose.kept') : ''}
        onSend={(at) => void send(at)}
        onAttach={attach}
        onRemind={setFollowUp}
        onDiscard={() => void discard()}
        more={
          <>
            <Menu.Item
              onClick={() => void openDialog((done) => <MailPreview content={content} onClose={() => done(null)} />)}
            >
              {t('compose.preview')}
            </Menu.Item>
            <Menu.Item onClick={() => void test()}>{t('compose.test')}</Menu.Item>
            {sender?.canTrack && !isTracked ? (
              <Menu.Item onClick={() => change({ track: true })}>{t('compose.track')}</Menu.Item>
            ) : null}
            <Menu.Item
              onClick={() =>
                void openDialog((done) => (
                  <SignatureDialog mailbox={content.mailbox} name={sender?.name ?? ''} onClose={() => done(null)} />
                ))
              }
            >
              {t('compose.signature')}…
            </Menu.Item>
            {signature && !content.signature ? (
              <Menu.Item onClick={() => change({ signature })}>{t('compose.withSignature')}</Menu.Item>
            ) : null}
          </>
        }
      />
      <span className="visually-hidden">{t('compose.keys')}</span>
    </div>
  );
}

/** Who sends it, where there is a choice. */
function From({
  senders,
  content,
  onChange,
}: {
  senders: readonly MailSender[];
  content: MailContent;
  onChange(mailbox: string, from: string): void;
}) {
  const { t } = useTranslation();
  const sender = senders.find(({ id }) => id === content.mailbox);
  if (senders.length < 2 && (sender?.addresses.length ?? 0) < 2) return null;
  return (
    <div className={style.line}>
      <span className={style.label} aria-hidden>
        {t('compose.from')}
      </span>
      <NativeSelect
        aria-label={t('compose.from')}
        size="xs"
        variant="unstyled"
        className={style.from}
        value={`${content.mailbox} ${content.from ?? sender?.addresses[0] ?? ''}`}
        onChange={(event) => {
          const [mailbox, from] = event.currentTarget.value.split(' ') as [string, string];
          onChange(mailbox, from);
        }}
        data={senders.flatMap(({ id, name, addresses }) =>
          addresses.map((address) => ({
            value: `${id} ${address}`,
            label: name === address ? address : `${name} <${address}>`,
          })),
        )}
      />
    </div>
  );
}

function NoSender({ hasMailbox }: { hasMailbox: boolean }) {
  const { t } = useTranslation();
  return (
    <p className={style.none}>
      {t(hasMailbox ? 'compose.noServer' : 'compose.noMailbox')} <a href="/mailboxes">{t('compose.toMailboxes')}</a>
    </p>
  );
}

function refreshAll(): Promise<unknown> {
  return Promise.all([refreshMails(), queryClient.invalidateQueries({ queryKey: ['records', 'interaction'] })]);
}
