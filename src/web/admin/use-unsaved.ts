import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { confirm } from './parts.tsx';

/** Whoever leaves an editor with something unsaved in it is asked first. */
export function useUnsaved(isChanged: boolean): void {
  const { t } = useTranslation();
  useBlocker({
    shouldBlockFn: async () =>
      isChanged &&
      !(await confirm({
        title: t('admin.unsaved.title'),
        text: t('admin.unsaved.text'),
        action: t('admin.unsaved.leave'),
        danger: true,
      })),
    enableBeforeUnload: isChanged,
  });
}
