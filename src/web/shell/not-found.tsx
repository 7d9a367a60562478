import { Button } from '@mantine/core';
import IconMapOff from '@tabler/icons-react/dist/esm/icons/IconMapOff.mjs';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../ui/state.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={<IconMapOff size={22} />} title={t('notFound.title')} text={t('notFound.text')}>
      <Button variant="default" renderRoot={(props) => <Link {...props} to="/" />}>
        {t('notFound.home')}
      </Button>
    </EmptyState>
  );
}
