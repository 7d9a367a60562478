import { Button, Group, Modal, TextInput } from '@mantine/core';
import IconForms from '@tabler/icons-react/dist/esm/icons/IconForms.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import adminStyle from '../admin/admin.module.css';
import { DataTable, Heading, Mark, Pending, Refusal, Section, useAct } from '../admin/parts.tsx';
import { PlaceLink, useGoTo } from '../admin/place-link.tsx';
import { post } from '../api/client.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { EmptyState } from '../ui/state.tsx';
import { FormEditor } from './form-editor.tsx';
import { freeSlug, refreshForms, toneOf, useForms } from './form-queries.ts';

/** The company's web forms; `forms/<id>` is the builder of one. */
export function FormsScreen({ rest: [id] }: { rest: readonly string[] }) {
  const { t } = useTranslation();
  const goTo = useGoTo();
  const forms = useForms();
  if (id) {
    const form = forms.data?.find((one) => one.id === id);
    return form ? <FormEditor key={`${form.id} ${form.version}`} form={form} /> : <Pending query={forms} />;
  }
  const add = async () => {
    const made = await openDialog<string>((done) => <NewForm onDone={done} />);
    if (made) await goTo(`forms/${made}`);
  };
  const button = (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => void add()}>
      {t('forms.add')}
    </Button>
  );
  return (
    <>
      <Heading title={t('admin.place.forms.title')} text={t('admin.place.forms.text')}>
        {button}
      </Heading>
      {forms.data?.length === 0 ? (
        <EmptyState icon={<IconForms size={22} />} title={t('forms.none')} text={t('forms.noneText')} />
      ) : (
        <Section title={t('admin.place.forms.title')}>
          <DataTable
            label={t('admin.place.forms.title')}
            columns={[t('forms.name'), t('forms.address'), t('forms.state')]}
            empty={t('forms.none')}
            query={forms}
            rows={forms.data?.map((form) => ({
              key: form.id,
              cells: [
                <PlaceLink key="name" to={`forms/${form.id}`} className={adminStyle.link}>
                  {form.name}
                </PlaceLink>,
                <span key="slug" className={adminStyle.mono}>{`/f/${form.slug}`}</span>,
                <Mark key="state" tone={toneOf[form.state]}>
                  {t(`forms.states.${form.state}`)}
                </Mark>,
              ],
            }))}
          />
        </Section>
      )}
    </>
  );
}

/** A name is enough to begin: the usual questions of a contact form come with it. */
function NewForm({ onDone }: { onDone(id: string | null): void }) {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState('');
  const { busy, problem, act } = useAct();
  const make = () =>
    act(async () => {
      const { id } = await post<{ id: string }>('/records/webForm', {
        name,
        slug: await freeSlug('webForm', name),
        texts: { title: { [i18n.language]: name } },
        questions: [
          { key: 'contact.firstName' },
          { key: 'contact.lastName', required: true },
          { key: 'contact.emails', required: true },
          { key: 'own.message', type: 'longText', label: { [i18n.language]: t('forms.message') }, required: true },
        ],
      });
      await refreshForms();
      onDone(id);
    });
  return (
    <Modal
      opened
      onClose={() => onDone(null)}
      title={t('forms.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <TextInput
          label={t('forms.name')}
          description={t('forms.nameHelp')}
          required
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Refusal>{problem}</Refusal>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onDone(null)}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!name.trim()}>
            {t('forms.make')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
