import { Button, Group, Switch, TextInput } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo, formatBytes, formatDate, formatDateTime, formatNumber } from '#kernel/fields/web/format.ts';
import type { FoundMails, MailboxDetails, SkippedMails } from '#server/answers.ts';
import adminStyle from '../admin/admin.module.css';
import { DataTable, Heading, Mark, Pending, Refusal, Section, useAct } from '../admin/parts.tsx';
import { get, patch, post, request } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { removeRecord, undoChange } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import lines from '../ui/page-list.module.css';
import { SheetPage } from '../ui/sheet-page.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import { AccessDialog } from './access-dialog.tsx';
import { refreshMailboxes, toneOf, useMailbox, wordOf } from './mailbox-queries.ts';
import style from './mailboxes.module.css';

/** How one mailbox is: how far it was read, what is wrong and what to do, what was left out, and why a mail is not here. */
export function MailboxPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const { userId } = useFieldEnvironment();
  const mailbox = useMailbox(id);
  // What is in somebody's own mailbox is theirs to know.
  const mayRead = mailbox.data?.kind === 'shared' || mailbox.data?.owner === userId;
  return (
    <SheetPage width={920}>
      <h1 className="visually-hidden">{t('mailboxes.title')}</h1>
      <Link to="/mailboxes" className={style.back}>
        <IconChevronLeft size={14} aria-hidden />
        {t('mailboxes.title')}
      </Link>
      {mailbox.data ? (
        <>
          <State mailbox={mailbox.data} />
          <Folders mailbox={mailbox.data} />
          {mayRead ? (
            <>
              <LeftOut mailbox={mailbox.data} />
              <WhyNotHere id={id} />
            </>
          ) : null}
        </>
      ) : (
        <Pending query={mailbox} />
      )}
    </SheetPage>
  );
}

function State({ mailbox }: { mailbox: MailboxDetails }) {
  const { t, i18n } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const definitions = useDefinitions();
  const navigate = useNavigate();
  const { id, name, address, state, health, imap, since } = mailbox;
  const change = (work: () => Promise<unknown>) => work().then(refreshMailboxes, showProblem);
  const isPaused = state === 'paused';
  const disconnect = async () => {
    const definition = definitions.get('mailbox');
    if (!definition) return;
    try {
      const changeSet = await removeRecord(definition, id);
      await navigate({ to: '/mailboxes' });
      await refreshMailboxes();
      showUndo(t('mailboxes.disconnected', { name }), () => undoChange(definition, changeSet).then(refreshMailboxes));
    } catch (error) {
      showProblem(error);
    }
  };
  const fact = (label: string, value: string) => (
    <div className={adminStyle.fact}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <>
      <title>{`${name} · Tendero`}</title>
      <Heading title={name} text={name === address ? t(`mailboxes.kinds.${mailbox.kind}`) : address}>
        <Mark tone={toneOf(mailbox)}>{t(`mailboxes.states.${wordOf(mailbox)}`)}</Mark>
      </Heading>
      {!isPaused && health?.fault ? (
        <div className={style.trouble} role="alert">
          <strong>{health.fault.text}</strong>
          {health.fault.detail ? <span className={style.said}>{health.fault.detail}</span> : null}
          <span>
            {health.failedAt ? t('mailboxes.failedAt', { when: formatAgo(health.failedAt, i18n.language) }) : null}{' '}
            {health.retryAt
              ? t('mailboxes.retryAt', { when: formatDateTime(health.retryAt, language, timeZone) })
              : null}
          </span>
        </div>
      ) : null}
      <Group gap="xs">
        <Button variant="default" onClick={() => void change(() => post(`/mailboxes/${id}/retry`))}>
          {t('mailboxes.retry')}
        </Button>
        <Button
          variant="default"
          onClick={() => void change(() => patch(`/records/mailbox/${id}`, { state: isPaused ? 'active' : 'paused' }))}
        >
          {t(isPaused ? 'mailboxes.resume' : 'mailboxes.pause')}
        </Button>
        <Button
          variant="default"
          onClick={() => void openDialog<string>((done) => <AccessDialog mailbox={mailbox} onClose={done} />)}
        >
          {t('mailboxes.access')}
        </Button>
        <Button
          variant="default"
          onClick={() => void navigate({ to: '/o/$object/$id', params: { object: 'mailbox', id } })}
        >
          {t('mailboxes.settings')}
        </Button>
        <Button variant="subtle" color="red" onClick={() => void disconnect()}>
          {t('mailboxes.disconnect')}
        </Button>
      </Group>
      <dl className={adminStyle.facts}>
        {fact(
          t('mailboxes.lastSuccess'),
          health?.succeededAt ? formatAgo(health.succeededAt, i18n.language) : t('mailboxes.never'),
        )}
        {fact(t('mailboxes.since'), since ? formatDate(since, language) : t('mailboxes.everything'))}
        {fact(t('mailboxes.server'), imap ? `${imap.host}:${imap.port}` : '–')}
        {fact(
          t('mailboxes.kept'),
          formatNumber(
            mailbox.folders.reduce((sum, { kept }) => sum + kept, 0),
            language,
          ),
        )}
      </dl>
    </>
  );
}

function Folders({ mailbox }: { mailbox: MailboxDetails }) {
  const { t, i18n } = useTranslation();
  const { language } = useFieldEnvironment();
  const { id, folders } = mailbox;
  const chosen = folders.filter((folder) => folder.chosen).map(({ path }) => path);
  const choose = (path: string, isRead: boolean) =>
    request('PUT', `/mailboxes/${id}/folders`, {
      body: { chosen: isRead ? [...chosen, path] : chosen.filter((one) => one !== path) },
    }).then(refreshMailboxes, showProblem);
  const replay = (path: string) => post(`/mailboxes/${id}/replay`, { path }).then(refreshMailboxes, showProblem);
  const number = (value: number) => (
    <span key="number" className={adminStyle.number}>
      {formatNumber(value, language)}
    </span>
  );
  return (
    <Section title={t('mailboxes.folders')} text={t('mailboxes.foldersText')}>
      <DataTable
        label={t('mailboxes.folders')}
        columns={[
          t('mailboxes.folder'),
          t('mailboxes.kept'),
          t('mailboxes.missing'),
          t('mailboxes.left'),
          t('mailboxes.lastSuccess'),
          '',
        ]}
        empty={t('mailboxes.noFolders')}
        rows={folders.map((folder) => ({
          key: folder.path,
          muted: !folder.chosen,
          cells: [
            <span key="name" className={style.folder}>
              <Switch
                size="xs"
                label={folder.path}
                checked={folder.chosen}
                onChange={(event) => void choose(folder.path, event.currentTarget.checked)}
              />
              {folder.chosen && folder.fault ? <span className={style.fault}>{folder.fault.text}</span> : null}
              {folder.chosen && folder.beforeStart > 0 ? (
                <span className={style.quiet}>{t('mailboxes.beforeStart', { count: folder.beforeStart })}</span>
              ) : null}
            </span>,
            number(folder.kept),
            folder.chosen && folder.missing === 0 && folder.isRead ? (
              <Mark key="mark" tone="good">
                {t('mailboxes.upToDate')}
              </Mark>
            ) : folder.chosen ? (
              number(folder.missing)
            ) : (
              '–'
            ),
            number(folder.skipped),
            folder.succeededAt ? formatAgo(folder.succeededAt, i18n.language) : '–',
            folder.chosen ? (
              <Button key="replay" variant="subtle" size="compact-sm" onClick={() => void replay(folder.path)}>
                {t('mailboxes.replay')}
              </Button>
            ) : null,
          ],
        }))}
      />
    </Section>
  );
}

function LeftOut({ mailbox }: { mailbox: MailboxDetails }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const count = mailbox.folders.reduce((sum, { skipped }) => sum + skipped, 0);
  const skipped = useQuery({
    queryKey: ['mailboxes', mailbox.id, 'skipped', count],
    queryFn: ({ signal }) => get<SkippedMails>(`/mailboxes/${mailbox.id}/skipped`, undefined, signal),
    enabled: count > 0,
  });
  if (count === 0) return null;
  return (
    <Section title={t('mailboxes.leftOut')} text={t('mailboxes.leftOutText')}>
      <DataTable
        label={t('mailboxes.leftOut')}
        columns={[
          t('mailboxes.mail'),
          t('mailboxes.why'),
          t('mailboxes.folder'),
          t('mailboxes.size'),
          t('mailboxes.received'),
        ]}
        query={skipped}
        empty={t('mailboxes.nothing')}
        rows={skipped.data?.items.map((mail, index) => ({
          key: `${index} ${mail.receivedAt}`,
          cells: [
            <Mail key="mail" {...mail} />,
            mail.text,
            mail.folder,
            formatBytes(mail.size, language),
            formatDateTime(mail.receivedAt, language, timeZone),
          ],
        }))}
      />
    </Section>
  );
}

function WhyNotHere({ id }: { id: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const [asked, setAsked] = useState({ messageId: '', from: '', subject: '', day: '' });
  const [found, setFound] = useState<FoundMails | null>(null);
  const asking = useAct();
  const ask = () =>
    asking.act(async () => {
      setFound(null);
      setFound(await get<FoundMails>(`/mailboxes/${id}/find`, asked));
    });
  const input = (name: keyof typeof asked, type = 'text') => (
    <TextInput
      label={t(`mailboxes.find.${name}`)}
      type={type}
      maxLength={500}
      value={asked[name]}
      onChange={(event) => setAsked({ ...asked, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Section title={t('mailboxes.find.title')} text={t('mailboxes.find.text')}>
      <form
        className={style.find}
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        {input('from')}
        {input('subject')}
        {input('day', 'date')}
        {input('messageId')}
        <Button type="submit" loading={asking.busy} disabled={Object.values(asked).every((text) => text.trim() === '')}>
          {t('mailboxes.find.ask')}
        </Button>
      </form>
      <Refusal>{asking.problem}</Refusal>
      {found ? (
        <DataTable
          label={t('mailboxes.find.title')}
          columns={[t('mailboxes.mail'), t('mailboxes.why'), t('mailboxes.folder'), t('mailboxes.received')]}
          empty={t('mailboxes.find.nowhere')}
          rows={found.items.map((mail, index) => ({
            key: `${index} ${mail.receivedAt}`,
            cells: [
              <Mail key="mail" {...mail} />,
              mail.interaction ? (
                <Link
                  key="here"
                  className={style.here}
                  to="/o/$object/$id"
                  params={{ object: 'interaction', id: mail.interaction }}
                >
                  {mail.text}
                </Link>
              ) : (
                mail.text
              ),
              mail.folder,
              formatDateTime(mail.receivedAt, language, timeZone),
            ],
          }))}
        />
      ) : null}
    </Section>
  );
}

function Mail({ subject, from }: { subject: string; from: string | null }) {
  return (
    <span className={lines.what}>
      <strong>{subject || '…'}</strong>
      <span className={style.quiet}>{from}</span>
    </span>
  );
}
