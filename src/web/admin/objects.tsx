import { Button, Group, Modal, Stack } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { nameFrom, refreshDefinitions, useAdminList, type Words, wordIn } from './api.ts';
import { IconChooser } from './icon-chooser.tsx';
import { LayoutScreen } from './layout-screen.tsx';
import { ObjectScreen } from './object.tsx';
import { DataTable, Heading, Mark, NameInput, Refusal, Section, useAct, WordsInput } from './parts.tsx';
import { PlaceLink, useGoTo } from './place-link.tsx';

/** All kinds of records; behind one of them its fields, layouts and the rest. */
export function ObjectsScreen({ rest: [object, place, field] }: { rest: readonly string[] }) {
  if (object && place === 'layout') return <LayoutScreen key={object} object={object} />;
  if (object) return <ObjectScreen key={object} object={object} field={place === 'fields' ? field : undefined} />;
  return <ObjectList />;
}

function ObjectList() {
  const { t, i18n } = useTranslation();
  const goTo = useGoTo();
  const definitions = useDefinitions();
  const removed = useAdminList<{ items: { name: string; icon: string; label: Record<string, { many: string }> }[] }>(
    '/removed-objects',
  );
  const create = () =>
    void openDialog<string>((done) => <ObjectDialog onDone={done} />).then((name) => {
      if (name) void goTo(`objects/${name}`);
    });
  const restore = async (name: string) => {
    try {
      await post(`/objects/${name}/restore`);
      await refreshDefinitions();
      showToast(t('admin.objects.restored'));
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <>
      <Heading title={t('admin.place.objects.title')} text={t('admin.place.objects.text')}>
        <Button leftSection={<IconPlus size={14} />} onClick={create}>
          {t('admin.objects.new')}
        </Button>
      </Heading>
      <Section title={t('admin.objects.all')}>
        <DataTable
          label={t('admin.place.objects.title')}
          columns={[t('admin.objects.object'), t('admin.objects.fields'), '']}
          empty={t('admin.nothing')}
          rows={definitions.list.map((object) => ({
            key: object.name,
            cells: [
              <PlaceLink key="name" to={`objects/${object.name}`} className={style.link}>
                <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
                  <ObjectIcon name={object.icon} />
                  {object.label.many}
                </span>
              </PlaceLink>,
              <span key="fields" className={style.number}>
                {formatNumber(object.fields.length, i18n.language)}
              </span>,
              <div className={style.rowActions} key="marks">
                {object.custom ? <Mark tone="accent">{t('admin.objects.own')}</Mark> : null}
                {object.detailOf ? <Mark tone="quiet">{t('admin.objects.detail')}</Mark> : null}
              </div>,
            ],
          }))}
        />
      </Section>
      {removed.data && removed.data.items.length > 0 ? (
        <Section title={t('admin.objects.removed')} text={t('admin.objects.removedText')}>
          <DataTable
            label={t('admin.objects.removed')}
            columns={[t('admin.objects.object'), '']}
            empty=""
            rows={removed.data.items.map((item) => ({
              key: item.name,
              cells: [
                wordIn(
                  Object.fromEntries(Object.entries(item.label).map(([key, label]) => [key, label.many])),
                  i18n.language,
                ) || item.name,
                <div className={style.rowActions} key="actions">
                  <Button variant="subtle" size="compact-sm" onClick={() => void restore(item.name)}>
                    {t('admin.restore')}
                  </Button>
                </div>,
              ],
            }))}
          />
        </Section>
      ) : null}
    </>
  );
}

function ObjectDialog({ onDone }: { onDone(name: string | null): void }) {
  const { t, i18n } = useTranslation();
  const [one, setOne] = useState<Words>({});
  const [many, setMany] = useState<Words>({});
  const [icon, setIcon] = useState('box');
  const [given, setGiven] = useState<string | null>(null);
  const { busy, problem, error, act } = useAct();
  const name = given ?? nameFrom(wordIn(one, i18n.language));
  const plural = nameFrom(wordIn(many, i18n.language));
  const of = (field: string) => (isProblem(error) ? error.of(field) : undefined);
  const save = () =>
    act(async () => {
      const words = new Set([...Object.keys(one), ...Object.keys(many)]);
      const label = Object.fromEntries(
        [...words].map((language) => [
          language,
          { one: one[language] ?? wordIn(one, language), many: many[language] ?? wordIn(many, language) },
        ]),
      );
      await post('/objects', {
        name,
        plural: plural && plural !== name ? plural : `${name}List`,
        title: 'name',
        icon,
        label,
        fields: {
          name: { type: 'text', required: true, search: true, index: true, label: nameLabel },
        },
        quickCreate: ['name'],
      });
      await refreshDefinitions();
      onDone(name);
    });
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      title={t('admin.objects.new')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Stack gap="sm">
          <WordsInput label={t('admin.objects.one')} required autoFocus value={one} onChange={setOne} />
          <WordsInput label={t('admin.objects.many')} required value={many} onChange={setMany} />
          <IconChooser value={icon} onChange={setIcon} />
          <NameInput value={name} error={of('name') ?? of('plural')} onChange={setGiven} />
          <Refusal>{problem}</Refusal>
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onDone(null)}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!name || !wordIn(many, i18n.language)}>
            {t('admin.objects.create')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** Every object begins with the field that names its records. */
const nameLabel = { en: 'Name', es: 'Nombre', lt: 'Pavadinimas' };
