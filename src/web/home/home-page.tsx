import { ActionIcon, Button, Checkbox, Menu, Select } from '@mantine/core';
import IconAdjustments from '@tabler/icons-react/dist/esm/icons/IconAdjustmentsHorizontal.mjs';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { sessionQuery } from '../api/queries.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { FavouritesCard, RecentCard } from './bookmark-cards.tsx';
import { DayCard } from './day-card.tsx';
import { ClosingCard, StepsCard } from './deal-cards.tsx';
import { FirstSteps } from './first-steps.tsx';
import { greetingAt } from './greeting.ts';
import style from './home.module.css';

const cards = { day: DayCard, steps: StepsCard, recent: RecentCard, closing: ClosingCard, favourites: FavouritesCard };
type CardName = keyof typeof cards;
/** Which object's records a card tells of: without the right to see them it is not offered. */
const about: Partial<Record<CardName, string>> = { day: 'task', steps: 'opportunity', closing: 'opportunity' };

/** What the day brings, and the way back to what one was doing. Which cards, and whether this page opens first, is the person's choice. */
export function HomePage() {
  const { t } = useTranslation();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const definitions = useDefinitions();
  const { homeCards, home } = usePreferences();
  const offered = (Object.keys(cards) as CardName[]).filter((name) => !about[name] || definitions.get(about[name]));
  const shown = homeCards.length > 0 ? offered.filter((name) => homeCards.includes(name)) : offered;
  const first = session?.user.name.split(' ')[0] ?? '';
  const toggle = (name: CardName) =>
    setPreferences({
      homeCards: shown.includes(name) ? shown.filter((one) => one !== name) : [...shown, name],
    });
  const places = definitions.list
    .filter((one) => !one.detailOf && one.name !== 'user')
    .map((one) => ({ value: `/o/${one.name}`, label: one.label.many }));
  const isOther = home !== '' && !places.some(({ value }) => value === home);
  return (
    <div className={style.page}>
      <title>{`${t('home.title')} · Tendero`}</title>
      <header className={style.head}>
        <h1>{t(`home.greeting.${greetingAt(session?.user.timeZone ?? 'UTC')}`, { name: first })}</h1>
        <Menu width={260} closeOnItemClick={false}>
          <Menu.Target>
            <ActionIcon aria-label={t('home.customise')}>
              <IconAdjustments size={17} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('home.customise')}</Menu.Label>
            {offered.map((name) => (
              <Menu.Item
                key={name}
                role="menuitemcheckbox"
                aria-checked={shown.includes(name)}
                disabled={shown.length === 1 && shown.includes(name)}
                leftSection={
                  <Checkbox component="span" tabIndex={-1} checked={shown.includes(name)} readOnly aria-hidden />
                }
                onClick={() => toggle(name)}
              >
                {t(`home.cards.${name}`)}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <div className={style.choice}>
              <Select
                size="xs"
                label={t('home.asHome')}
                allowDeselect={false}
                comboboxProps={{ withinPortal: false }}
                data={[
                  { value: '', label: t('home.thisPage') },
                  ...(isOther ? [{ value: home, label: home }] : []),
                  ...places,
                ]}
                value={home}
                onChange={(next) => setPreferences({ home: next ?? '' })}
              />
            </div>
          </Menu.Dropdown>
        </Menu>
      </header>
      <FirstSteps />
      <div className={style.cards}>
        {[0, 1].map((column) => (
          <div key={column} className={style.column}>
            {shown
              .filter((_, index) => index % 2 === column)
              .map((name) => {
                const Shown = cards[name];
                return <Shown key={name} />;
              })}
          </div>
        ))}
      </div>
      {homeCards.length > 0 && homeCards.length < offered.length ? (
        <Button
          variant="subtle"
          color="gray"
          c="dimmed"
          size="compact-sm"
          onClick={() => setPreferences({ homeCards: [] })}
        >
          {t('home.seeAll')}
        </Button>
      ) : null}
    </div>
  );
}
