import { Button, Group, Modal, MultiSelect, Stack, Switch, TextInput } from '@mantine/core';
import IconChevronLeft from '@tabler/icons-react/dist/esm/icons/IconChevronLeft.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { del, patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { isProblem } from '../api/problem.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import style from './admin.module.css';
import { refreshList, useAdminList } from './api.ts';
import { confirm, DataTable, Heading, Mark, Refusal, Section, ShownOnce, useAct } from './parts.tsx';
import { PlaceLink } from './place-link.tsx';

interface Webhook {
  id: string;
  url: string;
  description: string;
  objects: string[];
  operations: string[];
  active: boolean;
  note: string | null;
  secret?: string;
}

interface Delivery {
  id: string;
  type: string;
  state: 'waiting' | 'delivered' | 'failed' | 'skipped';
  attempts: number;
  status: number | null;
  error: string | null;
  response: string | null;
  createdAt: string;
}

const operations = ['created', 'updated', 'deleted', 'restored', 'merged', 'purged'] as const;

/** Addresses that hear of changes, and what was sent to each. */
export function WebhooksScreen({ rest: [id] }: { rest: readonly string[] }) {
  const { t } = useTranslation();
  const hooks = useAdminList<{ items: Webhook[] }>('/webhooks');
  const { data } = hooks;
  const definitions = useDefinitions();
  const hook = data?.items.find((one) => one.id === id);
  if (id) return hook ? <Deliveries hook={hook} /> : null;
  const edit = (start: Webhook | null) =>
    void openDialog((done) => (
      <WebhookDialog
        start={start}
        onDone={() => {
          done(true);
          void refreshList('/webhooks');
        }}
      />
    ));
  const remove = async (webhook: Webhook) => {
    const sure = await confirm({
      title: t('admin.webhooks.removeTitle'),
      text: t('admin.webhooks.removeText', { url: webhook.url }),
      action: t('common.remove'),
      danger: true,
    });
    if (sure) await del(`/webhooks/${webhook.id}`).then(() => refreshList('/webhooks'), showProblem);
  };
  return (
    <>
      <Heading title={t('admin.place.webhooks.title')} text={t('admin.place.webhooks.text')}>
        <Button leftSection={<IconPlus size={14} />} onClick={() => edit(null)}>
          {t('admin.webhooks.add')}
        </Button>
      </Heading>
      <Section title={t('admin.place.webhooks.title')}>
        <DataTable
          label={t('admin.place.webhooks.title')}
          columns={[t('admin.webhooks.url'), t('admin.webhooks.objects'), t('admin.webhooks.state'), '']}
          empty={t('admin.webhooks.none')}
          query={hooks}
          rows={data?.items.map((one) => ({
            key: one.id,
            muted: !one.active,
            cells: [
              <span key="url">
                <button type="button" className={style.link} onClick={() => edit(one)}>
                  {one.url}
                </button>
                {one.description ? (
                  <>
                    <br />
                    <span className={style.quiet}>{one.description}</span>
                  </>
                ) : null}
              </span>,
              one.objects.length === 0
                ? t('admin.webhooks.allObjects')
                : one.objects.map((name) => definitions.get(name)?.label.many ?? name).join(', '),
              one.note ? (
                <Mark key="mark" tone="danger">
                  {t('admin.webhooks.stopped')}
                </Mark>
              ) : one.active ? (
                <Mark key="mark" tone="good">
                  {t('admin.webhooks.on')}
                </Mark>
              ) : (
                <Mark key="mark" tone="quiet">
                  {t('admin.webhooks.off')}
                </Mark>
              ),
              <div className={style.rowActions} key="actions">
                <PlaceLink to={`webhooks/${one.id}`} className={style.link}>
                  {t('admin.webhooks.log')}
                </PlaceLink>
                <Button variant="subtle" color="red" size="compact-sm" onClick={() => void remove(one)}>
                  {t('common.remove')}
                </Button>
              </div>,
            ],
          }))}
        />
      </Section>
    </>
  );
}

function WebhookDialog({ start, onDone }: { start: Webhook | null; onDone(): void }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const [values, setValues] = useState({
    url: start?.url ?? 'https://',
    description: start?.description ?? '',
    objects: start?.objects ?? [],
    operations: start?.operations ?? [],
    active: start?.active ?? true,
  });
  const [secret, setSecret] = useState<string | null>(null);
  const { busy, problem, error, act } = useAct();
  const of = (field: string) => (isProblem(error) ? error.of(field) : undefined);
  const renewSecret = async ({ id, url }: Webhook) => {
    const sure = await confirm({
      title: t('admin.webhooks.newSecretTitle'),
      text: t('admin.webhooks.newSecretText', { url }),
      action: t('admin.webhooks.newSecret'),
      danger: true,
    });
    if (sure)
      await act(async () => setSecret((await patch<Webhook>(`/webhooks/${id}`, { newSecret: true })).secret ?? ''));
  };
  return (
    <Modal
      opened
      onClose={onDone}
      closeOnClickOutside={secret === null}
      title={start ? t('admin.webhooks.change') : t('admin.webhooks.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {secret ? (
        <ShownOnce
          text={t('admin.webhooks.secretText')}
          label={t('admin.webhooks.secret')}
          value={secret}
          onDone={onDone}
        />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void act(async () => {
              if (start) {
                await patch(`/webhooks/${start.id}`, values);
                showToast(t('admin.saved'));
                onDone();
              } else setSecret((await post<Webhook>('/webhooks', values)).secret ?? '');
            });
          }}
        >
          <Stack gap="sm">
            <TextInput
              data-autofocus
              required
              type="url"
              label={t('admin.webhooks.url')}
              value={values.url}
              error={of('url')}
              onChange={(event) => setValues({ ...values, url: event.currentTarget.value })}
            />
            <TextInput
              label={t('admin.webhooks.description')}
              maxLength={500}
              value={values.description}
              onChange={(event) => setValues({ ...values, description: event.currentTarget.value })}
            />
            <MultiSelect
              label={t('admin.webhooks.objects')}
              placeholder={values.objects.length === 0 ? t('admin.webhooks.allObjects') : undefined}
              searchable
              data={definitions.list.map(({ name, label }) => ({ value: name, label: label.many }))}
              value={values.objects}
              onChange={(objects) => setValues({ ...values, objects })}
            />
            <MultiSelect
              label={t('admin.webhooks.operations')}
              placeholder={values.operations.length === 0 ? t('admin.webhooks.allOperations') : undefined}
              data={operations.map((value) => ({ value, label: t(`admin.webhooks.operation.${value}`) }))}
              value={values.operations}
              onChange={(next) => setValues({ ...values, operations: next })}
            />
            <Switch
              label={t('admin.webhooks.active')}
              checked={values.active}
              onChange={(event) => setValues({ ...values, active: event.currentTarget.checked })}
            />
            {start?.note ? <Refusal>{start.note}</Refusal> : null}
            <Refusal>{problem}</Refusal>
          </Stack>
          <Group justify="flex-end" mt="md" gap="xs">
            {start ? (
              <Button variant="subtle" color="gray" loading={busy} onClick={() => void renewSecret(start)}>
                {t('admin.webhooks.newSecret')}
              </Button>
            ) : null}
            <Button variant="default" onClick={onDone}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy}>
              {start ? t('common.save') : t('admin.webhooks.add')}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

function Deliveries({ hook }: { hook: Webhook }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const path = `/webhooks/${hook.id}/deliveries`;
  const deliveries = useAdminList<{ items: Delivery[] }>(path, { refetchInterval: 4000 });
  const { data } = deliveries;
  const replay = (delivery: Delivery) =>
    post(`${path}/${delivery.id}/replay`)
      .then(() => showToast(t('admin.webhooks.replayed')))
      .then(() => refreshList(path))
      .catch(showProblem);
  const tones = { delivered: 'good', failed: 'danger', waiting: 'warning', skipped: 'quiet' } as const;
  return (
    <>
      <PlaceLink to="webhooks" className={style.crumb}>
        <IconChevronLeft size={14} aria-hidden />
        {t('admin.place.webhooks.title')}
      </PlaceLink>
      <Heading title={t('admin.webhooks.log')} text={hook.url} />
      <Section title={t('admin.webhooks.deliveries')}>
        <DataTable
          label={t('admin.webhooks.deliveries')}
          columns={[
            t('admin.webhooks.when'),
            t('admin.webhooks.what'),
            t('admin.webhooks.state'),
            t('admin.webhooks.answer'),
            '',
          ]}
          empty={t('admin.webhooks.nothingSent')}
          query={deliveries}
          rows={data?.items.map((delivery) => ({
            key: delivery.id,
            cells: [
              formatDateTime(delivery.createdAt, language, timeZone),
              <span key="type" className={style.mono}>
                {delivery.type}
              </span>,
              <Mark key="state" tone={tones[delivery.state]}>
                {t(`admin.webhooks.deliveryState.${delivery.state}`)}
              </Mark>,
              <span key="answer" title={delivery.response ?? undefined}>
                {delivery.status ?? ''} {delivery.error ?? ''}
                {delivery.attempts > 1 ? (
                  <span className={style.quiet}> · {t('admin.webhooks.attempts', { count: delivery.attempts })}</span>
                ) : null}
              </span>,
              <div className={style.rowActions} key="actions">
                <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void replay(delivery)}>
                  {t('admin.webhooks.replay')}
                </Button>
              </div>,
            ],
          }))}
        />
      </Section>
    </>
  );
}
