import { Button, Menu, MultiSelect, TextInput } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconLayout from '@tabler/icons-react/dist/esm/icons/IconLayout.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { del, patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import {
  type FieldSource,
  type ObjectSource,
  objectSourceQuery,
  refreshDefinitions,
  type Words,
  wordIn,
} from './api.ts';
import { FieldDrawer } from './field-drawer.tsx';
import { kindOf } from './field-types.ts';
import { IconChooser } from './icon-chooser.tsx';
import { confirm, DataTable, Heading, Mark, Pending, Refusal, Section, useAct, WordsInput } from './parts.tsx';
import { PlaceLink, useGoTo } from './place-link.tsx';
import { fieldOf, removeDefinition } from './removal.tsx';

/** One kind of record: what it is called, its fields, its shortest form, and the way out. */
export function ObjectScreen({ object, field }: { object: string; field: string | undefined }) {
  const { t, i18n } = useTranslation();
  const goTo = useGoTo();
  const definition = useQuery(objectSourceQuery(object));
  const { data } = definition;
  const open = (name?: string) => void goTo(name ? `objects/${object}/fields/${name}` : `objects/${object}`);
  if (!data || definition.error) return <Pending query={definition} />;
  const label = labelOf(data, i18n.language);
  const chosen = field === undefined ? undefined : data.fields.find((one) => one.name === field);
  return (
    <>
      <PlaceLink to="objects" className={style.crumb}>
        <IconChevronLeft size={14} aria-hidden />
        {t('admin.place.objects.title')}
      </PlaceLink>
      <Heading
        title={
          <>
            <ObjectIcon name={data.icon} size={20} />
            {label.many}
          </>
        }
        text={<span className={style.mono}>{data.name}</span>}
      >
        <Button
          variant="default"
          leftSection={<IconLayout size={14} />}
          renderRoot={(props) => <PlaceLink {...props} to={`objects/${object}/layout`} />}
        >
          {t('admin.layout.title')}
        </Button>
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} to="/o/$object" params={{ object }} search={{}} />}
        >
          {t('admin.objects.records')}
        </Button>
        <Button leftSection={<IconPlus size={14} />} onClick={() => open('new')}>
          {t('admin.fields.add')}
        </Button>
      </Heading>
      <Fields source={data} onOpen={open} />
      <Identity key={JSON.stringify([data.ownLabel, data.icon])} source={data} />
      <ShortForm key={JSON.stringify(data.quickCreate)} source={data} />
      <Removed source={data} />
      {data.custom ? <Removal source={data} name={label.many} /> : null}
      {field !== undefined && (chosen || field === 'new') ? (
        <FieldDrawer key={field} source={data} field={chosen} onClose={() => open()} />
      ) : null}
    </>
  );
}

function labelOf(source: ObjectSource, language: string): { one: string; many: string } {
  return (
    source.label[language] ??
    source.label.en ??
    Object.values(source.label)[0] ?? { one: source.name, many: source.plural }
  );
}

function Fields({ source, onOpen }: { source: ObjectSource; onOpen(field?: string): void }) {
  const { t, i18n } = useTranslation();
  const [words, setWords] = useState('');
  const shown = source.fields.filter((field) =>
    `${wordIn(field.label, i18n.language)} ${field.name}`
      .toLocaleLowerCase()
      .includes(words.trim().toLocaleLowerCase()),
  );
  return (
    <Section
      title={t('admin.objects.fields')}
      action={
        source.fields.length > 8 ? (
          <TextInput
            size="xs"
            aria-label={t('admin.fields.find')}
            placeholder={t('admin.fields.find')}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        ) : null
      }
    >
      <DataTable
        label={t('admin.objects.fields')}
        columns={[t('admin.fields.field'), t('admin.fields.type'), t('admin.fields.rules'), '']}
        empty={t('admin.nothing')}
        rows={shown.map((field) => ({
          key: field.name,
          cells: [
            <button key="name" type="button" className={style.link} onClick={() => onOpen(field.name)}>
              {wordIn(field.label, i18n.language) || field.name}
            </button>,
            <TypeName key="type" type={field.type} />,
            <span key="rules" style={{ display: 'inline-flex', gap: 4, flexWrap: 'wrap' }}>
              {field.settings.required ? <Mark tone="warning">{t('admin.fields.required')}</Mark> : null}
              {field.settings.unique ? <Mark tone="quiet">{t('admin.fields.unique')}</Mark> : null}
              {field.settings.showWhen || field.settings.requireWhen ? (
                <Mark tone="quiet">{t('admin.fields.conditional')}</Mark>
              ) : null}
              {field.custom ? <Mark tone="accent">{t('admin.objects.own')}</Mark> : null}
            </span>,
            field.custom ? (
              <div className={style.rowActions} key="actions">
                <FieldMenu source={source} field={field} onOpen={onOpen} />
              </div>
            ) : null,
          ],
        }))}
      />
    </Section>
  );
}

function TypeName({ type }: { type: string }) {
  const { t } = useTranslation();
  const { icon: TypeIcon } = kindOf(type);
  return (
    <span style={{ display: 'inline-flex', gap: 6, alignItems: 'center' }} className={style.quiet}>
      <TypeIcon size={14} aria-hidden />
      {t(`admin.type.${type}.name`)}
    </span>
  );
}

function FieldMenu({
  source,
  field,
  onOpen,
}: {
  source: ObjectSource;
  field: FieldSource;
  onOpen(field: string): void;
}) {
  const { t, i18n } = useTranslation();
  const name = wordIn(field.label, i18n.language) || field.name;
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" aria-label={t('admin.moreFor', { name })}>
          <IconDots size={16} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onOpen(field.name)}>{t('admin.change')}</Menu.Item>
        <Menu.Item color="red" onClick={() => void removeDefinition(fieldOf(source, field, name), t)}>
          {t('common.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Identity({ source }: { source: ObjectSource }) {
  const { t } = useTranslation();
  const pick = (which: 'one' | 'many', from: ObjectSource['label']): Words =>
    Object.fromEntries(Object.entries(from).map(([language, label]) => [language, label[which]]));
  const [one, setOne] = useState(pick('one', source.ownLabel));
  const [many, setMany] = useState(pick('many', source.ownLabel));
  const [icon, setIcon] = useState(source.icon);
  const { busy, problem, act } = useAct();
  const [shownOne, shownMany] = [pick('one', source.label), pick('many', source.label)];
  const languages = new Set([...Object.keys(one), ...Object.keys(many)]);
  const label = Object.fromEntries(
    [...languages].map((language) => [
      language,
      {
        one: one[language] ?? wordIn({ ...shownOne, ...one }, language),
        many: many[language] ?? wordIn({ ...shownMany, ...many }, language),
      },
    ]),
  );
  const changed = JSON.stringify([label, icon]) !== JSON.stringify([source.ownLabel, source.icon]);
  return (
    <Section title={t('admin.objects.identity')}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          void act(async () => {
            await patch(`/objects/${source.name}`, { label, icon });
            await refreshDefinitions();
            showToast(t('admin.saved'));
          });
        }}
      >
        <WordsInput label={t('admin.objects.one')} value={one} placeholders={shownOne} onChange={setOne} />
        <WordsInput label={t('admin.objects.many')} value={many} placeholders={shownMany} onChange={setMany} />
        <IconChooser value={icon} onChange={setIcon} />
        <div className={style.formEnd}>
          <Refusal>{problem}</Refusal>
          <Button type="submit" loading={busy} disabled={!changed}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function ShortForm({ source }: { source: ObjectSource }) {
  const { t, i18n } = useTranslation();
  const shown = useDefinitions().get(source.name)?.quickCreate ?? [];
  const [names, setNames] = useState<string[]>(source.quickCreate.length > 0 ? source.quickCreate : [...shown]);
  const { busy, problem, act } = useAct();
  const changed = JSON.stringify(names) !== JSON.stringify(source.quickCreate.length > 0 ? source.quickCreate : shown);
  return (
    <Section title={t('admin.objects.shortForm')} text={t('admin.objects.shortFormText')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act(async () => {
            await patch(`/objects/${source.name}`, { quickCreate: names });
            await refreshDefinitions();
            showToast(t('admin.saved'));
          });
        }}
      >
        <MultiSelect
          aria-label={t('admin.objects.shortForm')}
          searchable
          data={source.fields
            .filter((field) => !kindOf(field.type).computed)
            .map((field) => ({ value: field.name, label: wordIn(field.label, i18n.language) || field.name }))}
          value={names}
          onChange={setNames}
        />
        <div className={style.formEnd} style={{ marginTop: 10 }}>
          <Refusal>{problem}</Refusal>
          <Button type="submit" loading={busy} disabled={!changed}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Removed({ source }: { source: ObjectSource }) {
  const { t, i18n } = useTranslation();
  if (source.removed.length === 0) return null;
  const restore = async (name: string) => {
    try {
      await post(`/objects/${source.name}/fields/${name}/restore`);
      await refreshDefinitions();
      showToast(t('admin.fields.restored'));
    } catch (error) {
      showProblem(error);
    }
  };
  const purge = async (name: string, label: string) => {
    const sure = await confirm({
      title: t('admin.fields.purgeTitle', { name: label }),
      text: t('admin.fields.purgeText'),
      action: t('admin.fields.purge'),
      danger: true,
    });
    if (!sure) return;
    try {
      await del(`/objects/${source.name}/fields/${name}?purge=true`);
      await refreshDefinitions();
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Section title={t('admin.fields.removed')} text={t('admin.fields.removedText')}>
      <DataTable
        label={t('admin.fields.removed')}
        columns={[t('admin.fields.field'), t('admin.fields.type'), '']}
        empty=""
        rows={source.removed.map((field) => {
          const label = wordIn(field.label, i18n.language) || field.name;
          return {
            key: field.name,
            cells: [
              label,
              <TypeName key="type" type={field.type} />,
              <div className={style.rowActions} key="actions">
                <Button variant="subtle" size="compact-sm" onClick={() => void restore(field.name)}>
                  {t('admin.restore')}
                </Button>
                <Button variant="subtle" color="red" size="compact-sm" onClick={() => void purge(field.name, label)}>
                  {t('admin.fields.purge')}
                </Button>
              </div>,
            ],
          };
        })}
      />
    </Section>
  );
}

function Removal({ source, name }: { source: ObjectSource; name: string }) {
  const { t } = useTranslation();
  const goTo = useGoTo();
  const wanted = { kind: 'objects', path: `/objects/${source.name}`, name } as const;
  return (
    <Section title={t('admin.objects.remove')} text={t('admin.objects.removeText')}>
      <Button variant="light" color="red" onClick={() => void removeDefinition(wanted, t, () => goTo('objects'))}>
        {t('admin.objects.remove')}
      </Button>
    </Section>
  );
}
