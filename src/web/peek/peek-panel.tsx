import { ActionIcon, Skeleton } from '@mantine/core';
import IconArrowsMaximize from '@tabler/icons-react/dist/esm/icons/IconArrowsMaximize.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { useDefinitions } from '../api/definitions.ts';
import { recordQuery } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { titleOf } from '../fields.ts';
import { MeetingOf } from '../meetings/open-meeting.tsx';
import { FieldHistory } from '../record/field-history.tsx';
import { Highlights } from '../record/highlights.tsx';
import { type RecordContext, RecordContextProvider } from '../record/page-context.ts';
import { Panels } from '../record/panels.tsx';
import { People } from '../record/people.tsx';
import { usePresence } from '../record/presence.ts';
import { StageBar } from '../record/stage-bar.tsx';
import { useLayout } from '../record/use-layout.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { ObjectTile } from '../ui/object-icon.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { ErrorState } from '../ui/state.tsx';
import { openPeek, type Peeked } from './open-peek.ts';
import style from './peek.module.css';

/** A record beside the screen one is on: its properties can be changed, and what happened last is seen. */
export function PeekPanel({ peeked }: { peeked: Peeked }) {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  const definition = useDefinitions().get(peeked.object);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.focus();
    return () => {
      if (before?.isConnected) before.focus();
    };
  }, []);
  useShortcuts([{ keys: 'escape', label: t('peek.close'), run: () => openPeek(null) }]);
  return (
    <aside ref={panel} className={style.panel} tabIndex={-1} aria-label={t('peek.title')}>
      {definition ? <Loaded definition={definition} id={peeked.id} /> : null}
    </aside>
  );
}

function Loaded({ definition, id }: { definition: Definition; id: string }) {
  const { data: record, error, refetch } = useQuery(recordQuery(definition, id));
  if (record) return <PeekOf definition={definition} record={record} />;
  return (
    <>
      <header className={style.head}>
        <span className={style.spring} />
        <CloseButton />
      </header>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton height={160} m={16} w="auto" />}
    </>
  );
}

function PeekOf({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const layout = useLayout(definition, record);
  usePresence(definition.name, record.id, userId);
  const title = titleOf(definition, record, t('list.untitled'));
  const context = useMemo(
    (): RecordContext => ({
      definition,
      record,
      layout,
      composing: null,
      compact: true,
      compose: () => {},
      openTab: () => {},
      showHistory: (field) =>
        void openDialog((done) => (
          <FieldHistory definition={definition} record={record} field={field} onClose={() => done(null)} />
        )),
    }),
    [definition, record, layout],
  );
  return (
    <RecordContextProvider value={context}>
      <header className={style.head}>
        <ObjectTile name={definition.icon} />
        <h2 title={title}>
          <bdi>{title}</bdi>
        </h2>
        <span className={style.spring} />
        <People definition={definition} id={record.id} />
        <ActionIcon
          component={Link}
          to="/o/$object/$id"
          params={{ object: definition.name, id: record.id } as never}
          aria-label={t('peek.open')}
          title={t('peek.open')}
        >
          <IconArrowsMaximize size={15} />
        </ActionIcon>
        <CloseButton />
      </header>
      <StageBar definition={definition} record={record} />
      {definition.name === 'interaction' ? <MeetingOf record={record} /> : null}
      <div className={style.body}>
        <Highlights />
        <Panels panels={layout.left} zone="side" />
        <Panels panels={layout.tabs[0]?.panels ?? []} zone="middle" />
        <Panels panels={layout.right} zone="side" />
      </div>
    </RecordContextProvider>
  );
}

function CloseButton() {
  const { t } = useTranslation();
  return (
    <ActionIcon
      aria-label={t('peek.close')}
      title={t('peek.close')}
      aria-keyshortcuts="Escape"
      onClick={() => openPeek(null)}
    >
      <IconX size={16} />
    </ActionIcon>
  );
}
