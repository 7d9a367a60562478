import { Button, Select, Switch } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useTranslation } from 'react-i18next';
import type { ConsentAsked } from '#modules/forms/design.ts';
import { WordsInput } from '../admin/parts.tsx';
import { useDefinitions } from '../api/definitions.ts';
import type { Part } from './form-parts.tsx';
import style from './forms.module.css';

export function Consents({ draft, set }: Part) {
  const { t } = useTranslation();
  const definition = useDefinitions().get('consent');
  const choices = (name: string) => {
    const field = definition?.fields.find((one) => one.name === name);
    return ((field?.options as { options?: { value: string; label: string }[] } | undefined)?.options ?? []).map(
      ({ value, label }) => ({ value, label }),
    );
  };
  const { consents } = draft;
  const change = (index: number, changes: Partial<ConsentAsked>) =>
    set({ consents: consents.map((one, at) => (at === index ? { ...one, ...changes } : one)) });
  return (
    <div className={style.stack}>
      <p className={style.hint}>{t('forms.consentsText')}</p>
      {consents.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a consent is known by its place only
        <fieldset key={index} className={style.consent}>
          <legend className="visually-hidden">{t('forms.consentNumber', { number: index + 1 })}</legend>
          <div className={style.pair}>
            <Select
              label={t('forms.purpose')}
              allowDeselect={false}
              data={choices('purpose')}
              value={one.purpose}
              onChange={(purpose) => purpose && change(index, { purpose })}
            />
            <Select
              label={t('forms.channel')}
              allowDeselect={false}
              data={choices('channel')}
              value={one.channel}
              onChange={(channel) => channel && change(index, { channel })}
            />
          </div>
          <WordsInput
            label={t('forms.consentWords')}
            multiline
            required
            value={one.text}
            onChange={(text) => change(index, { text })}
          />
          <div className={style.pairEnd}>
            <Switch
              label={t('forms.required')}
              checked={one.required === true}
              onChange={(event) => change(index, { required: event.currentTarget.checked })}
            />
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              onClick={() => set({ consents: consents.filter((_one, at) => at !== index) })}
            >
              {t('common.remove')}
            </Button>
          </div>
        </fieldset>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        style={{ justifySelf: 'start' }}
        onClick={() =>
          set({
            consents: [
              ...consents,
              { purpose: choices('purpose')[0]?.value ?? '', channel: choices('channel')[0]?.value ?? '', text: {} },
            ],
          })
        }
      >
        {t('forms.addConsent')}
      </Button>
      <Switch
        label={t('forms.doubleOptIn')}
        description={t('forms.doubleOptInText')}
        checked={draft.doubleOptIn}
        onChange={(event) => set({ doubleOptIn: event.currentTarget.checked })}
      />
    </div>
  );
}
