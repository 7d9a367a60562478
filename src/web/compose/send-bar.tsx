import { ActionIcon, Button, Menu } from '@mantine/core';
import IconBell from '@tabler/icons-react/dist/esm/icons/IconBell.mjs';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { openDialog } from '../ui/dialogs.tsx';
import style from './compose.module.css';
import { laterMoments } from './mail-start.ts';
import { MomentDialog } from './moment-dialog.tsx';

/** The foot of a mail: sends it, now or later, and what else can be done with it. */
export function SendBar({
  isSending,
  isStopped,
  state,
  more,
  onSend,
  onAttach,
  onRemind,
  onDiscard,
}: {
  isSending: boolean;
  /** It cannot go to somebody. */
  isStopped: boolean;
  /** Of what was kept. */
  state: string;
  /** Items of the menu. */
  more: ReactNode;
  onSend(at?: Date): void;
  onAttach(files: File[]): void;
  onRemind(at: Date): void;
  onDiscard(): void;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const files = useRef<HTMLInputElement>(null);
  const ask = async (title: string, then: (at: Date) => void) => {
    const at = await openDialog<Date>((done) => <MomentDialog title={title} onClose={done} />);
    if (at) then(at);
  };
  return (
    <div className={style.foot}>
      <Button.Group>
        <Button
          loading={isSending}
          disabled={isStopped}
          aria-keyshortcuts="Control+Enter Meta+Enter"
          onClick={() => onSend()}
        >
          {t('compose.send')}
        </Button>
        <Menu position="top-start" withinPortal>
          <Menu.Target>
            <Button className={style.split} aria-label={t('compose.sendLater')} disabled={isStopped || isSending}>
              <IconChevronDown size={15} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('compose.sendLater')}</Menu.Label>
            {laterMoments().map(({ name, at }) => (
              <Menu.Item
                key={name}
                onClick={() => onSend(at)}
                rightSection={<small>{formatDateTime(at.toISOString(), language, timeZone)}</small>}
              >
                {t(`compose.moments.${name}`)}
              </Menu.Item>
            ))}
            <Menu.Item onClick={() => void ask(t('compose.sendLater'), onSend)}>
              {t('compose.moments.other')}…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
      <Tool label={t('compose.attach')} onClick={() => files.current?.click()}>
        <IconPaperclip size={17} aria-hidden />
      </Tool>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onAttach([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <Tool label={t('compose.remind')} onClick={() => void ask(t('compose.remind'), onRemind)}>
        <IconBell size={17} aria-hidden />
      </Tool>
      <Menu position="top-start" withinPortal>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t('compose.moreActions')} title={t('compose.moreActions')}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>{more}</Menu.Dropdown>
      </Menu>
      <span className={style.state} role="status">
        {state}
      </span>
      <Tool label={t('compose.discard')} onClick={onDiscard}>
        <IconTrash size={17} aria-hidden />
      </Tool>
    </div>
  );
}

function Tool({ label, onClick, children }: { label: string; onClick(): void; children: ReactNode }) {
  return (
    <ActionIcon size="lg" aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}
