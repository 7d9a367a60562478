import { Button } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconPrinter from '@tabler/icons-react/dist/esm/icons/IconPrinter.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import admin from '../admin/admin.module.css';
import { DataTable, Heading, Mark, Pending, Section } from '../admin/parts.tsx';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient, readPage } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { removeRecord, undoChange } from '../api/writes.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { EmptyState } from '../ui/state.tsx';
import { showProblem, showUndo } from '../ui/toast.tsx';
import { secretsQuery } from './fax-queries.ts';
import { GatewayDialog } from './gateway-dialog.tsx';

const refresh = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: ['fax'] }),
    queryClient.invalidateQueries({ queryKey: ['records', 'faxGateway'] }),
  ]);

/** The services through which the company sends and gets faxes. */
export function GatewaysScreen() {
  const { t } = useTranslation();
  const definition = useDefinitions().get('faxGateway');
  const secrets = useQuery(secretsQuery);
  const gateways = useQuery({
    queryKey: ['records', 'faxGateway', 'settings'],
    queryFn: async ({ signal }) =>
      (await readPage('faxGateway', { sort: ['name'], limit: 100, expand: ['mailbox'] }, signal))
        .items as readonly RecordShape[],
  });
  if (!definition) return null;
  const edit = async (gateway: RecordShape | null) => {
    const hasSecret = gateway !== null && (secrets.data?.items.includes(gateway.id) ?? false);
    await openDialog<true>((done) => (
      <GatewayDialog definition={definition} gateway={gateway} hasSecret={hasSecret} onClose={done} />
    ));
    await refresh();
  };
  const add = (
    <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => void edit(null)}>
      {t('fax.addGateway')}
    </Button>
  );
  const items = gateways.data;
  return (
    <>
      <Heading title={t('admin.place.fax.title')} text={t('admin.place.fax.text')}>
        {add}
      </Heading>
      {!items ? (
        <Pending query={gateways} />
      ) : items.length === 0 ? (
        <EmptyState icon={<IconPrinter size={22} />} title={t('fax.none')} text={t('fax.noneText')} />
      ) : (
        <Section title={definition.label.many}>
          <DataTable
            label={definition.label.many}
            columns={[...['name', 'number', 'address', 'mailbox'].map((name) => labelOf(definition, name)), '']}
            empty={t('fax.none')}
            query={gateways}
            rows={items.map((one) => ({
              key: one.id,
              cells: [
                <button key="name" type="button" className={admin.link} onClick={() => void edit(one)}>
                  {String(one.name)}
                </button>,
                String(one.number),
                <span key="address" className={admin.mono}>
                  {String(one.address)}{' '}
                  {secrets.data?.items.includes(one.id) ? <Mark tone="quiet">{t('fax.hasSecret')}</Mark> : null}
                </span>,
                (one.expanded?.mailbox as { title?: string } | undefined)?.title ?? '',
                <div className={admin.rowActions} key="actions">
                  <Button variant="subtle" color="red" size="compact-sm" onClick={() => void remove(definition, one)}>
                    {t('common.remove')}
                  </Button>
                </div>,
              ],
            }))}
          />
        </Section>
      )}
    </>
  );

  async function remove(of: Definition, { id, name }: RecordShape) {
    try {
      const changeSet = await removeRecord(of, id);
      showUndo(t('record.deleted', { title: String(name) }), async () => {
        const undone = await undoChange(of, changeSet);
        await refresh();
        return undone;
      });
      await refresh();
    } catch (error) {
      showProblem(error);
    }
  }
}

function labelOf({ fields }: Definition, name: string): string {
  return fields.find((field) => field.name === name)?.label ?? name;
}
