import {
  Button,
  Checkbox,
  Group,
  Modal,
  MultiSelect,
  PasswordInput,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MailboxDetails, MailboxTried, MailHost, MailPreset } from '#server/answers.ts';
import { Refusal, useAct } from '../admin/parts.tsx';
import { get, post, request } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { sessionQuery } from '../api/queries.ts';
import { refreshMailboxes } from './mailbox-queries.ts';
import style from './mailboxes.module.css';
import { ServerFields, type ServerPlace } from './server-fields.tsx';
import { SignInWays, useSignInWays } from './sign-in-ways.tsx';

/** Folders that hold what nobody wants to keep, or everything once more. */
const leftOut: readonly (string | null)[] = ['junk', 'trash', 'drafts', 'all', 'flagged'];

interface Server extends MailHost {
  password: string;
}

/**
 * How a mailbox is reached. It is tried first; then one chooses what is read.
 * @param mailbox one that is connected already: only the way there changes
 * @param signedIn the provider that somebody has just come back from: no password is asked for
 */
export function AccessDialog({
  mailbox,
  signedIn,
  onClose,
}: {
  mailbox?: MailboxDetails;
  signedIn?: string | undefined;
  onClose(id: string | null): void;
}) {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const isAdministrator = session?.user.administrator ?? false;
  const [address, setAddress] = useState(mailbox?.address ?? session?.user.email ?? '');
  const [preset, setPreset] = useState<MailPreset | null>(null);
  const [server, setServer] = useState<Server>({
    ...{ host: '', port: 993, security: 'tls', username: '', ...mailbox?.imap },
    password: '',
  });
  const [outgoing, setOutgoing] = useState<ServerPlace>({
    ...{ host: '', port: 465, security: 'tls', username: '', ...mailbox?.smtp },
  });
  const [tried, setTried] = useState<MailboxTried | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [since, setSince] = useState(aYearAgo());
  const [kind, setKind] = useState<'personal' | 'shared'>('personal');
  const [team, setTeam] = useState<string | null>(null);
  const [members, setMembers] = useState<string[]>([]);
  const [seen, setSeen] = useState<Seen>({ visibility: 'full', knownOnly: false });
  const providerLabel = useSignInWays().data?.items.find(({ name }) => name === signedIn)?.label ?? signedIn ?? '';
  const trying = useAct();
  const saving = useAct();

  const change = (changes: Partial<Server>) => {
    setServer({ ...server, ...changes });
    setTried(null);
  };
  const findServer = async () => {
    if (mailbox || !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address)) return;
    const found = await get<MailPreset>('/mailboxes/preset', { address }).catch(() => null);
    if (!found) return;
    setPreset(found);
    // Whoever typed a host of their own keeps it.
    setServer((now) => {
      const isOwn = now.host !== '' && now.host !== preset?.imap.host;
      return { ...now, ...(isOwn ? {} : found.imap), username: now.username || address };
    });
    // Where it is only how such servers are called, whoever wants to send says so.
    if (!found.isGuess) setOutgoing((now) => (now.host === '' ? { ...now, ...found.smtp } : now));
  };
  /** Both servers, as they are sent; the name is the same where nobody said another. */
  const access = () => {
    const { password, ...place } = server;
    const imap = { ...place, host: server.host.trim(), username: server.username.trim() };
    const smtp = { ...outgoing, host: outgoing.host.trim(), username: outgoing.username.trim() || imap.username };
    return {
      imap: signedIn ? imap : { ...imap, password },
      smtp: smtp.host === '' ? null : smtp,
      ...(signedIn ? { signedIn: true } : {}),
    };
  };
  const attempt = () =>
    trying.act(async () => {
      const answer = await post<MailboxTried>('/mailboxes/try', access());
      setTried(answer);
      setChosen(answer.folders.filter((one) => one.holdsMail && !leftOut.includes(one.role)).map(({ path }) => path));
    });
  const save = () =>
    saving.act(async () => {
      if (mailbox) {
        await request('PUT', `/mailboxes/${mailbox.id}/access`, { body: access() });
        await refreshMailboxes();
        onClose(mailbox.id);
        return;
      }
      const folders = tried?.folders.filter((one) => one.holdsMail && !leftOut.includes(one.role)) ?? [];
      const isUsual = folders.length === chosen.length && folders.every(({ path }) => chosen.includes(path));
      const { id } = await post<MailboxDetails>('/mailboxes', {
        ...{ address: address.trim(), ...access(), since: since || null, kind, ...seen },
        ...(isUsual ? {} : { folders: chosen }),
        ...(kind === 'shared' ? { team, members } : {}),
      });
      await refreshMailboxes();
      onClose(id);
    });
  const isReached = tried !== null && tried.imap === null && tried.smtp === null;
  const fault = tried?.imap ?? tried?.smtp;
  const isReady = mailbox !== undefined || isReached;
  return (
    <Modal
      opened
      onClose={() => onClose(null)}
      title={mailbox ? t('mailboxes.access') : t('mailboxes.connect')}
      size={560}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void (isReady ? save() : attempt());
        }}
      >
        <Stack gap="sm">
          {signedIn ? null : <SignInWays address={address} />}
          {mailbox ? null : (
            <TextInput
              label={t('mailboxes.address')}
              type="email"
              required
              data-autofocus
              maxLength={254}
              value={address}
              onChange={(event) => setAddress(event.currentTarget.value)}
              onBlur={() => void findServer()}
            />
          )}
          {signedIn ? (
            <p className={style.reached}>{t('mailboxes.signIn.done', { label: providerLabel })}</p>
          ) : (
            <PasswordInput
              label={t('admin.mail.password')}
              description={
                preset?.needs === 'app-password'
                  ? t('mailboxes.appPassword')
                  : mailbox
                    ? t('mailboxes.newPassword')
                    : undefined
              }
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              required
              data-autofocus={mailbox ? true : undefined}
              autoComplete="off"
              maxLength={1_000}
              value={server.password}
              onFocus={() => void (server.host === '' && findServer())}
              onChange={(event) => change({ password: event.currentTarget.value })}
              visibilityToggleButtonProps={{ 'aria-label': t('common.showPassword') }}
            />
          )}
          <ServerFields
            kind="imap"
            server={server}
            isGuess={preset?.isGuess === true && preset.imap.host === server.host}
            onChange={change}
          />
          <ServerFields
            kind="smtp"
            server={outgoing}
            isGuess={false}
            placeholder={preset?.smtp.host}
            onChange={(changes) => {
              setOutgoing({ ...outgoing, ...changes });
              setTried(null);
            }}
          />
          {fault ? (
            <p className={style.refused} role="alert">
              {tried?.imap ? null : `${t('mailboxes.outgoing')}: `}
              {fault.text}
              {fault.detail ? <span className={style.said}>{fault.detail}</span> : null}
            </p>
          ) : null}
          {isReached ? <p className={style.reached}>{t('mailboxes.reached')}</p> : null}
          {isReached && !mailbox ? (
            <>
              <Checkbox.Group label={t('mailboxes.folders')} value={[...chosen]} onChange={setChosen}>
                <div className={style.folders}>
                  {tried.folders
                    .filter(({ holdsMail }) => holdsMail)
                    .map(({ path, messages }) => (
                      <Checkbox key={path} value={path} label={messages === null ? path : `${path} (${messages})`} />
                    ))}
                </div>
              </Checkbox.Group>
              <TextInput
                label={t('mailboxes.since')}
                description={t('mailboxes.sinceHelp')}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                type="date"
                value={since}
                onChange={(event) => setSince(event.currentTarget.value)}
              />
              {isAdministrator ? (
                <SegmentedControl
                  aria-label={t('mailboxes.kind')}
                  value={kind}
                  onChange={(next) => setKind(next as typeof kind)}
                  data={(['personal', 'shared'] as const).map((value) => ({
                    value,
                    label: t(`mailboxes.kinds.${value}`),
                  }))}
                />
              ) : null}
              {kind === 'shared' ? (
                <Sharing team={team} members={members} onTeam={setTeam} onMembers={setMembers} />
              ) : null}
              <WhoSees seen={seen} onChange={setSeen} />
              {seen.visibility === 'full' ? <p className={style.quiet}>{t(`mailboxes.seen.${kind}`)}</p> : null}
            </>
          ) : null}
          <Refusal>{saving.problem ?? trying.problem}</Refusal>
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onClose(null)}>
            {t('common.cancel')}
          </Button>
          {isReady ? (
            <Button type="submit" loading={saving.busy}>
              {mailbox ? t('common.save') : t('mailboxes.connect')}
            </Button>
          ) : (
            <Button type="submit" loading={trying.busy}>
              {t('mailboxes.try')}
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  );
}

interface Named {
  id: string;
  name: string;
}

function Sharing({
  team,
  members,
  onTeam,
  onMembers,
}: {
  team: string | null;
  members: string[];
  onTeam(team: string | null): void;
  onMembers(members: string[]): void;
}) {
  const { t } = useTranslation();
  const options = (all: readonly Named[] | undefined) => all?.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  const teams = useNamed('team');
  const users = useNamed('user');
  return (
    <>
      <Select label={t('mailboxes.team')} clearable data={options(teams)} value={team} onChange={onTeam} />
      <MultiSelect
        label={t('mailboxes.members')}
        searchable
        data={options(users)}
        value={members}
        onChange={onMembers}
      />
    </>
  );
}

function useNamed(object: string): Named[] | undefined {
  const { data } = useQuery({
    queryKey: ['mailboxes', 'choices', object],
    queryFn: ({ signal }) => get<{ items: Named[] }>(`/records/${object}`, { sort: 'name', limit: 200 }, signal),
  });
  return data?.items;
}

/** What most want to see of the past. */
function aYearAgo(): string {
  const day = new Date();
  day.setFullYear(day.getFullYear() - 1);
  return day.toISOString().slice(0, 10);
}

type Seen = Pick<MailboxDetails, 'visibility' | 'knownOnly'>;

/** How much of its mails colleagues see, and which are read at all: in the words of the record. */
function WhoSees({ seen, onChange }: { seen: Seen; onChange(seen: Seen): void }) {
  const definition = useDefinitions().get('mailbox');
  const [visibility, knownOnly] = ['visibility', 'knownOnly'].map((name) =>
    definition?.fields.find((field) => field.name === name),
  );
  if (!visibility || !knownOnly) return null;
  return (
    <>
      <Select
        label={visibility.label}
        description={visibility.help}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        allowDeselect={false}
        data={(visibility.options?.options ?? []) as { value: string; label: string }[]}
        value={seen.visibility}
        onChange={(value) => onChange({ ...seen, visibility: value as Seen['visibility'] })}
      />
      <Checkbox
        label={knownOnly.label}
        description={knownOnly.help}
        checked={seen.knownOnly}
        onChange={(event) => onChange({ ...seen, knownOnly: event.currentTarget.checked })}
      />
    </>
  );
}
