import { useTranslation } from 'react-i18next';
import { frameOrigin } from '#kernel/object/frame-address.ts';
import type { LayoutTab, Panel } from '#kernel/object/layout.ts';
import { useDefinitions } from '../api/definitions.ts';
import { type Words, wordIn } from './api.ts';

/** What panels and tabs are called: by the administrator, else by what they show. */
export function useLayoutNames() {
  const { t, i18n } = useTranslation();
  const definitions = useDefinitions();
  const own = (label: Panel['label']) => wordIn((label ?? {}) as Words, i18n.language);
  return {
    panelName(panel: Panel): string {
      if (own(panel.label)) return own(panel.label);
      if (panel.type === 'related') return definitions.get(panel.object)?.label.many ?? panel.object;
      if (panel.type === 'chart')
        return t('admin.layout.chartOf', { list: definitions.get(panel.object)?.label.many ?? panel.object });
      if (panel.type === 'frame' && frameOrigin(panel.address)) return new URL(frameOrigin(panel.address)!).host;
      return t(`admin.layout.panel.${panel.type}`);
    },
    tabName: ({ label, name }: LayoutTab): string =>
      own(label) || (['overview', 'activity'].includes(name) ? t(`admin.layout.tab.${name}`) : name),
  };
}
