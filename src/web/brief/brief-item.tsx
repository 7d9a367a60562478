import { Menu } from '@mantine/core';
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { briefObjects } from './brief-objects.ts';

/** The way from a record's page to all of it on one page; nothing for records of which there is none. */
export function BriefItem({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return briefObjects.has(object) ? (
    <Menu.Item
      leftSection={<IconFileText size={15} />}
      onClick={() => void navigate({ to: '/o/$object/$id/brief', params: { object, id } })}
    >
      {t('brief.open')}
    </Menu.Item>
  ) : null;
}
