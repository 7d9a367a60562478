import { useState } from 'react';
import style from '../web/field.module.css';
import type { DisplayProps, EditorProps } from '../web/field-web.ts';
import { TextLine } from '../web/text-line.tsx';

interface GeoValue {
  latitude: number;
  longitude: number;
}

export function Display({ value }: DisplayProps<GeoValue>) {
  const { latitude, longitude } = value;
  return (
    <a
      className={`${style.link} tabular`}
      href={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}&zoom=15`}
      target="_blank"
      rel="noopener noreferrer"
    >
      {latitude.toFixed(5)}, {longitude.toFixed(5)}
    </a>
  );
}

export function Editor({
  value,
  onChange,
  field: _field,
  record: _record,
  onDone: _onDone,
  ...props
}: EditorProps<GeoValue>) {
  const [typed, setTyped] = useState(value ? `${value.latitude}, ${value.longitude}` : null);
  return (
    <TextLine
      {...props}
      inputMode="text"
      placeholder="54.68720, 25.27970"
      value={typed}
      onChange={(text) => {
        setTyped(text);
        const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text ?? '');
        onChange(match ? { latitude: Number(match[1]), longitude: Number(match[2]) } : null);
      }}
    />
  );
}
