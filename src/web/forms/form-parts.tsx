import { MultiSelect, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import adminStyle from '../admin/admin.module.css';
import { WordsInput } from '../admin/parts.tsx';
import { choicesOf, useMembers, useTeams } from '../admin/people-queries.ts';
import { CopyField } from '../ui/copy-field.tsx';
import type { FormDraft } from './form-queries.ts';
import style from './forms.module.css';
import { PageTexts } from './page-texts.tsx';

/** What is made of what a visitor wants. */
const wishes = ['nothing', 'lead', 'opportunity'] as const;

/** A part of a form that is being made. */
export type Part = { draft: FormDraft; set(changes: Partial<FormDraft>): void };

export function Texts({ draft, set }: Part) {
  const { t } = useTranslation();
  const { texts } = draft;
  return (
    <PageTexts draft={draft} set={set}>
      <WordsInput
        label={t('forms.button')}
        value={texts.button ?? {}}
        onChange={(button) => set({ texts: { ...texts, button } })}
      />
    </PageTexts>
  );
}

export function Then({ draft, set }: Part) {
  const { t } = useTranslation();
  const members = useMembers();
  const teams = useTeams();
  const people = choicesOf((members.data ?? []).filter(({ active }) => active));
  return (
    <div className={style.stack}>
      <Switch
        label={t('forms.makesAccount')}
        description={t('forms.makesAccountText')}
        checked={draft.makesAccount}
        onChange={(event) => set({ makesAccount: event.currentTarget.checked })}
      />
      <Select
        label={t('forms.makes')}
        description={t('forms.makesText')}
        allowDeselect={false}
        data={wishes.map((value) => ({ value, label: t(`forms.wishes.${value}`) }))}
        value={draft.makesLead ? 'lead' : draft.makesOpportunity ? 'opportunity' : 'nothing'}
        onChange={(wish) => set({ makesLead: wish === 'lead', makesOpportunity: wish === 'opportunity' })}
      />
      <MultiSelect
        label={t('forms.assignees')}
        description={t('forms.assigneesText')}
        searchable
        data={people}
        value={[...draft.assignees]}
        onChange={(assignees) => set({ assignees })}
      />
      <Select
        label={t('forms.team')}
        clearable
        data={choicesOf(teams.data ?? [])}
        value={draft.team}
        onChange={(team) => set({ team })}
      />
      <MultiSelect
        label={t('forms.told')}
        description={t('forms.toldText')}
        searchable
        data={people}
        value={[...draft.told]}
        onChange={(told) => set({ told })}
      />
      <WordsInput
        label={t('forms.thanks')}
        multiline
        value={draft.texts.thanks ?? {}}
        onChange={(thanks) => set({ texts: { ...draft.texts, thanks } })}
      />
      <TextInput
        label={t('forms.redirect')}
        description={t('forms.redirectText')}
        type="url"
        placeholder="https://"
        value={draft.redirect ?? ''}
        onChange={(event) => set({ redirect: event.currentTarget.value || null })}
      />
    </div>
  );
}

/** Where a page is, and how it stands in others. @param at what its address begins with */
export function Share({
  at,
  draft,
  set,
}: {
  at: '/f/' | '/b/';
  draft: Pick<FormDraft, 'name' | 'slug' | 'sites'>;
  set(changes: Partial<Pick<FormDraft, 'slug' | 'sites'>>): void;
}) {
  const { t } = useTranslation();
  const { origin } = window.location;
  const attribute = draft.name.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const snippet = `<script src="${origin}/f/embed.js" data-page="${at}${draft.slug}" data-title="${attribute}" async></script>`;
  return (
    <div className={style.stack}>
      <TextInput
        label={t('forms.address')}
        leftSection={<span className={adminStyle.quiet}>{at}</span>}
        leftSectionWidth={36}
        maxLength={60}
        value={draft.slug}
        onChange={(event) => set({ slug: event.currentTarget.value })}
      />
      <CopyField label={t('forms.link')} value={`${origin}${at}${draft.slug}`} />
      <Textarea
        label={t('forms.sites')}
        description={t('forms.sitesText')}
        autosize
        minRows={2}
        placeholder="https://www.example.com"
        value={draft.sites ?? ''}
        onChange={(event) => set({ sites: event.currentTarget.value || null })}
      />
      <CopyField label={t('forms.snippet')} value={snippet} />
      <p className={style.hint}>{t('forms.snippetText')}</p>
    </div>
  );
}
