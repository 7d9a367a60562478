import { ActionIcon, Checkbox, Menu } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { useTranslation } from 'react-i18next';
import type { FieldShape } from '../api/types.ts';
import { ShapeIcon } from '../list/shape-icon.tsx';
import style from './related.module.css';
import type { RelatedOf } from './related-query.ts';
import type { RelatedShape } from './related-view.ts';

// The kit makes a plain `menuitem` of whatever role it is given; the element itself says what it is.

/** As what the list is shown, here and wherever its like stands. */
export function ShapeMenu({
  list,
  shapes,
  shape,
  onChoose,
}: {
  list: string;
  shapes: readonly RelatedShape[];
  shape: RelatedShape;
  onChoose(shape: RelatedShape | null): void;
}) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="sm" aria-label={t('related.shape', { list })} title={t('related.shape', { list })}>
          <ShapeIcon shape={shape} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {shapes.map((one) => (
          <Menu.Item
            key={one}
            renderRoot={(props) => <button {...props} role="menuitemradio" aria-checked={one === shape} />}
            leftSection={<ShapeIcon shape={one} />}
            rightSection={one === shape ? <IconCheck size={14} aria-hidden /> : null}
            onClick={() => onChoose(one === 'list' ? null : one)}
          >
            {t(`related.shapes.${one}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Which properties a row shows. */
export function ColumnMenu({
  list,
  columns,
  onChoose,
}: {
  list: RelatedOf;
  columns: readonly FieldShape[];
  onChoose(names: readonly string[] | null): void;
}) {
  const { t } = useTranslation();
  const shown = columns.map(({ name }) => name);
  const offered = [...list.target.fields, ...list.target.system].filter(
    (one) => one.name !== list.field && one.name !== list.target.title && !['richText', 'json'].includes(one.type),
  );
  return (
    <Menu closeOnItemClick={false}>
      <Menu.Target>
        <button type="button" className={style.columnButton}>
          {t('related.columns')}
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        <Menu.Item onClick={() => onChoose(null)}>{t('related.usual')}</Menu.Item>
        <Menu.Divider />
        {offered.map((one) => (
          <Menu.Item
            key={one.name}
            renderRoot={(props) => (
              <button {...props} role="menuitemcheckbox" aria-checked={shown.includes(one.name)} />
            )}
            leftSection={<Checkbox.Indicator size="xs" checked={shown.includes(one.name)} />}
            onClick={() =>
              onChoose(shown.includes(one.name) ? shown.filter((name) => name !== one.name) : [...shown, one.name])
            }
          >
            {one.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
