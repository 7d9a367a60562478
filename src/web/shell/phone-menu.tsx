import { Drawer } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Definition } from '../api/types.ts';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './shell.module.css';

/** Every object and the import, from below. */
export function PhoneMenu({ title, list, onClose }: { title: string; list: readonly Definition[]; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="75%"
      radius="lg"
      title={title}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {list.map((definition) => (
        <Link
          key={definition.name}
          to="/o/$object"
          params={{ object: definition.name }}
          search={{}}
          className={style.item}
          style={{ height: 44 }}
          onClick={onClose}
        >
          <ObjectIcon name={definition.icon} size={19} />
          <span>{definition.label.many}</span>
        </Link>
      ))}
      <Link to="/import" className={style.item} style={{ height: 44 }} onClick={onClose}>
        <ObjectIcon name="upload" size={19} />
        <span>{t('shell.import')}</span>
      </Link>
    </Drawer>
  );
}
