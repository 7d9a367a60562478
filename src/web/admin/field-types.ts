import type { Icon } from '@tabler/icons-react';
import IconAbc from '@tabler/icons-react/dist/esm/icons/IconAbc.mjs';
import IconAlignLeft from '@tabler/icons-react/dist/esm/icons/IconAlignLeft.mjs';
import IconAt from '@tabler/icons-react/dist/esm/icons/IconAt.mjs';
import IconBraces from '@tabler/icons-react/dist/esm/icons/IconBraces.mjs';
import IconCalendar from '@tabler/icons-react/dist/esm/icons/IconCalendar.mjs';
import IconCalendarTime from '@tabler/icons-react/dist/esm/icons/IconCalendarTime.mjs';
import IconCalendarWeek from '@tabler/icons-react/dist/esm/icons/IconCalendarWeek.mjs';
import IconChecks from '@tabler/icons-react/dist/esm/icons/IconChecks.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconCoin from '@tabler/icons-react/dist/esm/icons/IconCoin.mjs';
import IconDecimal from '@tabler/icons-react/dist/esm/icons/IconDecimal.mjs';
import IconHash from '@tabler/icons-react/dist/esm/icons/IconHash.mjs';
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs';
import IconList from '@tabler/icons-react/dist/esm/icons/IconList.mjs';
import IconListCheck from '@tabler/icons-react/dist/esm/icons/IconListCheck.mjs';
import IconMap from '@tabler/icons-react/dist/esm/icons/IconMap.mjs';
import IconMapPin from '@tabler/icons-react/dist/esm/icons/IconMapPin.mjs';
import IconMath from '@tabler/icons-react/dist/esm/icons/IconMathFunction.mjs';
import IconNumber from '@tabler/icons-react/dist/esm/icons/IconNumber.mjs';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconPercentage from '@tabler/icons-react/dist/esm/icons/IconPercentage.mjs';
import IconPhone from '@tabler/icons-react/dist/esm/icons/IconPhone.mjs';
import IconRepeat from '@tabler/icons-react/dist/esm/icons/IconRepeat.mjs';
import IconStar from '@tabler/icons-react/dist/esm/icons/IconStar.mjs';
import IconSum from '@tabler/icons-react/dist/esm/icons/IconSum.mjs';
import IconTags from '@tabler/icons-react/dist/esm/icons/IconTags.mjs';
import IconToggleRight from '@tabler/icons-react/dist/esm/icons/IconToggleRight.mjs';
import IconTypography from '@tabler/icons-react/dist/esm/icons/IconTypography.mjs';
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs';
import IconWorld from '@tabler/icons-react/dist/esm/icons/IconWorld.mjs';

/** What somebody who makes a field has to know of its type. */
export interface FieldKind {
  readonly name: string;
  readonly group: 'text' | 'number' | 'choice' | 'date' | 'link' | 'place' | 'computed';
  readonly icon: Icon;
  /** Nobody writes it: neither required nor a default. */
  readonly computed?: true;
  readonly unique?: true;
  /** Can be found by search. */
  readonly searchable?: true;
  /** May have a default value that its own editor takes. */
  readonly initial?: true;
  readonly indexable?: true;
}

export const fieldKinds: readonly FieldKind[] = [
  { name: 'text', group: 'text', icon: IconAbc, unique: true, searchable: true, initial: true, indexable: true },
  { name: 'longText', group: 'text', icon: IconAlignLeft, searchable: true, initial: true },
  { name: 'richText', group: 'text', icon: IconTypography, searchable: true },
  { name: 'email', group: 'text', icon: IconAt, unique: true, searchable: true, indexable: true },
  { name: 'phone', group: 'text', icon: IconPhone, searchable: true, indexable: true },
  { name: 'url', group: 'text', icon: IconWorld, searchable: true, initial: true, indexable: true },
  { name: 'integer', group: 'number', icon: IconNumber, unique: true, initial: true, indexable: true },
  { name: 'decimal', group: 'number', icon: IconDecimal, initial: true, indexable: true },
  { name: 'percent', group: 'number', icon: IconPercentage, initial: true, indexable: true },
  { name: 'money', group: 'number', icon: IconCoin, initial: true, indexable: true },
  { name: 'rating', group: 'number', icon: IconStar, initial: true, indexable: true },
  { name: 'duration', group: 'number', icon: IconClock, initial: true, indexable: true },
  { name: 'select', group: 'choice', icon: IconList, initial: true, indexable: true },
  { name: 'multiSelect', group: 'choice', icon: IconChecks, initial: true, indexable: true },
  { name: 'checklist', group: 'choice', icon: IconListCheck },
  { name: 'boolean', group: 'choice', icon: IconToggleRight, initial: true, indexable: true },
  { name: 'tags', group: 'choice', icon: IconTags, searchable: true, indexable: true },
  { name: 'date', group: 'date', icon: IconCalendar, initial: true, indexable: true },
  { name: 'datetime', group: 'date', icon: IconCalendarTime, initial: true, indexable: true },
  { name: 'weeklyHours', group: 'date', icon: IconCalendarWeek, initial: true },
  { name: 'recurrence', group: 'date', icon: IconRepeat },
  { name: 'reference', group: 'link', icon: IconLink, indexable: true },
  { name: 'references', group: 'link', icon: IconLink },
  { name: 'user', group: 'link', icon: IconUser, indexable: true },
  { name: 'file', group: 'link', icon: IconPaperclip },
  { name: 'address', group: 'place', icon: IconMap, searchable: true },
  { name: 'geo', group: 'place', icon: IconMapPin },
  { name: 'formula', group: 'computed', icon: IconMath, computed: true, indexable: true },
  { name: 'rollup', group: 'computed', icon: IconSum, computed: true, indexable: true },
  { name: 'autoNumber', group: 'computed', icon: IconHash, computed: true, searchable: true, indexable: true },
  { name: 'json', group: 'computed', icon: IconBraces },
];

export const kindGroups = ['text', 'number', 'choice', 'date', 'link', 'place', 'computed'] as const;

export function kindOf(type: string): FieldKind {
  return fieldKinds.find(({ name }) => name === type) ?? { name: type, group: 'computed', icon: IconBraces };
}
