import { Button, Skeleton } from '@mantine/core';
import IconUserCircle from '@tabler/icons-react/dist/esm/icons/IconUserCircle.mjs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import type { MailContent } from '#server/answers.ts';
import { useAct } from '../admin/parts.tsx';
import { post } from '../api/client.ts';
import { findPeople, sendersQuery } from '../compose/mail-queries.ts';
import { emptyMail } from '../compose/mail-start.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { Picker } from '../ui/picker.tsx';
import { ErrorState } from '../ui/state.tsx';
import { showToast } from '../ui/toast.tsx';
import style from './templates.module.css';
import { type Texts, useFilled } from './text-queries.ts';

type Person = MailContent['to'][number];

/** How a text is read by somebody, and what is wrong with it. */
export function TemplatePreview({
  texts,
  language,
  hasSubject,
  attachments,
}: {
  texts: Texts;
  language: string;
  hasSubject: boolean;
  attachments: MailContent['attachments'];
}) {
  const { t } = useTranslation();
  const [person, setPerson] = useState<Person | null>(null);
  const filled = useFilled(texts, language, person);
  const senders = useQuery(sendersQuery);
  const { busy, problem, act } = useAct();
  const sender = senders.data?.items.find(({ canSend }) => canSend);
  const isEmpty = texts[language] === undefined;
  const choose = async () => {
    const chosen = await openDialog<string>((done) => <PersonPicker onClose={done} />);
    if (chosen) setPerson(JSON.parse(chosen) as Person);
  };
  const test = () =>
    act(async () => {
      const { subject, html } = filled.data!;
      const content = { ...emptyMail, mailbox: sender!.id, subject, html, attachments: [...attachments], language };
      const { sentTo } = await post<{ sentTo: string }>('/mails/test', content);
      showToast(t('compose.tested', { address: sentTo }));
    });
  return (
    <section className={style.preview} aria-label={t('templates.preview')}>
      <header className={style.previewHead}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconUserCircle size={15} aria-hidden />}
          onClick={() => void choose()}
        >
          {person ? t('templates.readBy', { name: person.name || person.address }) : t('templates.chooseReader')}
        </Button>
        {sender ? (
          <Button
            variant="subtle"
            size="xs"
            loading={busy}
            disabled={isEmpty || !filled.data || filled.data.problems.length > 0}
            onClick={() => void test()}
          >
            {t('compose.test')}
          </Button>
        ) : null}
      </header>
      {problem ? (
        <p className={style.wrong} role="alert">
          {problem}
        </p>
      ) : null}
      {isEmpty ? (
        <p className={style.quiet}>{t('templates.nothingWritten')}</p>
      ) : filled.error ? (
        <ErrorState error={filled.error} onRetry={() => void filled.refetch()} />
      ) : !filled.data ? (
        <Skeleton height={160} />
      ) : filled.data.problems.length > 0 ? (
        <ul className={style.wrong} role="status">
          {filled.data.problems.map((one) => (
            <li key={`${one.part} ${one.line} ${one.column} ${one.code}`}>{one.text}</li>
          ))}
        </ul>
      ) : (
        <>
          {hasSubject ? <p className={style.subject}>{filled.data.subject}</p> : null}
          <RichText html={filled.data.html} />
          {filled.data.gaps.length > 0 ? <p className={style.quiet}>{t('templates.gaps')}</p> : null}
        </>
      )}
    </section>
  );
}

function PersonPicker({ onClose }: { onClose(person: string | null): void }) {
  const { t } = useTranslation();
  return (
    <Picker
      title={t('templates.chooseReader')}
      placeholder={t('templates.whichContact')}
      name="template reader"
      empty={t('templates.nothingFound')}
      load={async (words, signal) => {
        const people = await findPeople(words, signal);
        return people.map(({ name, address, detail }) => ({
          ...{ key: JSON.stringify({ name, address }), label: name || address },
          detail: [address, detail].filter(Boolean).join(' · '),
        }));
      }}
      onClose={onClose}
    />
  );
}
