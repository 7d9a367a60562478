import type { TFunction } from 'i18next';
import { del, get, post } from '../api/client.ts';
import { showProblem, showUndo } from '../ui/toast.tsx';
import style from './admin.module.css';
import { type FieldSource, type Impact, type ObjectSource, refreshDefinitions } from './api.ts';
import { confirm } from './parts.tsx';

/** An object or a field that an administrator made, as the catalogue, REST and people call it. */
interface Removable {
  readonly kind: 'objects' | 'fields';
  readonly path: string;
  readonly name: string;
}

export function fieldOf(source: ObjectSource, field: FieldSource, name: string): Removable {
  return { kind: 'fields', path: `/objects/${source.name}/fields/${field.name}`, name };
}

/**
 * Says first what hangs on it; afterwards it can be brought back.
 * @param leave goes where it is not shown, before its screen would ask for what is gone
 */
export async function removeDefinition(
  { kind, path, name }: Removable,
  t: TFunction,
  leave?: () => unknown,
): Promise<void> {
  try {
    const { dependents, records } = await get<Impact>(`${path}/impact`);
    const isUsed = dependents.length > 0;
    const sure = await confirm({
      title: t(`admin.${kind}.removeTitle`, { name }),
      text: isUsed ? (
        <>
          <p>{t('admin.inUse')}</p>
          <ul>
            {dependents.map((dependent) => (
              <li key={dependent} className={style.mono}>
                {dependent}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          <p>{t(`admin.${kind}.impact`, { count: records })}</p>
          <p>{t('admin.fields.comesBack')}</p>
        </>
      ),
      action: t('common.remove'),
      danger: true,
      forbidden: isUsed,
    });
    if (!sure) return;
    await del(path);
    await leave?.();
    await refreshDefinitions();
    showUndo(t(`admin.${kind}.removedOne`, { name }), async () => {
      await post(`${path}/restore`);
      await refreshDefinitions();
    });
  } catch (error) {
    showProblem(error);
  }
}
