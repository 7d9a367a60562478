import { Button, SegmentedControl, TextInput } from '@mantine/core';
import IconBlockquote from '@tabler/icons-react/dist/esm/icons/IconBlockquote.mjs';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconTemplate from '@tabler/icons-react/dist/esm/icons/IconTemplate.mjs';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { Heading, Mark, Pending } from '../admin/parts.tsx';
import { useDefinition } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import lines from '../ui/page-list.module.css';
import { EmptyState } from '../ui/state.tsx';
import style from './templates.module.css';
import { type Texts, useShared } from './text-queries.ts';

const parts = ['texts', 'macros'] as const;
type Part = (typeof parts)[number];
/** More than one sees at a glance. */
const MANY = 8;

/** What is written and done often: templates and snippets of mails, macros. */
export function TemplatesScreen() {
  const { t } = useTranslation();
  const [part, setPart] = useState<Part>(() => (window.location.hash === '#macros' ? 'macros' : 'texts'));
  return (
    <div className={style.screen}>
      <title>{`${t('templates.title')} · Tendero`}</title>
      <Heading title={t('templates.title')} text={t(`templates.about.${part}`)}>
        <New part={part} />
      </Heading>
      <SegmentedControl
        className={style.parts}
        aria-label={t('templates.title')}
        value={part}
        onChange={(value) => {
          setPart(value as Part);
          window.history.replaceState(null, '', value === 'macros' ? '#macros' : window.location.pathname);
        }}
        data={parts.map((value) => ({ value, label: t(`templates.parts.${value}`) }))}
      />
      {part === 'texts' ? <TextList /> : <MacroList />}
    </div>
  );
}

function New({ part }: { part: Part }) {
  const { t } = useTranslation();
  const definition = useDefinition(part === 'texts' ? 'mailTemplate' : 'macro');
  if (!definition.can.create) return null;
  const to = part === 'texts' ? '/templates/$id' : '/macros/$id';
  return (
    <Button
      leftSection={<IconPlus size={15} aria-hidden />}
      renderRoot={(props) => <Link to={to} params={{ id: 'new' }} {...props} />}
    >
      {t(part === 'texts' ? 'templates.newText' : 'templates.newMacro')}
    </Button>
  );
}

function TextList() {
  const { t } = useTranslation();
  const texts = useShared('mailTemplate');
  if (!texts.data) return <Pending query={texts} />;
  if (texts.data.length === 0)
    return <EmptyState icon={<IconTemplate size={22} />} title={t('templates.none')} text={t('templates.noneText')} />;
  return (
    <Lines
      records={texts.data}
      groupOf={({ folder }) => String(folder ?? '')}
      lineOf={(one) => ({
        to: '/templates/$id',
        icon: one.kind === 'snippet' ? IconBlockquote : IconTemplate,
        detail: [
          t(`templates.kinds.${one.kind}`),
          Object.keys((one.texts ?? {}) as Texts)
            .map((language) => language.toUpperCase())
            .sort()
            .join(' '),
        ],
      })}
    />
  );
}

function MacroList() {
  const { t } = useTranslation();
  const macros = useShared('macro');
  if (!macros.data) return <Pending query={macros} />;
  if (macros.data.length === 0)
    return (
      <EmptyState icon={<IconBolt size={22} />} title={t('templates.noMacro')} text={t('templates.noMacroText')} />
    );
  return (
    <Lines
      records={macros.data}
      groupOf={() => ''}
      lineOf={(one) => ({
        to: '/macros/$id',
        icon: IconBolt,
        detail: [((one.steps ?? []) as { do: string }[]).map((step) => t(`templates.steps.${step.do}`)).join(' → ')],
      })}
    />
  );
}

interface Line {
  to: '/templates/$id' | '/macros/$id';
  icon: typeof IconBolt;
  detail: readonly string[];
}

/** By folder, those without one first. */
function Lines({
  records,
  groupOf,
  lineOf,
}: {
  records: readonly RecordShape[];
  groupOf(record: RecordShape): string;
  lineOf(record: RecordShape): Line;
}) {
  const { t } = useTranslation();
  const { userId, language } = useFieldEnvironment();
  const [words, setWords] = useState('');
  const wanted = words.toLocaleLowerCase().trim();
  const found = records.filter((one) => `${one.name} ${groupOf(one)}`.toLocaleLowerCase().includes(wanted));
  const groups = [...Map.groupBy(found, groupOf)].sort(([a], [b]) => a.localeCompare(b, language));
  const titleOf = (one: RecordShape) => (one.expanded?.owner as { title?: string } | null | undefined)?.title ?? '';
  return (
    <>
      {records.length > MANY ? (
        <TextInput
          leftSection={<IconSearch size={14} aria-hidden />}
          aria-label={t('templates.search')}
          placeholder={t('templates.search')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      ) : null}
      {found.length === 0 ? <p className={style.quiet}>{t('templates.nothingFound')}</p> : null}
      {groups.map(([group, items]) => (
        <section key={group} aria-label={group || t('templates.title')}>
          {group ? <h3 className={style.folder}>{group}</h3> : null}
          <ul className={lines.list}>
            {items.map((one) => {
              const { to, icon: Icon, detail } = lineOf(one);
              return (
                <li key={one.id}>
                  <Link to={to} params={{ id: one.id }} className={lines.line}>
                    <Icon size={18} stroke={1.7} aria-hidden />
                    <span className={lines.what}>
                      <strong>
                        <bdi>{String(one.name)}</bdi>
                      </strong>
                      <span className={style.quiet}>
                        {[...detail, one.owner === userId ? '' : titleOf(one)].filter(Boolean).join(' · ')}
                      </span>
                    </span>
                    {one.sharing === 'private' ? null : (
                      <Mark tone={one.sharing === 'everyone' ? 'accent' : 'quiet'}>
                        {t(`templates.sharings.${one.sharing}`)}
                      </Mark>
                    )}
                  </Link>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </>
  );
}
