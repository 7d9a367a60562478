import { Button, Checkbox, Group, Modal, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Scope } from '#kernel/access/access.ts';
import { type Definitions, useDefinitions } from '../api/definitions.ts';
import type { Definition, FieldShape, Filter } from '../api/types.ts';
import { FilterGroupEditor } from '../list/filter-editor.tsx';
import { readFilter, writeFilter } from '../list/filter-model.ts';
import { openDialog } from '../ui/dialogs.tsx';
import style from './access.module.css';
import type { Cell } from './role-draft.ts';

const byOwner = ['own', 'team', 'tree'] as const;

/** Which records: none, all, or several kinds of them added to one another. */
export function ScopeEditor({
  title,
  definition,
  ways,
  cell,
  onChange,
  onDone,
}: {
  title: string;
  /** null: all objects of which the role says nothing by name; they have no fields in common. */
  definition: Definition | null;
  /** References whose records decide about these. */
  ways: readonly { name: string; label: string }[];
  cell: Cell;
  onChange(scopes: readonly Scope[] | null): void;
  onDone(): void;
}) {
  const { t } = useTranslation();
  const { scopes } = cell;
  const [isSome, setSome] = useState(scopes.length > 0 && scopes[0] !== 'all');
  const kind = isSome ? 'some' : scopes.length === 0 ? 'none' : 'all';
  const has = (wanted: Scope) => scopes.some((scope) => JSON.stringify(scope) === JSON.stringify(wanted));
  const some = scopes.filter((scope) => scope !== 'all');
  const toggle = (scope: Scope) =>
    onChange(has(scope) ? some.filter((one) => JSON.stringify(one) !== JSON.stringify(scope)) : [...some, scope]);
  const filters = some.filter((scope) => typeof scope === 'object' && 'filter' in scope);
  const [filter] = filters;
  const editFilter = async () => {
    const before = filter && 'filter' in filter ? filter.filter : {};
    const wanted = await openDialog<Filter>((done) => (
      <FilterDialog definition={definition!} filter={before} onDone={done} />
    ));
    if (!wanted) return;
    const rest = some.filter((scope) => scope !== filter);
    onChange(Object.keys(wanted).length > 0 ? [...rest, { filter: wanted }] : rest);
  };
  return (
    <Stack gap={10} className={style.scopes}>
      <strong className={style.scopesTitle}>{title}</strong>
      <Radio.Group
        aria-label={title}
        value={kind}
        onChange={(next) => {
          setSome(next === 'some');
          onChange(next === 'none' ? [] : next === 'all' ? ['all'] : some.length > 0 ? some : ['own']);
        }}
      >
        <Stack gap={6}>
          {(['none', 'some', 'all'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`admin.roles.kind.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {kind === 'some' ? (
        <Stack gap={10} className={style.some}>
          {byOwner.map((scope) => (
            <Checkbox
              key={scope}
              label={t(`admin.roles.scope.${scope}`)}
              checked={has(scope)}
              onChange={() => toggle(scope)}
            />
          ))}
          {ways.map(({ name, label }) => (
            <Checkbox
              key={name}
              label={t('admin.roles.through', { field: label })}
              checked={has({ through: name })}
              onChange={() => toggle({ through: name })}
            />
          ))}
          {definition ? (
            <Group gap={6} wrap="nowrap">
              <Checkbox
                label={t('admin.roles.byFilter')}
                checked={filter !== undefined}
                onChange={() => (filter ? onChange(some.filter((one) => one !== filter)) : void editFilter())}
              />
              {filter ? (
                <Button variant="subtle" size="compact-xs" onClick={() => void editFilter()}>
                  {t('admin.change')}
                </Button>
              ) : null}
            </Group>
          ) : null}
        </Stack>
      ) : null}
      <Group justify="space-between" gap={8} wrap="nowrap">
        {cell.from === 'object' && definition ? (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            onClick={() => {
              onChange(null);
              onDone();
            }}
          >
            {t('admin.roles.asOthers')}
          </Button>
        ) : (
          <span />
        )}
        <Button size="compact-sm" onClick={onDone}>
          {t('admin.done')}
        </Button>
      </Group>
    </Stack>
  );
}

function FilterDialog({
  definition,
  filter,
  onDone,
}: {
  definition: Definition;
  filter: Filter;
  onDone(filter: Filter | null): void;
}) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const [group, setGroup] = useState(() => readFilter(filter));
  const fields = filterFieldsOf(definition, definitions);
  const byPath = new Map(fields.map((field) => [field.name, field]));
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      size="lg"
      title={t('admin.roles.filterTitle', { objects: definition.label.many })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <FilterGroupEditor group={group} fields={{ list: fields, of: (path) => byPath.get(path) }} onChange={setGroup} />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => onDone(null)}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => onDone(writeFilter(group))}>{t('admin.done')}</Button>
      </Group>
    </Modal>
  );
}

/** Its own fields, and those of the records it points to. */
export function filterFieldsOf(definition: Definition, definitions: Definitions): FieldShape[] {
  const canFilter = (field: FieldShape) => Object.keys(field.operators ?? {}).length > 0;
  const own = [...definition.fields, ...definition.system].filter(canFilter);
  const beyond = own
    .filter(({ type, name }) => type === 'reference' || (type === 'user' && name === 'owner'))
    .flatMap((field) => {
      const target = definitions.get(field.type === 'user' ? 'user' : String(field.options?.to ?? ''));
      return (target?.fields ?? [])
        .filter((one) => canFilter(one) && !['json', 'file', 'richText'].includes(one.type))
        .map((one) => ({ ...one, name: `${field.name}.${one.name}`, label: `${field.label} · ${one.label}` }));
    });
  return [...own, ...beyond];
}
