import { Menu } from '@mantine/core';
import IconEraser from '@tabler/icons-react/dist/esm/icons/IconEraser.mjs';
import IconFileDescription from '@tabler/icons-react/dist/esm/icons/IconFileDescription.mjs';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RetentionRules } from '#server/answers.ts';
import { get } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { openErase } from './open-erase.tsx';

/** What administrators do for somebody who asks what is held about them, or to be forgotten. */
export function PrivacyMenu({
  definition,
  record,
  title,
}: {
  definition: Definition;
  record: RecordShape;
  title: string;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const isAdministrator = session?.user.administrator === true;
  const { data } = useQuery({
    queryKey: ['admin', 'privacy', 'objects'],
    enabled: isAdministrator,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => get<RetentionRules>('/privacy/retention', undefined, signal),
  });
  if (!isAdministrator || !data?.objects.includes(definition.name)) return null;
  const erase = async () => {
    if (await openErase({ definition, record, title }))
      await navigate({ to: '/o/$object', params: { object: definition.name }, search: {} });
  };
  return (
    <>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconFileDescription size={15} />}
        onClick={() =>
          void navigate({ to: '/privacy/$object/$id', params: { object: definition.name, id: record.id } })
        }
      >
        {t('privacy.holdings')}
      </Menu.Item>
      <Menu.Item color="red" leftSection={<IconEraser size={15} />} onClick={() => void erase()}>
        {t('privacy.erase')}
      </Menu.Item>
    </>
  );
}
