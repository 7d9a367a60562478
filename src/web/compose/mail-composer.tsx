import { ActionIcon, Button, Menu, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatBytes, formatDateTime } from '#kernel/fields/web/format.ts';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import type { MailContent, MailNote, OutgoingMailAnswer } from '#server/answers.ts';
import { del, post } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient } from '../api/queries.ts';
import { upload } from '../api/upload.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { ErrorState } from '../ui/state.tsx';
import { problemText, showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './compose.module.css';
import { MailEditor } from './mail-editor.tsx';
import { MailPreview } from './mail-preview.tsx';
import { beginAnswer, checkMail, keepMail, readMail, refreshMails, sendersQuery } from './mail-queries.ts';
import { emptyMail, isWorthKeeping, laterMoments, type MailStart, newMailId } from './mail-start.ts';
import { MomentDialog } from './moment-dialog.tsx';
import { Recipients } from './recipients.tsx';
import { SignatureDialog, signatureFor, useSignatures } from './signatures.tsx';

type Ended = 'sent' | 'kept' | 'discarded';

export interface Ends {
  onClose(how: Ended): void;
  /** Sent, and taken back: the draft is there again. */
  onTakenBack(draft: string): void;
  /** Asked before it goes: false keeps it here. */
  beforeSend?: (() => Promise<boolean>) | undefined;
}

/** What was kept already, or what the start says, and the newest that the server has of it. */
interface Begun {
  id: string;
  content: MailContent;
  revision: number | null;
}

/**
 * Writes a mail, wherever it is shown. What is written is kept on the server as it is written, and found again on another
 * device. `WriteMail` of `open-mail.tsx` loads it, `openMail` shows it over the screen.
 */
export function MailComposer({ onClose, onTakenBack, beforeSend, ...start }: MailStart & Ends) {
  const senders = useQuery(sendersQuery);
  const asked = useRef(start);
  const begun = useQuery({
    queryKey: ['mails', 'begin', useMemo(() => newMailId(), [])],
    queryFn: () => begin(asked.current),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const failed = senders.error ?? begun.error;
  if (failed) return <ErrorState error={failed} onRetry={() => void (senders.error ? senders : begun).refetch()} />;
  if (!senders.data || !begun.data) return <Skeleton height={220} />;
  return <Writing begun={begun.data} senders={senders.data.items} {...{ onClose, onTakenBack, beforeSend }} />;
}

async function begin({ draft, replyTo, mailbox, to, about }: MailStart): Promise<Begun> {
  if (draft) {
    const { id, content, revision } = await readMail(draft);
    return { id, content, revision };
  }
  const id = newMailId();
  if (replyTo) return { id, content: await beginAnswer(replyTo.interaction, replyTo.how, mailbox), revision: null };
  return {
    id,
    content: { ...emptyMail, mailbox: mailbox ?? null, to: [...(to ?? [])], about: about ?? {} },
    revision: null,
  };
}

const SAVE_MS = 900;
const CHECK_MS = 400;

function Writing({
  begun,
  senders,
  onClose,
  onTakenBack,
  beforeSend,
}: {
  begun: Begun;
  senders: readonly { id: string; name: string; addresses: string[]; canSend: boolean }[];
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
  const [shows, setShows] = useState({
    cc: begun.content.cc.length > 0,
    bcc: begun.content.bcc.length > 0,
    quote: false,
  });
  const [problem, setProblem] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const [uploading, setUploading] = useState<readonly { name: string; share: number; cancel(): void }[]>([]);
  const [followUp, setFollowUp] = useState<Date | null>(null);
  const kept = useKept(begun, content, first.current);
  const notes = useNotes(content);
  const files = useRef<HTMLInputElement>(null);
  const change = useCallback(
    (changes: Partial<MailContent>) => setContent((before) => ({ ...before, ...changes })),
    [],
  );
  const sender = usable.find(({ id }) => id === content.mailbox);
  const everybody = [...content.to, ...content.cc, ...content.bcc];
  const stops = notes.filter((one) => one.stops);

  const attach = (chosen: readonly File[]) => {
    for (const file of chosen) {
      const sending = upload(file, (share) =>
        setUploading((all) => all.map((one) => (one.cancel === cancel ? { ...one, share } : one))),
      );
      const { cancel } = sending;
      setUploading((all) => [...all, { name: file.name, share: 0, cancel }]);
      sending.done
        .then((link) => setContent((before) => ({ ...before, attachments: [...before.attachments, link as never] })))
        .catch((error) => !(isProblem(error) && error.code === 'cancelled') && showProblem(error))
        .finally(() => setUploading((all) => all.filter((one) => one.cancel !== cancel)));
    }
  };
  const send = async (sendAt: Date | null = null) => {
    if (isSending) return;
    if (everybody.length === 0 || uploading.length > 0) {
      setProblem(t(uploading.length > 0 ? 'compose.stillUploading' : 'compose.nobody'));
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
  const later = async () => {
    const at = await openDialog<Date>((done) => <MomentDialog title={t('compose.sendLater')} onClose={done} />);
    if (at) await send(at);
  };
  const remind = async () => {
    const at = await openDialog<Date>((done) => <MomentDialog title={t('compose.remind')} onClose={done} />);
    if (at) setFollowUp(at);
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
  const sign = async () => {
    await openDialog((done) => (
      <SignatureDialog mailbox={content.mailbox} name={sender?.name ?? ''} onClose={() => done(null)} />
    ));
  };
  const signature = signatureFor(signatures.all, content.mailbox, language);
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
      {usable.length > 1 || (sender?.addresses.length ?? 0) > 1 ? (
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
              change({ mailbox, from, signature: signatureFor(signatures.all, mailbox, language) });
            }}
            data={usable.flatMap(({ id, name, addresses }) =>
              addresses.map((address) => ({
                value: `${id} ${address}`,
                label: name === address ? address : `${name} <${address}>`,
              })),
            )}
          />
        </div>
      ) : null}
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
      />
      {content.signature ? (
        <div className={style.signature}>
          <RichText html={content.signature} />
          <ActionIcon
            size="xs"
            aria-label={t('compose.withoutSignature')}
            title={t('compose.withoutSignature')}
            onClick={() => change({ signature: '' })}
          >
            <IconX size={12} aria-hidden />
          </ActionIcon>
        </div>
      ) : null}
      {content.quote ? (
        <div className={style.quote}>
          <button
            type="button"
            aria-expanded={shows.quote}
            onClick={() => setShows({ ...shows, quote: !shows.quote })}
            title={t(shows.quote ? 'compose.hideQuote' : 'compose.showQuote')}
          >
            <IconDots size={14} aria-hidden />
            <span className="visually-hidden">{t(shows.quote ? 'compose.hideQuote' : 'compose.showQuote')}</span>
          </button>
          {shows.quote ? (
            <>
              <div className={style.quoted}>
                <RichText html={content.quote} />
              </div>
              <Button size="compact-xs" variant="subtle" color="gray" onClick={() => change({ quote: '' })}>
                {t('compose.withoutQuote')}
              </Button>
            </>
          ) : null}
        </div>
      ) : null}
      {content.attachments.length + uploading.length > 0 ? (
        <ul className={style.files} aria-label={t('compose.files')}>
          {content.attachments.map((file) => (
            <li key={file.id}>
              <IconPaperclip size={13} aria-hidden />
              <bdi>{file.name}</bdi> <small>{formatBytes(file.size, language)}</small>
              <ActionIcon
                size="xs"
                aria-label={t('compose.remove', { name: file.name })}
                onClick={() => change({ attachments: content.attachments.filter((one) => one !== file) })}
              >
                <IconX size={12} aria-hidden />
              </ActionIcon>
            </li>
          ))}
          {uploading.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files of one name may be on their way
            <li key={`${one.name} ${index}`} aria-busy>
              <bdi>{one.name}</bdi> <small>{Math.round(one.share * 100)} %</small>
              <ActionIcon size="xs" aria-label={t('compose.remove', { name: one.name })} onClick={one.cancel}>
                <IconX size={12} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      ) : null}
      {followUp ? (
        <p className={style.followUp}>
          <IconBell size={13} aria-hidden />
          {t('compose.remindsBy', { when: formatDateTime(followUp.toISOString(), language, timeZone) })}
          <ActionIcon size="xs" aria-label={t('compose.noReminder')} onClick={() => setFollowUp(null)}>
            <IconX size={12} aria-hidden />
          </ActionIcon>
        </p>
      ) : null}
      {problem ? (
        <p role="alert" className={style.problem}>
          {typeof problem === 'string' ? problem : problemText(problem)}
        </p>
      ) : null}
      <div className={style.foot}>
        <Button.Group>
          <Button
            loading={isSending}
            disabled={stops.length > 0}
            aria-keyshortcuts="Control+Enter Meta+Enter"
            onClick={() => void send()}
          >
            {t('compose.send')}
          </Button>
          <Menu position="top-start" withinPortal>
            <Menu.Target>
              <Button
                className={style.split}
                aria-label={t('compose.sendLater')}
                disabled={stops.length > 0 || isSending}
              >
                <IconChevronDown size={15} aria-hidden />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('compose.sendLater')}</Menu.Label>
              {laterMoments().map(({ name, at }) => (
                <Menu.Item
                  key={name}
                  onClick={() => void send(at)}
                  rightSection={<small>{formatDateTime(at.toISOString(), language, timeZone)}</small>}
                >
                  {t(`compose.moments.${name}`)}
                </Menu.Item>
              ))}
              <Menu.Item onClick={() => void later()}>{t('compose.moments.other')}…</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Button.Group>
        <ActionIcon
          size="lg"
          aria-label={t('compose.attach')}
          title={t('compose.attach')}
          onClick={() => files.current?.click()}
        >
          <IconPaperclip size={17} aria-hidden />
        </ActionIcon>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            attach([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <ActionIcon
          size="lg"
          aria-label={t('compose.remind')}
          title={t('compose.remind')}
          onClick={() => void remind()}
        >
          <IconBell size={17} aria-hidden />
        </ActionIcon>
        <Menu position="top-start" withinPortal>
          <Menu.Target>
            <ActionIcon size="lg" aria-label={t('compose.moreActions')} title={t('compose.moreActions')}>
              <IconDots size={17} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              onClick={() => void openDialog((done) => <MailPreview content={content} onClose={() => done(null)} />)}
            >
              {t('compose.preview')}
            </Menu.Item>
            <Menu.Item onClick={() => void test()}>{t('compose.test')}</Menu.Item>
            <Menu.Item onClick={() => void sign()}>{t('compose.signature')}…</Menu.Item>
            {signature && !content.signature ? (
              <Menu.Item onClick={() => change({ signature })}>{t('compose.withSignature')}</Menu.Item>
            ) : null}
          </Menu.Dropdown>
        </Menu>
        <span className={style.state} role="status">
          {kept.state === 'failed' ? t('compose.notKept') : kept.state === 'kept' ? t('compose.kept') : ''}
        </span>
        <ActionIcon
          size="lg"
          aria-label={t('compose.discard')}
          title={t('compose.discard')}
          onClick={() => void discard()}
        >
          <IconTrash size={17} aria-hidden />
        </ActionIcon>
      </div>
      <span className="visually-hidden">{t('compose.keys')}</span>
    </div>
  );
}

/** Keeps what is written, a moment after each change, and what was not kept yet when it is closed. */
function useKept(begun: Begun, content: MailContent, first: MailContent) {
  const [state, setState] = useState<'new' | 'kept' | 'failed'>(begun.revision === null ? 'new' : 'kept');
  const revision = useRef(begun.revision);
  const saved = useRef(begun.revision === null ? first : content);
  const newest = useRef(content);
  newest.current = content;
  const isOver = useRef(false);
  const running = useRef<Promise<void>>(Promise.resolve());

  const save = useCallback(
    (mustExist: boolean): Promise<void> => {
      const next = running.current
        .catch(() => {})
        .then(async () => {
          const wanted = newest.current;
          if (isOver.current || (wanted === saved.current && (revision.current !== null || !mustExist))) return;
          if (!mustExist && revision.current === null && !isWorthKeeping(wanted, first)) return;
          try {
            const kept = await keepMail(begun.id, wanted, revision.current);
            revision.current = kept.revision;
            saved.current = wanted;
            setState('kept');
          } catch (error) {
            setState('failed');
            throw error;
          }
        });
      next.catch(() => {});
      running.current = next;
      return next;
    },
    [begun.id, first],
  );
  useEffect(() => {
    if (content === saved.current) return;
    const timer = setTimeout(() => void save(false).catch(() => {}), SAVE_MS);
    return () => clearTimeout(timer);
  }, [content, save]);
  useEffect(() => {
    const leave = () => void save(false).catch(() => {});
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [save]);
  return {
    id: begun.id,
    state,
    save: () => save(true),
    isOnServer: () => revision.current !== null,
    forget: () => {
      isOver.current = true;
    },
  };
}

/** What the server says of whom it would go to. */
function useNotes(content: MailContent): readonly MailNote[] {
  const [notes, setNotes] = useState<readonly MailNote[]>([]);
  const { to, cc, bcc, replyTo, purpose } = content;
  const asked = JSON.stringify([to, cc, bcc, replyTo, purpose]);
  const newest = useRef(content);
  newest.current = content;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only whom it goes to is asked about
  useEffect(() => {
    const { to, cc, bcc } = newest.current;
    if (to.length + cc.length + bcc.length === 0) {
      setNotes([]);
      return;
    }
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const asking = { ...emptyMail, to, cc, bcc, replyTo, ...(purpose ? { purpose } : {}) };
      checkMail(asking, controller.signal)
        .then(({ items }) => setNotes(items))
        .catch(() => {});
    }, CHECK_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [asked]);
  return notes;
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
