import { ActionIcon, Menu, Popover, UnstyledButton } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustments.mjs';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Operation, Scope } from '#kernel/access/access.ts';
import type { Ground } from '#server/answers.ts';
import { isInMenu, useDefinitions } from '../api/definitions.ts';
import type { Definition } from '../api/types.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './access.module.css';
import admin from './admin.module.css';
import { Section } from './parts.tsx';
import {
  type Cell,
  cellOf,
  type FieldLimits,
  type Grants,
  OTHERS,
  scopesOf,
  shownOperations,
  waysThrough,
  withCell,
} from './role-draft.ts';
import { RoleFields } from './role-fields.tsx';
import { ScopeEditor } from './scope-editor.tsx';

interface Draft {
  grants: Grants;
  fields: FieldLimits;
}

/** The objects that only the program works with, and what stands for the whole company, are no rows here. */
const notShown = new Set(['administration']);
const simple = ['none', 'own', 'team', 'tree', 'all'] as const;

/** Objects by operations: each cell says which records. Arrow keys go from cell to cell; a phone shows a card per object. */
export function RoleMatrix({
  grants,
  fields,
  ground,
  onChange,
}: Draft & { ground: Ground; onChange(changes: Partial<Draft>): void }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const basis = ground.grants as Grants;
  const isOnGround = (name: string) => basis[name] !== undefined && grants[name] === undefined;
  const shown = definitions.list.filter(({ name }) => !notShown.has(name) && !isOnGround(name));
  const rows: (Definition | null)[] = [
    ...shown.filter(isInMenu),
    ...shown.filter((definition) => !isInMenu(definition)),
    null,
  ];
  const grounded = definitions.list.filter(({ name }) => isOnGround(name));
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const [open, setOpen] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const back = useRef<string | null>(null);
  // The button is made anew when its menu closes: whoever works with keys stays where they are.
  useEffect(() => {
    if (open !== null) back.current = open;
    else if (back.current) {
      body.current?.querySelector<HTMLElement>(`[data-cell="${back.current}"]`)?.focus();
      back.current = null;
    }
  }, [open]);

  const set = (object: string, operation: Operation, scopes: readonly Scope[] | null) =>
    onChange({ grants: withCell(grants, object, operation, scopes) });
  const setSeveral = (objects: readonly string[], operations: readonly Operation[], scope: Scope) =>
    onChange({
      grants: objects.reduce(
        (all, object) => operations.reduce((one, operation) => withCell(one, object, operation, [scope]), all),
        grants,
      ),
    });
  const move = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || open !== null) return;
    event.preventDefault();
    const row = Math.min(rows.length - 1, Math.max(0, at[0] + step[0]!));
    const column = Math.min(shownOperations.length - 1, Math.max(0, at[1] + step[1]!));
    setAt([row, column]);
    body.current?.querySelector<HTMLElement>(`[data-cell="${row}/${column}"]`)?.focus();
  };
  const nameOf = (definition: Definition | null) => definition?.label.many ?? t('admin.roles.others');

  return (
    <>
      <Section title={t('admin.roles.rights')} text={t('admin.roles.rightsText')}>
        <div className={style.matrixBox}>
          <table className={style.matrix} aria-label={t('admin.roles.rights')}>
            <thead>
              <tr>
                <th scope="col">{t('admin.roles.object')}</th>
                {shownOperations.map((operation) => (
                  <th key={operation} scope="col">
                    <QuickMenu
                      label={t(`admin.roles.operation.${operation}`)}
                      onChoose={(scope) =>
                        setSeveral(
                          rows.map((row) => row?.name ?? OTHERS),
                          [operation],
                          scope,
                        )
                      }
                    />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody ref={body} onKeyDown={move}>
              {rows.map((definition, row) => {
                const object = definition?.name ?? OTHERS;
                const limits = Object.keys(fields).filter((path) => path.startsWith(`${object}.`)).length;
                return (
                  <tr key={object} data-others={definition === null || undefined}>
                    <th scope="row">
                      <span className={style.object}>
                        {definition ? <ObjectIcon name={definition.icon} size={15} /> : null}
                        <QuickMenu
                          label={nameOf(definition)}
                          onChoose={(scope) => setSeveral([object], shownOperations, scope)}
                        />
                        {definition ? (
                          <ActionIcon
                            className={style.fieldsButton}
                            aria-label={[
                              t('admin.roles.fieldsOf', { object: definition.label.many }),
                              ...(limits > 0 ? [t('admin.roles.limits', { count: limits })] : []),
                            ].join(', ')}
                            title={
                              limits > 0
                                ? t('admin.roles.limits', { count: limits })
                                : t('admin.roles.fieldsOf', { object: definition.label.many })
                            }
                            data-limits={limits > 0 || undefined}
                            onClick={() =>
                              void openDialog<FieldLimits>((done) => (
                                <RoleFields
                                  definition={definition}
                                  limits={fields}
                                  ground={ground.fields}
                                  onDone={(next) => {
                                    if (next) onChange({ fields: next });
                                    done(next);
                                  }}
                                />
                              ))
                            }
                          >
                            <IconAdjustments size={14} />
                            {limits > 0 ? <span aria-hidden>{limits}</span> : null}
                          </ActionIcon>
                        ) : null}
                      </span>
                    </th>
                    {shownOperations.map((operation, column) => {
                      const key = `${row}/${column}`;
                      const cell = cellOf(grants, basis, object, operation);
                      const words = <CellWords cell={cell} definition={definition} />;
                      const button = (
                        <UnstyledButton
                          className={style.cell}
                          data-cell={key}
                          data-scope={toneOf(cell)}
                          data-from={cell.from}
                          tabIndex={at[0] === row && at[1] === column ? 0 : -1}
                          aria-haspopup="dialog"
                          aria-expanded={open === key}
                          aria-label={`${nameOf(definition)}, ${t(`admin.roles.operation.${operation}`)}: ${wordsOf(cell, definition, t)}`}
                          onClick={() => {
                            setAt([row, column]);
                            setOpen(key);
                          }}
                        >
                          {words}
                        </UnstyledButton>
                      );
                      return (
                        <td key={operation} data-column={t(`admin.roles.operation.${operation}`)}>
                          {open === key ? (
                            <Popover opened onChange={() => setOpen(null)} position="bottom-start" trapFocus>
                              <Popover.Target>{button}</Popover.Target>
                              <Popover.Dropdown p={12}>
                                <ScopeEditor
                                  title={`${nameOf(definition)} · ${t(`admin.roles.operation.${operation}`)}`}
                                  definition={definition}
                                  ways={definition ? waysThrough(definition, basis) : []}
                                  cell={cell}
                                  onChange={(scopes) => set(object, operation, scopes)}
                                  onDone={() => setOpen(null)}
                                />
                              </Popover.Dropdown>
                            </Popover>
                          ) : (
                            button
                          )}
                        </td>
                      );
                    })}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </Section>
      <Section title={t('admin.roles.ground')} text={t('admin.roles.groundText')}>
        <ul className={style.ground}>
          {grounded.map((definition) => (
            <li key={definition.name}>
              <strong>{definition.label.many}</strong>
              <span className={admin.quiet}>
                {groundWords(definition, basis, t) || t('admin.roles.administratorsOnly')}
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

/** What every role says of an object: operations that are about the same records stand together. */
function groundWords(definition: Definition, ground: Grants, t: (key: string) => string): string {
  const given = shownOperations.flatMap((operation) => {
    const { scopes, from } = cellOf({}, ground, definition.name, operation);
    if (from !== 'ground' || scopes.length === 0) return [];
    const words = wordsOf({ scopes, from }, definition, t);
    return [{ words, operation: t(`admin.roles.operation.${operation}`).toLocaleLowerCase() }];
  });
  return [...Map.groupBy(given, ({ words }) => words)]
    .map(([words, list]) => `${words}: ${list.map(({ operation }) => operation).join(', ')}`)
    .join(' · ');
}

/** A whole row or column at once. */
function QuickMenu({ label, onChoose }: { label: string; onChoose(scope: Scope): void }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={style.quick} aria-label={t('admin.roles.setAll', { name: label })}>
          {label}
          <IconChevronDown size={11} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('admin.roles.setAllTo')}</Menu.Label>
        {simple.map((scope) => (
          <Menu.Item key={scope} onClick={() => onChoose(scope)}>
            {t(`admin.roles.scope.${scope}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function CellWords({ cell, definition }: { cell: Cell; definition: Definition | null }) {
  const { t } = useTranslation();
  return <span className={style.cellText}>{wordsOf(cell, definition, t)}</span>;
}

function wordsOf({ scopes }: Cell, definition: Definition | null, t: (key: string) => string): string {
  if (scopes.length === 0) return t('admin.roles.short.none');
  return scopesOf(scopes)
    .map((scope) => {
      if (typeof scope === 'string') return t(`admin.roles.short.${scope}`);
      if ('filter' in scope) return t('admin.roles.short.filter');
      if (scope.through === 'target') return t('admin.roles.short.target');
      return definition?.fields.find(({ name }) => name === scope.through)?.label ?? scope.through;
    })
    .join(' + ');
}

function toneOf({ scopes }: Cell): 'none' | 'some' | 'all' {
  return scopes.length === 0 ? 'none' : scopes[0] === 'all' ? 'all' : 'some';
}
