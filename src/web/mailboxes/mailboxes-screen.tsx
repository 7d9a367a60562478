import { Button } from '@mantine/core';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Heading, Mark, Pending } from '../admin/parts.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import lines from '../ui/page-list.module.css';
import { EmptyState } from '../ui/state.tsx';
import { showWarning } from '../ui/toast.tsx';
import { AccessDialog } from './access-dialog.tsx';
import { toneOf, useMailboxes, wordOf } from './mailbox-queries.ts';
import style from './mailboxes.module.css';

/** The mailboxes that somebody may see, and how they are. */
export function MailboxesScreen() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mailboxes = useMailboxes();
  const connect = async (signedIn?: string) => {
    const id = await openDialog<string>((done) => <AccessDialog signedIn={signedIn} onClose={done} />);
    if (id) await navigate({ to: '/mailboxes/$id', params: { id } });
  };
  // Whoever comes back from a provider goes on where they were.
  const isBack = useRef(false);
  useEffect(() => {
    const back = new URLSearchParams(window.location.search);
    const signedIn = back.get('signedIn');
    if (isBack.current || (!signedIn && !back.has('refused'))) return;
    isBack.current = true;
    void navigate({ to: '/mailboxes', replace: true });
    if (signedIn) void connect(signedIn);
    else showWarning(t('mailboxes.signIn.refused'));
  });
  const items = mailboxes.data?.items;
  return (
    <>
      <title>{`${t('mailboxes.title')} · Tendero`}</title>
      <Heading title={t('mailboxes.title')} text={t('mailboxes.text')}>
        <Button leftSection={<IconPlus size={15} aria-hidden />} onClick={() => void connect()}>
          {t('mailboxes.connect')}
        </Button>
      </Heading>
      {!items ? (
        <Pending query={mailboxes} />
      ) : items.length === 0 ? (
        <EmptyState icon={<IconMail size={22} />} title={t('mailboxes.none')} text={t('mailboxes.noneText')} />
      ) : (
        <ul className={lines.list} aria-label={t('mailboxes.title')}>
          {items.map((mailbox) => (
            <li key={mailbox.id}>
              <Link to="/mailboxes/$id" params={{ id: mailbox.id }} className={lines.line}>
                <IconMail size={18} stroke={1.7} aria-hidden />
                <span className={lines.what}>
                  <strong>{mailbox.name}</strong>
                  <span className={style.quiet}>
                    {mailbox.name === mailbox.address ? t(`mailboxes.kinds.${mailbox.kind}`) : mailbox.address}
                  </span>
                  {mailbox.state === 'active' && mailbox.health?.fault ? (
                    <span className={style.fault}>{mailbox.health.fault.text}</span>
                  ) : null}
                </span>
                <Mark tone={toneOf(mailbox)}>{t(`mailboxes.states.${wordOf(mailbox)}`)}</Mark>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
