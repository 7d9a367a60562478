import { NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MailHost } from '#server/answers.ts';
import style from './mailboxes.module.css';

/** Where a server is, without the password. */
export type ServerPlace = Pick<MailHost, 'host' | 'port' | 'security' | 'username'>;

/** What listens for encryption of which kind. */
const portsOf = {
  imap: { tls: 993, starttls: 143, none: 143 },
  smtp: { tls: 465, starttls: 587, none: 25 },
} as const;

/** The server that mails are read from, or the one that they go out through. */
export function ServerFields({
  kind,
  server,
  isGuess,
  placeholder,
  onChange,
}: {
  kind: 'imap' | 'smtp';
  server: ServerPlace;
  isGuess: boolean;
  placeholder?: string | undefined;
  onChange(changes: Partial<ServerPlace>): void;
}) {
  const { t } = useTranslation();
  const ports = portsOf[kind];
  const isNeeded = kind === 'imap';
  return (
    <fieldset className={style.server}>
      <legend>{t(kind === 'imap' ? 'mailboxes.server' : 'mailboxes.outgoing')}</legend>
      <TextInput
        className={style.wide}
        label={t('admin.mail.host')}
        description={isGuess ? t('mailboxes.guess') : isNeeded ? undefined : t('mailboxes.outgoingHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        placeholder={placeholder || `${kind}.example.com`}
        required={isNeeded}
        maxLength={253}
        value={server.host}
        onChange={(event) => onChange({ host: event.currentTarget.value })}
      />
      <Select
        label={t('admin.mail.security')}
        allowDeselect={false}
        data={(['tls', 'starttls', 'none'] as const).map((value) => ({
          value,
          label: t(`mailboxes.securities.${value}`, { port: ports[value] }),
        }))}
        value={server.security}
        onChange={(value) => {
          const security = value as MailHost['security'];
          // Whoever has a port of their own keeps it.
          onChange({ security, ...(server.port === ports[server.security] ? { port: ports[security] } : {}) });
        }}
      />
      <NumberInput
        label={t('admin.mail.port')}
        required
        min={1}
        max={65_535}
        allowDecimal={false}
        hideControls
        value={server.port}
        onChange={(port) => onChange({ port: Number(port) })}
      />
      <TextInput
        className={style.wide}
        label={t('admin.mail.username')}
        description={isNeeded ? undefined : t('mailboxes.outgoingUser')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        required={isNeeded}
        autoComplete="off"
        maxLength={320}
        value={server.username}
        onChange={(event) => onChange({ username: event.currentTarget.value })}
      />
    </fieldset>
  );
}
