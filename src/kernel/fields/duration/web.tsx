import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '../web/environment.tsx';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { formatDuration } from '../web/format.ts';
import { TextLine } from '../web/text-line.tsx';

export function Display({ value }: DisplayProps<number>) {
  const { language } = useFieldEnvironment();
  return <span className="tabular">{formatDuration(value, language)}</span>;
}

export function Editor({
  value,
  onChange,
  field: _field,
  record: _record,
  onDone: _onDone,
  ...props
}: EditorProps<number>) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value === null ? null : clock(value));
  return (
    <TextLine
      {...props}
      placeholder={t('field.durationHint')}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onChange(text === null ? null : seconds(text));
      }}
    />
  );
}

function clock(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)}${seconds % 60 ? `:${two(seconds % 60)}` : ''}`;
}

/** `1:30` and `1:30:15` are hours and minutes, `90` and `90m` minutes, `1.5h` hours. */
function seconds(text: string): number | null {
  const parts = text.trim().split(':').map(Number);
  if (parts.length > 1 && parts.every(Number.isFinite)) {
    return Math.round((parts[0] ?? 0) * 3600 + (parts[1] ?? 0) * 60 + (parts[2] ?? 0));
  }
  const match = /^([\d.,]+)\s*(h|m|min|s)?/i.exec(text.trim());
  const amount = Number(match?.[1]?.replace(',', '.'));
  if (!match || !Number.isFinite(amount)) return null;
  return Math.round(amount * ({ h: 3600, s: 1 }[match[2]?.toLowerCase() ?? ''] ?? 60));
}
