import {
  Alert,
  Button,
  Checkbox,
  Drawer,
  Menu,
  Modal,
  Progress,
  Radio,
  SegmentedControl,
  Select,
  Switch,
  Tabs,
  TextInput,
  Tooltip,
} from '@mantine/core';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chip, Person } from '#kernel/fields/web/chip.tsx';
import { setPreferences, usePreferences } from '../preferences.ts';
import { Card } from '../ui/card.tsx';
import { FieldValue } from '../ui/field-value.tsx';
import { Keys } from '../ui/keys.tsx';
import { LabelledField } from '../ui/labelled-field.tsx';
import { ObjectIcon } from '../ui/object-icon.tsx';
import { SkeletonCard, SkeletonRows } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import style from './design.module.css';
import { fieldSamples } from './samples.ts';

const sizes = ['26', '20', '16', '14', '13', '12', '11'];
const colours = [
  ...['background', 'surface', 'raised', 'hover', 'pressed', 'border', 'border-strong'],
  ...['text', 'text-2', 'text-3', 'accent', 'accent-text', 'accent-soft', 'accent-line'],
  ...['danger', 'danger-soft', 'warning', 'warning-soft', 'good', 'good-soft', 'flash'],
];
const tones = ['gray', 'red', 'orange', 'yellow', 'lime', 'green', 'teal', 'cyan', 'blue', 'indigo', 'violet', 'pink'];
const icons = ['building', 'user-circle', 'target', 'checkbox', 'note', 'calendar', 'mail', 'phone', 'star', 'trash'];

/** The living page of the design language: tokens and composed components, in the theme and density of whoever looks. */
export function DesignPage() {
  const { t } = useTranslation();
  return (
    <div className={style.page}>
      <title>{`${t('design.title')} · Tendero`}</title>
      <div className={style.sheet}>
        <header>
          <h1>{t('design.title')}</h1>
          <p className={style.text}>{t('design.text')}</p>
        </header>
        <Tokens />
        <Buttons />
        <Choices />
        <Overlays />
        <States />
        <Fields />
      </div>
    </div>
  );
}

function Tokens() {
  const { t } = useTranslation();
  const { density } = usePreferences();
  return (
    <>
      <Section title={t('design.type')}>
        {sizes.map((size) => (
          <div key={size} className={style.type}>
            <code>{size}</code>
            <span style={{ fontSize: `var(--size-${size})`, fontWeight: Number(size) > 14 ? 600 : 400 }}>
              {t('design.sample')} · 1 234,50 €
            </span>
          </div>
        ))}
      </Section>
      <Section title={t('design.colours')}>
        <div className={style.swatches}>
          {colours.map((name) => (
            <figure key={name}>
              <span style={{ background: `var(--${name})` }} />
              <figcaption>{name}</figcaption>
            </figure>
          ))}
        </div>
      </Section>
      <Section title={t('design.tones')}>
        <div className={style.row}>
          {tones.map((tone) => (
            <Chip key={tone} tone={tone}>
              {tone}
            </Chip>
          ))}
        </div>
      </Section>
      <div className={style.columns}>
        <Section title={t('design.space')}>
          {[1, 2, 3, 4, 5, 6, 7].map((step) => (
            <div key={step} className={style.space}>
              <code>{step}</code>
              <span style={{ width: `var(--space-${step})` }} />
            </div>
          ))}
        </Section>
        <Section title={t('design.shape')}>
          <div className={style.shapes}>
            {['radius-s', 'radius', 'radius-l'].map((radius, index) => (
              <div key={radius} style={{ borderRadius: `var(--${radius})`, boxShadow: `var(--shadow-${index + 1})` }}>
                {radius}
              </div>
            ))}
          </div>
        </Section>
        <Section title={t('design.motion')}>
          <p className={style.text}>{t('design.motionText', { fast: '110 ms', slow: '190 ms' })}</p>
          <div className={style.motion}>
            <span data-pace="fast" />
            <span data-pace="slow" />
          </div>
        </Section>
        <Section title={t('design.density')}>
          <SegmentedControl
            size="xs"
            value={density}
            onChange={(next) => setPreferences({ density: next as typeof density })}
            data={(['comfortable', 'compact'] as const).map((value) => ({
              value,
              label: t(`user.densities.${value}`),
            }))}
          />
          <div className={style.density}>
            {icons.slice(0, 3).map((name) => (
              <div key={name}>
                <ObjectIcon name={name} /> {name}
              </div>
            ))}
          </div>
        </Section>
      </div>
      <Section title={t('design.icons')}>
        <div className={style.row}>
          {icons.map((name) => (
            <Tooltip key={name} label={name}>
              <span className={style.icon}>
                <ObjectIcon name={name} size={18} />
              </span>
            </Tooltip>
          ))}
        </div>
      </Section>
    </>
  );
}

function Buttons() {
  const { t } = useTranslation();
  return (
    <Section title={t('design.buttons')}>
      <div className={style.row}>
        <Button leftSection={<IconPlus size={15} />}>{t('design.primary')}</Button>
        <Button variant="default">{t('design.secondary')}</Button>
        <Button variant="subtle" color="gray">
          {t('design.quiet')}
        </Button>
        <Button color="red">{t('design.danger')}</Button>
        <Button disabled>{t('design.disabled')}</Button>
        <Button loading>{t('design.busy')}</Button>
      </div>
      <div className={style.row}>
        {['mod+k', 'mod+alt+enter', 'shift+arrowleft', '?'].map((keys) => (
          <Keys key={keys} keys={keys} />
        ))}
        <Person name="Jūratė Žemaitytė" />
      </div>
    </Section>
  );
}

function Choices() {
  const { t } = useTranslation();
  const option = (number: number) => t('design.option', { number });
  const [tab, setTab] = useState<string | null>('1');
  return (
    <Section title={t('design.controls')}>
      <div className={style.columns}>
        <div className={style.stack}>
          <TextInput label={option(1)} placeholder={t('field.search')} />
          <TextInput label={t('design.wrong')} defaultValue="jurate@" error={t('design.wrongText')} />
          <TextInput label={t('design.disabled')} defaultValue="Litera UAB" disabled />
          <Select label={option(2)} data={[1, 2, 3].map(option)} defaultValue={option(1)} />
        </div>
        <div className={style.stack}>
          <Checkbox label={option(1)} defaultChecked />
          <Checkbox label={option(2)} indeterminate />
          <Checkbox label={t('design.disabled')} disabled />
          <Radio.Group aria-label={t('design.controls')} defaultValue="1">
            <Radio value="1" label={option(1)} size="xs" mb={8} />
            <Radio value="2" label={option(2)} size="xs" />
          </Radio.Group>
          <Switch label={option(1)} defaultChecked />
          <Progress value={64} aria-label={t('design.busy')} />
        </div>
        <Tabs value={tab} onChange={setTab}>
          <Tabs.List>
            {[1, 2, 3].map((number) => (
              <Tabs.Tab key={number} value={String(number)}>
                {option(number)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="1" pt="sm">
            <Alert title={option(1)}>{t('design.text')}</Alert>
          </Tabs.Panel>
          <Tabs.Panel value="2" pt="sm">
            <Alert color="orange" title={option(2)} />
          </Tabs.Panel>
          <Tabs.Panel value="3" pt="sm">
            <Alert color="red" title={option(3)} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </Section>
  );
}

function Overlays() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'dialog' | 'drawer' | null>(null);
  const close = { onClose: () => setOpen(null), closeButtonProps: { 'aria-label': t('common.close') } };
  return (
    <Section title={t('design.overlays')}>
      <div className={style.row}>
        <Menu>
          <Menu.Target>
            <Button variant="default">{t('design.openMenu')}</Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('design.controls')}</Menu.Label>
            <Menu.Item>{t('common.save')}</Menu.Item>
            <Menu.Item color="red">{t('common.remove')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" onClick={() => setOpen('dialog')}>
          {t('design.openDialog')}
        </Button>
        <Button variant="default" onClick={() => setOpen('drawer')}>
          {t('design.openDrawer')}
        </Button>
        <Button variant="default" onClick={() => showToast(t('design.done'))}>
          {t('design.showToast')}
        </Button>
        <Button variant="default" onClick={() => showUndo(t('design.done'), async () => {})}>
          {t('design.showUndo')}
        </Button>
        <Button variant="default" onClick={() => showProblem(null)}>
          {t('design.showProblem')}
        </Button>
      </div>
      <Modal opened={open === 'dialog'} title={t('design.openDialog')} {...close}>
        <p className={style.text}>{t('design.text')}</p>
      </Modal>
      <Drawer opened={open === 'drawer'} position="right" title={t('design.openDrawer')} {...close}>
        <p className={style.text}>{t('design.text')}</p>
      </Drawer>
    </Section>
  );
}

function States() {
  const { t } = useTranslation();
  return (
    <Section title={t('design.states')}>
      <div className={style.columns}>
        <Card title={t('notifications.title')} icon={<ObjectIcon name="bell" />} count={0}>
          <EmptyState icon={<IconInbox size={22} />} title={t('notifications.none')} text={t('notifications.noneText')}>
            <Button variant="default">{t('shell.create')}</Button>
          </EmptyState>
        </Card>
        <Card title={t('problem.title')}>
          <ErrorState error={null} onRetry={() => {}} />
        </Card>
        <div className={style.stack}>
          <SkeletonCard />
          <SkeletonRows rows={4} />
        </div>
      </div>
    </Section>
  );
}

function Fields() {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, unknown>>(() =>
    Object.fromEntries(fieldSamples.map(({ field, value }) => [field.name, value])),
  );
  return (
    <Section title={t('design.fields')}>
      <p className={style.text}>{t('design.fieldsText')}</p>
      <div className={style.fields}>
        {fieldSamples.map(({ field }) => (
          <div key={field.name} className={style.field}>
            <div className={style.shown}>
              <FieldValue field={field} record={{ id: '', version: 1, ...values }} />
            </div>
            <LabelledField
              field={field}
              value={values[field.name]}
              onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
            />
          </div>
        ))}
      </div>
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={style.section}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
