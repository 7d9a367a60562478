import IconFile from '@tabler/icons-react/dist/esm/icons/IconFile.mjs';
import IconFileText from '@tabler/icons-react/dist/esm/icons/IconFileText.mjs';
import IconPhoto from '@tabler/icons-react/dist/esm/icons/IconPhoto.mjs';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import style from './files.module.css';

/** Pictures up to this size are shown small as they are. */
const LARGEST_THUMBNAIL = 2 * 1024 ** 2;

/** What a file is, at a glance. */
export function FileGlyph({ file }: { file: FileLink }) {
  const { fileHref } = useFieldEnvironment();
  if (isPicture(file.type) && file.size <= LARGEST_THUMBNAIL)
    return <img className={style.glyph} src={fileHref(file.id, true)} alt="" loading="lazy" />;
  const Icon = isPicture(file.type) ? IconPhoto : file.type.startsWith('text/') ? IconFileText : IconFile;
  return (
    <span className={style.glyph}>
      <Icon size={16} stroke={1.6} aria-hidden />
    </span>
  );
}

/** Kinds that the server gives inline; an SVG may hold a program and is only downloaded. */
export function isPicture(type: string): boolean {
  return ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'].includes(type);
}
