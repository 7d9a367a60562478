import { Anchor, PasswordInput, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailbox } from '#server/answers.ts';
import { Refusal, useAct } from '../admin/parts.tsx';
import { get, patch, post, request } from '../api/client.ts';
import { isProblem } from '../api/problem.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import style from './fax.module.css';
import { faxPresets } from './presets.ts';

const sending: ReadonlySet<string> = new Set(['address', 'numberForm', 'subject', 'firstLine']);
const receiving: ReadonlySet<string> = new Set([
  ...['senders', 'numberIn', 'numberAfter', 'header', 'delivered', 'failed'],
]);

/** How a gateway is written to, and how its faxes are known. */
export function GatewayDialog({
  definition,
  gateway,
  hasSecret,
  onClose,
}: {
  definition: Definition;
  gateway: RecordShape | null;
  hasSecret: boolean;
  onClose(done: true | null): void;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(
      definition.fields.map(({ name, options }) => [name, gateway ? gateway[name] : (options?.default ?? null)]),
    ),
  );
  // What was made when the secret was refused is not made again.
  const [kept, setKept] = useState(gateway);
  const [secret, setSecret] = useState('');
  const [source, setSource] = useState<string | null>(null);
  const { busy, problem, error, act } = useAct();
  const fields = definition.fields.filter(({ name }) => name !== 'header' || values.numberIn === 'header');
  const isSecretive = ['subject', 'firstLine'].some((name) => String(values[name] ?? '').includes('{secret}'));
  const mailboxes = useQuery({
    queryKey: ['mailboxes'],
    queryFn: ({ signal }) => get<{ items: Mailbox[] }>('/mailboxes', undefined, signal),
  });
  const choose = (name: string | null) => {
    const preset = faxPresets.find((one) => one.name === name);
    setSource(preset?.source ?? null);
    if (preset) setValues((before) => ({ ...before, name: before.name || preset.name, ...preset.values }));
  };
  const save = () =>
    act(async () => {
      const shown = Object.fromEntries(fields.map(({ name }) => [name, values[name] ?? null]));
      const now = kept
        ? await patch<RecordShape>(`/records/faxGateway/${kept.id}`, { ...shown, version: kept.version })
        : await post<RecordShape>('/records/faxGateway', shown);
      setKept(now);
      if (secret || (hasSecret && !isSecretive))
        await request('PUT', `/fax/gateways/${now.id}/secret`, { body: { secret: secret || null } });
      onClose(true);
    });
  const inputs = (isWanted: (name: string) => boolean) =>
    fields
      .filter(({ name }) => isWanted(name))
      .map((field) => {
        const set = (value: unknown) => setValues((before) => ({ ...before, [field.name]: value }));
        const wrong = isProblem(error) ? error.of(field.name) : undefined;
        const value = values[field.name];
        return field.name === 'mailbox' ? (
          <Select
            key={field.name}
            label={field.label}
            description={field.help ?? undefined}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            required
            allowDeselect={false}
            error={wrong}
            value={(value as string | null) ?? null}
            onChange={set}
            data={(mailboxes.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        ) : (
          <LabelledField key={field.name} field={field} value={value} error={wrong} onChange={set} />
        );
      });
  return (
    <FormDialog
      title={gateway ? String(gateway.name) : t('fax.addGateway')}
      submit={t('common.save')}
      busy={busy}
      onSubmit={() => void save()}
      onClose={() => onClose(null)}
    >
      {gateway ? null : (
        <Select
          label={t('fax.preset')}
          description={
            source ? (
              <>
                {t('fax.presetFrom')}{' '}
                <Anchor href={source} target="_blank" rel="noopener noreferrer" inherit>
                  {new URL(source).hostname}
                </Anchor>
              </>
            ) : (
              t('fax.presetHelp')
            )
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          clearable
          onChange={choose}
          data={faxPresets.map(({ name }) => name)}
        />
      )}
      {inputs((name) => !sending.has(name) && !receiving.has(name))}
      <fieldset className={style.part}>
        <legend>{t('fax.sending')}</legend>
        {inputs((name) => sending.has(name))}
        {isSecretive ? (
          <PasswordInput
            label={t('fax.secret')}
            description={t(hasSecret ? 'fax.secretKept' : 'fax.secretHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            maxLength={200}
            autoComplete="off"
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        ) : null}
      </fieldset>
      <fieldset className={style.part}>
        <legend>{t('fax.receiving')}</legend>
        {inputs((name) => receiving.has(name))}
      </fieldset>
      <Refusal>{problem}</Refusal>
    </FormDialog>
  );
}
