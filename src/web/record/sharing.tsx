import { ActionIcon, Button, CloseButton, NativeSelect, Popover, Stack, TextInput } from '@mantine/core';
import IconShare from '@tabler/icons-react/dist/esm/icons/IconShare.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import type { RecordRights } from '#server/answers.ts';
import { get, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { queryClient, readPage } from '../api/queries.ts';
import type { Definition, Filter, RecordShape } from '../api/types.ts';
import { createRecord, removeRecord } from '../api/writes.ts';
import { problemText, showProblem, showUndo } from '../ui/toast.tsx';
import style from './sharing.module.css';

const none = {
  kind: 'user' as 'user' | 'team',
  whom: null as string | null,
  level: 'read',
  purpose: '',
  until: null as string | null,
};

/** With whom a record is shared besides those whose roles show it; whoever may give it away may share it. */
export function Sharing({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const share = useDefinitions().get('share');
  const [isOpen, setOpen] = useState(false);
  const isShareable = share !== undefined && definition.detailOf === null && !record.deletedAt;
  const { data: shares } = useQuery({
    queryKey: ['records', 'share', 'list', 'of', definition.name, record.id],
    enabled: isShareable,
    queryFn: async ({ signal }) => {
      const filter: Filter = { targetObject: { is: definition.name }, targetId: { is: record.id } };
      const page = await readPage(
        'share',
        { filter, expand: ['user', 'team'], sort: ['createdAt'], limit: 100 },
        signal,
      );
      return { pages: [page], pageParams: [null] };
    },
    select: (found) => found.pages.flatMap((page) => page.items as RecordShape[]),
  });
  const { data: rights } = useQuery({
    queryKey: ['records', definition.name, 'rights', record.id],
    enabled: isShareable && isOpen,
    queryFn: ({ signal }) => get<RecordRights>(`/access/records/${definition.name}/${record.id}`, undefined, signal),
  });
  if (!isShareable || !shares) return null;
  const mayShare = rights?.operations.includes('reassign') === true;
  return (
    // What is chosen in a list stands outside of it.
    <Popover
      opened={isOpen}
      onChange={setOpen}
      closeOnClickOutside={false}
      position="bottom-end"
      width={320}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ActionIcon
          className={style.button}
          aria-label={shares.length > 0 ? `${t('sharing.title')} ${shares.length}` : t('sharing.title')}
          title={t('sharing.title')}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <IconShare size={16} />
          {shares.length > 0 ? <span className={style.count}>{shares.length}</span> : null}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={style.head}>
          <strong>{t('sharing.title')}</strong>
          <CloseButton size="sm" aria-label={t('common.close')} onClick={() => setOpen(false)} />
        </div>
        {shares.length === 0 ? <p className={style.quiet}>{t('sharing.none')}</p> : null}
        <ul className={style.list}>
          {shares.map((one) => (
            <SharedWith key={one.id} share={one} definition={share} mayStop={mayShare} />
          ))}
        </ul>
        {mayShare ? <ShareForm definition={share} object={definition.name} id={record.id} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

const refresh = () => queryClient.invalidateQueries({ queryKey: ['records', 'share', 'list'] });

function SharedWith({ share, definition, mayStop }: { share: RecordShape; definition: Definition; mayStop: boolean }) {
  const { t, i18n } = useTranslation();
  const isTeam = share.user === null;
  const whom = useRecordTitle(
    isTeam ? 'team' : 'user',
    (isTeam ? share.team : share.user) as string,
    isTeam ? share.expanded?.team : share.expanded?.user,
  );
  const name = whom ?? '…';
  const until = share.until as string | null;
  const isOver = until !== null && until < new Date().toISOString().slice(0, 10);
  const day =
    until === null ? null : new Intl.DateTimeFormat(i18n.language, { timeZone: 'UTC' }).format(new Date(until));
  const stop = async () => {
    try {
      await removeRecord(definition, share.id);
      void refresh();
      showUndo(t('sharing.stopped', { name }), async () => {
        await post(`/records/share/${share.id}/restore`);
        void refresh();
      });
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <li>
      <span>
        <strong>{name}</strong> {t(share.level === 'write' ? 'sharing.write' : 'sharing.read')}
        <span className={style.quiet}>
          {[share.purpose, isOver ? t('sharing.over') : day === null ? null : t('sharing.untilDay', { day })]
            .filter(Boolean)
            .map((part) => ` · ${String(part)}`)
            .join('')}
        </span>
      </span>
      {mayStop ? (
        <ActionIcon aria-label={t('sharing.stop', { name })} onClick={() => void stop()}>
          <IconX size={14} />
        </ActionIcon>
      ) : null}
    </li>
  );
}

function ShareForm({ definition, object, id }: { definition: Definition; object: string; id: string }) {
  const { t } = useTranslation();
  const [values, setValues] = useState(none);
  const [problem, setProblem] = useState<string | null>(null);
  const whom = useId();
  const levels = (definition.fields.find(({ name }) => name === 'level')?.options?.options ?? []) as {
    value: string;
    label: string;
  }[];
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!values.whom) return;
    try {
      await createRecord(definition, {
        targetObject: object,
        targetId: id,
        [values.kind]: values.whom,
        level: values.level,
        purpose: values.purpose || null,
        until: values.until,
      });
      setValues(none);
      setProblem(null);
      void refresh();
    } catch (error) {
      setProblem((isProblem(error) && error.errors[0]?.message) || problemText(error));
    }
  };
  return (
    <form className={style.form} onSubmit={(event) => void save(event)}>
      <Stack gap={8}>
        <div className={style.whom}>
          <NativeSelect
            size="xs"
            aria-label={t('sharing.with')}
            data={[
              { value: 'user', label: t('sharing.person') },
              { value: 'team', label: t('sharing.team') },
            ]}
            value={values.kind}
            onChange={(event) =>
              setValues({ ...values, kind: event.currentTarget.value as 'user' | 'team', whom: null })
            }
          />
          <RecordPicker
            key={values.kind}
            id={whom}
            creatable={false}
            aria-label={t('sharing.with')}
            object={values.kind}
            value={values.whom ? [values.whom] : []}
            placeholder={t('sharing.with')}
            onChange={([next]) => setValues({ ...values, whom: next ?? null })}
          />
        </div>
        <div className={style.pair}>
          <NativeSelect
            size="xs"
            aria-label={t('sharing.level')}
            data={levels}
            value={values.level}
            onChange={(event) => setValues({ ...values, level: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            size="xs"
            aria-label={t('sharing.until')}
            title={t('sharing.until')}
            min={new Date().toISOString().slice(0, 10)}
            value={values.until ?? ''}
            onChange={(event) => setValues({ ...values, until: event.currentTarget.value || null })}
          />
        </div>
        <TextInput
          size="xs"
          aria-label={t('sharing.purpose')}
          placeholder={t('sharing.purpose')}
          maxLength={120}
          value={values.purpose}
          onChange={(event) => setValues({ ...values, purpose: event.currentTarget.value })}
        />
        {problem ? (
          <p role="alert" className={style.problem}>
            {problem}
          </p>
        ) : null}
        <Button type="submit" size="compact-sm" disabled={!values.whom}>
          {t('sharing.share')}
        </Button>
      </Stack>
    </form>
  );
}
