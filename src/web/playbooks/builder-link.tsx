import { Button } from '@mantine/core';
import IconListNumbers from '@tabler/icons-react/dist/esm/icons/IconListNumbers.mjs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Definition, RecordShape } from '../api/types.ts';

/** The way from a playbook's page to where its tasks are arranged; nothing on other pages. */
export function BuilderLink({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t } = useTranslation();
  return definition.name === 'playbook' && definition.can.update && !record.deletedAt ? (
    <Button
      variant="default"
      leftSection={<IconListNumbers size={14} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/playbooks/$id" params={{ id: record.id }} />}
    >
      {t('record.build')}
    </Button>
  ) : null;
}
