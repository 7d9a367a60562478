import { Button, SegmentedControl, Tabs } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import adminStyle from '../admin/admin.module.css';
import { Heading, Mark, Refusal, useAct } from '../admin/parts.tsx';
import { PlaceLink } from '../admin/place-link.tsx';
import { patch } from '../api/client.ts';
import { languages } from '../i18n/i18n.ts';
import { Answers } from './answers.tsx';
import { Consents } from './consents-editor.tsx';
import { Share, Texts, Then } from './form-parts.tsx';
import { type FormDraft, type FormRecord, refreshForms, usePreview } from './form-queries.ts';
import style from './forms.module.css';
import { Questions } from './questions-editor.tsx';

/** Makes a form: what it asks and in which words on one side, the page as visitors see it on the other. */
export function FormEditor({ form }: { form: FormRecord }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<FormDraft>(() => {
    const { id: _id, version: _version, ...rest } = form;
    return rest;
  });
  const { busy, problem, act } = useAct();
  const { id: _id, version: _version, ...saved } = form;
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const set = (changes: Partial<FormDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const save = (state = draft.state) =>
    act(async () => {
      await patch(`/records/webForm/${form.id}`, { ...draft, state, version: form.version });
      await refreshForms();
    });
  return (
    <div data-wide>
      <PlaceLink to="forms" className={adminStyle.crumb}>
        ← {t('admin.place.forms.title')}
      </PlaceLink>
      <Heading
        title={
          <>
            {form.name}{' '}
            <Mark tone={form.state === 'open' ? 'good' : form.state === 'closed' ? 'warning' : 'quiet'}>
              {t(`forms.states.${form.state}`)}
            </Mark>
          </>
        }
      >
        {form.state === 'open' ? (
          <Button variant="default" component="a" href={`/f/${form.slug}`} target="_blank" rel="noreferrer">
            {t('forms.open')}
          </Button>
        ) : null}
        {form.state === 'open' ? (
          <Button variant="default" onClick={() => void save('closed')}>
            {t('forms.close')}
          </Button>
        ) : (
          <Button variant={isChanged ? 'default' : 'filled'} onClick={() => void save('open')}>
            {t('forms.publish')}
          </Button>
        )}
        <Button disabled={!isChanged} loading={busy} onClick={() => void save()}>
          {t('common.save')}
        </Button>
      </Heading>
      <Refusal>{problem}</Refusal>
      <div className={style.sides}>
        <Tabs defaultValue="questions" keepMounted={false}>
          <Tabs.List className={style.tabs}>
            {(['questions', 'texts', 'consents', 'then', 'share', 'answers'] as const).map((tab) => (
              <Tabs.Tab key={tab} value={tab}>
                {t(`forms.tabs.${tab}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="questions" className={style.panel}>
            <Questions questions={draft.questions} onChange={(questions) => set({ questions })} />
          </Tabs.Panel>
          <Tabs.Panel value="texts" className={style.panel}>
            <Texts draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="consents" className={style.panel}>
            <Consents draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="then" className={style.panel}>
            <Then draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="share" className={style.panel}>
            <Share at="/f/" draft={draft} set={set} />
          </Tabs.Panel>
          <Tabs.Panel value="answers" className={style.panel}>
            <Answers id={form.id} />
          </Tabs.Panel>
        </Tabs>
        <Preview draft={draft} />
      </div>
    </div>
  );
}

function Preview({ draft }: { draft: FormDraft }) {
  const { t, i18n } = useTranslation();
  const [language, setLanguage] = useState(i18n.language);
  const [width, setWidth] = useState<'wide' | 'phone'>('wide');
  const preview = usePreview(useDeferredValue(draft), language);
  return (
    <section className={style.preview} aria-label={t('forms.preview')}>
      <div className={style.previewHead}>
        <SegmentedControl
          size="xs"
          aria-label={t('forms.language')}
          data={languages.map(({ value }) => ({ value, label: value.toUpperCase() }))}
          value={language}
          onChange={setLanguage}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('forms.width')}
          data={[
            { value: 'wide', label: t('forms.wide') },
            { value: 'phone', label: t('forms.phone') },
          ]}
          value={width}
          onChange={(value) => setWidth(value as typeof width)}
        />
      </div>
      <iframe
        className={style.frame}
        data-width={width}
        title={t('forms.preview')}
        // Nothing runs and nothing is sent in it.
        sandbox=""
        srcDoc={preview.data?.document ?? ''}
      />
    </section>
  );
}
