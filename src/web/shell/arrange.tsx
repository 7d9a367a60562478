import { ActionIcon, Button, Checkbox, Group, Modal, Select, TextInput } from '@mantine/core';
import IconFolderPlus from '@tabler/icons-react/dist/esm/icons/IconFolderPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '../api/client.ts';
import { isInMenu, useDefinitions } from '../api/definitions.ts';
import { type Favourite, setPreferences, usePreferences } from '../preferences.ts';
import linesStyle from '../ui/lines.module.css';
import { Lines, moveTo } from '../ui/lines.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import style from './arrange.module.css';
import { keyOf, type Leaf, leavesOf, moveBy, moveLeaf, withoutLeaf } from './favourites.ts';
import { menuOf } from './menu.ts';

/** The person's own menu: order and what is hidden, favourites and their folders. Takes effect as one goes. */
export function Arrange({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { menu, favourites } = usePreferences();
  const definitions = useDefinitions();
  const all = definitions.list.filter(isInMenu);
  const arranged = menuOf(definitions.list, menu);
  const objects = [...arranged.shipped, ...arranged.own, ...arranged.hidden];
  const ordered = objects.sort((a, b) => place(a.name) - place(b.name));
  const names = ordered.map(({ name }) => name);
  const folders = favourites.flatMap((one) => (one.kind === 'folder' ? [one] : []));
  const [folderName, setFolderName] = useState<string | null>(null);
  const setOrder = (order: string[]) => setPreferences({ menu: { ...menu, order } });
  const setFavourites = (next: Favourite[]) => setPreferences({ favourites: next });
  const addFolder = () => {
    const title = folderName?.trim();
    if (title) setFavourites([...favourites, { kind: 'folder', id: newKey(), title, items: [] }]);
    setFolderName(null);
  };
  const leafLine = (leaf: Leaf, folder: string | null) => (
    <>
      <span className={style.title}>{leaf.title}</span>
      {folders.length > 0 ? (
        <Select
          size="xs"
          w={150}
          aria-label={t('arrange.moveTo', { title: leaf.title })}
          allowDeselect={false}
          data={[
            { value: '', label: t('arrange.noFolder') },
            ...folders.map(({ id, title }) => ({ value: id, label: title })),
          ]}
          value={folder ?? ''}
          onChange={(next) => setFavourites(moveLeaf(favourites, leaf, next || null))}
        />
      ) : null}
      <ActionIcon
        aria-label={`${t('common.remove')}: ${leaf.title}`}
        onClick={() => setFavourites(withoutLeaf(favourites, keyOf(leaf)))}
      >
        <IconX size={14} />
      </ActionIcon>
    </>
  );
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('shell.arrange')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p className={style.text}>{t('arrange.text')}</p>
      <h3 className={style.head}>{t('arrange.objects')}</h3>
      <Lines
        items={ordered.map((one) => ({ key: one.name, title: one.label.many }))}
        onMove={(from, to) => setOrder(moveTo(names, from, to))}
        onStep={(index, by) => setOrder(moveBy(names, index, by))}
        render={(index) => {
          const one = ordered[index]!;
          const isHidden = menu.hidden.includes(one.name);
          return (
            <>
              <ObjectIcon name={one.icon} />
              <span className={style.title}>{one.label.many}</span>
              <Checkbox
                aria-label={t('arrange.show', { title: one.label.many })}
                checked={!isHidden}
                onChange={() =>
                  setPreferences({
                    menu: {
                      ...menu,
                      hidden: isHidden ? menu.hidden.filter((name) => name !== one.name) : [...menu.hidden, one.name],
                    },
                  })
                }
              />
            </>
          );
        }}
      />
      <h3 className={style.head}>{t('shell.favourites')}</h3>
      {leavesOf(favourites).length === 0 ? <p className={style.text}>{t('arrange.noFavourites')}</p> : null}
      <Lines
        items={favourites.map((one) => ({ key: keyOf(one), title: one.title }))}
        onMove={(from, to) => setFavourites(moveTo(favourites, from, to))}
        onStep={(index, by) => setFavourites(moveBy(favourites, index, by))}
        render={(index) => {
          const one = favourites[index]!;
          if (one.kind !== 'folder') return leafLine(one, null);
          return (
            <>
              <TextInput
                size="xs"
                flex={1}
                aria-label={t('arrange.folderName')}
                maxLength={60}
                value={one.title}
                onChange={({ currentTarget: { value } }) =>
                  setFavourites(favourites.map((other) => (other === one ? { ...one, title: value } : other)))
                }
              />
              <ActionIcon
                aria-label={`${t('common.remove')}: ${one.title}`}
                onClick={() => setFavourites(favourites.flatMap((other) => (other === one ? one.items : [other])))}
              >
                <IconX size={14} />
              </ActionIcon>
            </>
          );
        }}
        below={(index) => {
          const one = favourites[index]!;
          return one.kind === 'folder' && one.items.length > 0 ? (
            <div className={style.inside}>
              {one.items.map((leaf) => (
                <div key={keyOf(leaf)} className={linesStyle.line}>
                  {leafLine(leaf, one.id)}
                </div>
              ))}
            </div>
          ) : null;
        }}
      />
      <Group mt="md" justify="space-between">
        {folderName === null ? (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconFolderPlus size={15} />}
            onClick={() => setFolderName('')}
          >
            {t('arrange.newFolder')}
          </Button>
        ) : (
          <TextInput
            autoFocus
            aria-label={t('arrange.folderName')}
            placeholder={t('arrange.folderName')}
            maxLength={60}
            value={folderName}
            onChange={(event) => setFolderName(event.currentTarget.value)}
            onBlur={addFolder}
            onKeyDown={(event) => event.key === 'Enter' && addFolder()}
          />
        )}
        <Button
          variant="default"
          disabled={menu.order.length === 0 && menu.hidden.length === 0}
          onClick={() => setPreferences({ menu: { ...menu, order: [], hidden: [] } })}
        >
          {t('arrange.reset')}
        </Button>
      </Group>
    </Modal>
  );

  function place(name: string): number {
    const index = menu.order.indexOf(name);
    return index === -1 ? menu.order.length + all.findIndex((one) => one.name === name) : index;
  }
}
