import { ActionIcon, Button, Select } from '@mantine/core';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Definitions, isInMenu, useDefinition, useDefinitions } from '../api/definitions.ts';
import { listQuery, queryClient } from '../api/queries.ts';
import type { RecordShape, Session } from '../api/types.ts';
import { createRecord, removeRecord, saveRecord, undoChange } from '../api/writes.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Lines, moveTo } from '../ui/lines.tsx';
import { problemText, showUndo } from '../ui/toast.tsx';
import { companyPage, EVERYONE, homePagesQuery, ownCards, readCard } from './cards.ts';
import style from './home.module.css';

const MINE = 'mine';
/** As `homePage.cards` allows. */
const MOST_CARDS = 20;

/** Which cards, in which order: for oneself, and by administrators for everybody or for those with a role. */
export function ArrangeHome({ session, onClose }: { session: Session; onClose(): void }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const definition = useDefinition('homePage');
  const { homeCards, home } = usePreferences();
  const pages = useInfiniteQuery(homePagesQuery).data?.pages.flatMap((page) => page.items) ?? [];
  const saved = useInfiniteQuery(
    listQuery('savedView', { fields: ['name', 'object', 'sharing'], sort: ['name'], limit: 200 }),
  );
  const roles = useInfiniteQuery({
    ...listQuery('role', { fields: ['name'], sort: ['name'], limit: 200 }),
    enabled: session.user.administrator,
  });
  const views = saved.data?.pages.flatMap((page) => page.items) ?? [];
  const [whose, setWhose] = useState(MINE);
  const [drafts, setDrafts] = useState<Readonly<Record<string, readonly string[] | null>>>({});
  const [start, setStart] = useState(home);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const pageOf = (role: string) => pages.find((page) => page.role === role);
  const company = companyPage(pages, session.user.homePages)?.cards ?? ownCards;
  // What is in force for them, and null where they have nothing of their own.
  const keptOf = (role: string): readonly string[] | null =>
    role === MINE
      ? homeCards.length > 0
        ? homeCards
        : null
      : (companyPage(
          pages.filter((page) => page.role === role),
          [role],
        )?.cards ?? null);
  const own = whose in drafts ? drafts[whose]! : keptOf(whose);
  const fallback = whose === MINE ? company : (keptOf(EVERYONE) ?? ownCards);
  const shown = (own ?? fallback).filter((name) => readCard(name, definitions));
  const set = (next: readonly string[] | null) => setDrafts({ ...drafts, [whose]: next });
  const label = (name: string) => labelOf(name, definitions, views, t);
  const offered = offeredCards(
    definitions,
    whose === MINE ? views : views.filter(({ sharing }) => sharing === 'everyone'),
  );

  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { [MINE]: mine, ...others } = drafts;
      if (mine !== undefined) setPreferences({ homeCards: [...(mine ?? [])] });
      if (start !== home) setPreferences({ home: start });
      for (const [role, cards] of Object.entries(others)) await keep(role, cards);
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const refresh = () => queryClient.invalidateQueries({ queryKey: homePagesQuery.queryKey });
  const keep = async (role: string, cards: readonly string[] | null) => {
    const page = pageOf(role);
    if (!page && cards === null) return;
    let undo: () => Promise<unknown>;
    if (page && cards === null) {
      const changeSet = await removeRecord(definition, page.id);
      undo = () => undoChange(definition, changeSet);
    } else if (page) {
      const before = page.cards;
      const after = await saveRecord(definition, page, { cards });
      undo = () => saveRecord(definition, after, { cards: before });
    } else {
      const made = await createRecord(definition, { role, cards });
      undo = () => removeRecord(definition, made.id);
    }
    await refresh();
    showUndo(t('home.arrange.saved'), () => undo().then(refresh));
  };

  const places = definitions.list.filter(isInMenu).map((one) => ({ value: `/o/${one.name}`, label: one.label.many }));
  const isOther = start !== '' && !places.some(({ value }) => value === start);
  return (
    <FormDialog
      title={t('home.customise')}
      submit={t('common.save')}
      busy={busy}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {session.user.administrator ? (
        <Select
          label={t('home.arrange.whose')}
          searchable
          selectFirstOptionOnChange
          allowDeselect={false}
          data={[
            { value: MINE, label: t('home.arrange.mine') },
            { value: EVERYONE, label: t('home.arrange.everyone') },
            ...(['administrator', 'member'] as const).map((value) => ({ value, label: t(`home.arrange.${value}`) })),
            ...(roles.data?.pages ?? []).flatMap(({ items }) =>
              items.map(({ id, name }) => ({ value: id, label: t('home.arrange.role', { name }) })),
            ),
          ]}
          value={whose}
          onChange={(next) => setWhose(next ?? MINE)}
        />
      ) : null}
      <p className={style.quiet}>{t(whose === MINE ? 'home.arrange.text' : 'home.arrange.roleText')}</p>
      {shown.length === 0 ? <p className={style.none}>{t('home.arrange.none')}</p> : null}
      <Lines
        items={shown.map((name) => ({ key: name, title: label(name) }))}
        onMove={(from, to) => set(moveTo(shown, from, to))}
        onStep={(index, by) => set(moveTo(shown, index, index + by))}
        render={(index) => {
          const name = shown[index]!;
          return (
            <>
              <span className={style.cardName}>{label(name)}</span>
              <ActionIcon
                aria-label={`${t('common.remove')}: ${label(name)}`}
                onClick={() => set(shown.filter((one) => one !== name))}
              >
                <IconX size={14} />
              </ActionIcon>
            </>
          );
        }}
      />
      <div className={style.arrangeFoot}>
        <Select
          aria-label={t('home.arrange.add')}
          placeholder={t('home.arrange.add')}
          searchable
          disabled={shown.length >= MOST_CARDS}
          data={offered
            .map(({ group, cards }) => ({
              group: group ?? t('home.arrange.cards'),
              items: cards.filter((name) => !shown.includes(name)).map((name) => ({ value: name, label: label(name) })),
            }))
            .filter(({ items }) => items.length > 0)}
          value={null}
          onChange={(name) => name && set([...shown, name])}
        />
        {own === null ? null : (
          <Button variant="subtle" color="gray" onClick={() => set(null)}>
            {t(whose === MINE ? 'home.arrange.asCompany' : 'home.arrange.unset')}
          </Button>
        )}
      </div>
      {whose === MINE ? (
        <Select
          label={t('home.asHome')}
          allowDeselect={false}
          data={[
            { value: '', label: t('home.thisPage') },
            ...(isOther ? [{ value: start, label: start }] : []),
            ...places,
          ]}
          value={start}
          onChange={(next) => setStart(next ?? '')}
        />
      ) : null}
      {problem ? (
        <p role="alert" className={style.problem}>
          {problemText(problem)}
        </p>
      ) : null}
    </FormDialog>
  );
}

/** The page's own cards, then the views of each object. */
function offeredCards(definitions: Definitions, saved: readonly RecordShape[]) {
  return [
    { group: null, cards: ownCards.filter((name) => readCard(name, definitions)) as readonly string[] },
    ...definitions.list.filter(isInMenu).map((definition) => ({
      group: definition.label.many,
      cards: [
        ...definition.views.map((view) => `view:${definition.name}/${view.name}`),
        ...saved.filter(({ object }) => object === definition.name).map(({ id }) => `saved:${id}`),
      ],
    })),
  ];
}

function labelOf(
  name: string,
  definitions: Definitions,
  saved: readonly RecordShape[],
  t: ReturnType<typeof useTranslation>['t'],
): string {
  const card = readCard(name, definitions);
  if (card?.kind === 'own') return t(`home.cards.${card.name}`);
  if (card?.kind === 'view') {
    const definition = definitions.get(card.object)!;
    return `${definition.label.many} · ${definition.views.find((view) => view.name === card.view)!.label}`;
  }
  const view = card && saved.find(({ id }) => id === card.id);
  if (!view) return t('home.cards.view');
  return `${definitions.get(String(view.object))?.label.many ?? ''} · ${String(view.name)}`;
}
