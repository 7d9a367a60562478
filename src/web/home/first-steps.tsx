import { Button } from '@mantine/core';
import IconBuildingStore from '@tabler/icons-react/dist/esm/icons/IconBuildingStore.mjs';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isInMenu, useDefinitions } from '../api/definitions.ts';
import { listQuery } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { EmptyState } from '../ui/state.tsx';
import style from './home.module.css';

/** In a house without customers: how to bring them in. Nothing once there is one. */
export function FirstSteps() {
  const first = useDefinitions().list.find(isInMenu);
  return first ? <StepsOf definition={first} /> : null;
}

function StepsOf({ definition }: { definition: Definition }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { data } = useInfiniteQuery(listQuery(definition.name, { fields: [definition.title], limit: 1 }));
  if (!data || data.pages[0]!.items.length > 0) return null;
  return (
    <div className={style.first}>
      <EmptyState
        icon={<IconBuildingStore size={22} />}
        title={t('list.none', { objects: definition.label.many.toLocaleLowerCase() })}
        text={t('list.noneText')}
      >
        {definition.can.create ? (
          <Button onClick={() => void openQuickCreate({ object: definition.name })}>
            {t('list.new', { object: definition.label.one.toLocaleLowerCase() })}
          </Button>
        ) : null}
        {definition.can.import ? (
          <Button
            variant="default"
            onClick={() => void navigate({ to: '/import', search: { object: definition.name } })}
          >
            {t('import.start')}
          </Button>
        ) : null}
      </EmptyState>
    </div>
  );
}
