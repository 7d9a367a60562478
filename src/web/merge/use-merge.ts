import { useNavigate } from '@tanstack/react-router';

/** Side by side on one screen: more cannot be compared by anybody. */
export const MOST_MERGED = 20;

/** Opens the screen on which several records become one. */
export function useMerge(object: string): (ids: readonly string[]) => void {
  const navigate = useNavigate();
  return (ids) => void navigate({ to: '/o/$object/merge', params: { object }, search: { ids: ids.join(',') } });
}
