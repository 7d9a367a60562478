import { Button, Select } from '@mantine/core';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconSignature from '@tabler/icons-react/dist/esm/icons/IconSignature.mjs';
import IconTemplate from '@tabler/icons-react/dist/esm/icons/IconTemplate.mjs';
import { useNavigate } from '@tanstack/react-router';
import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { withWords } from '../i18n/room-words.ts';
import { usePreference } from '../preferences.ts';
import { Card } from '../ui/card.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import style from './profile.module.css';

const SignatureDialog = lazy(() =>
  withWords('compose', import('../compose/signatures.tsx')).then((loaded) => ({ default: loaded.SignatureDialog })),
);

/** Seconds within which a mail can be taken back; the server takes at most a minute. */
const choices = [0, 5, 10, 20, 30, 60];

/** How somebody writes mails, and where what they write with is kept. */
export function MailCard() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [undo, setUndo] = usePreference<number>('mail.undo', 10);
  return (
    <Card title={t('profile.mail')} icon={<IconMail size={16} stroke={1.7} aria-hidden />}>
      <Select
        label={t('profile.undoSend')}
        description={t('profile.undoSendHelp')}
        allowDeselect={false}
        value={String(undo)}
        onChange={(value) => setUndo(Number(value))}
        data={[...new Set([...choices, undo])]
          .sort((a, b) => a - b)
          .map((count) => ({
            value: String(count),
            label: count === 0 ? t('profile.noUndo') : t('profile.seconds', { count }),
          }))}
      />
      <div className={style.links}>
        <Button
          variant="default"
          leftSection={<IconMail size={15} />}
          onClick={() => void navigate({ to: '/mailboxes' })}
        >
          {t('profile.mailboxes')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconTemplate size={15} />}
          onClick={() => void navigate({ to: '/templates' })}
        >
          {t('profile.templates')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconSignature size={15} />}
          onClick={() =>
            void openDialog((done) => <SignatureDialog mailbox={null} name="" onClose={() => done(null)} />)
          }
        >
          {t('profile.signatures')}
        </Button>
      </div>
    </Card>
  );
}
