import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { queryClient } from '../api/queries.ts';
import type { Definition, Page, RecordShape } from '../api/types.ts';
import { createRecord, removeRecord, saveRecord } from '../api/writes.ts';
import { savedViewsQuery } from './saved-views-query.ts';
import { type Shape, settingsOfSaved, type ViewSettings } from './view-settings.ts';

/** A view that somebody keeps. */
export interface SavedView {
  record: RecordShape;
  id: string;
  name: string;
  owner: string | null;
  sharing: 'private' | 'team' | 'everyone';
  team: readonly string[];
  isDefault: boolean;
  settings: ViewSettings;
}

/** What a person says of a view when saving it. */
export interface ViewNaming {
  name: string;
  sharing: SavedView['sharing'];
  team: readonly string[] | null;
  isDefault?: boolean;
}

export function useSavedViews(object: string, userId: string): { views: readonly SavedView[]; isPending: boolean } {
  const { data, isPending } = useInfiniteQuery({ ...savedViewsQuery(object, userId), select: viewsOf });
  return { views: data ?? nothing, isPending };
}

export async function createView(
  definition: Definition,
  object: string,
  naming: ViewNaming,
  settings: ViewSettings,
): Promise<RecordShape> {
  const { shape, ...kept } = settings;
  const made = await createRecord(definition, { ...namingOf(naming), object, shape, settings: kept });
  // The tab it leads to must be there already.
  await queryClient.invalidateQueries({ queryKey: ['records', 'savedView', 'list'] });
  return made;
}

export function updateView(definition: Definition, view: SavedView, settings: ViewSettings): Promise<RecordShape> {
  const { shape, ...kept } = settings;
  return saveRecord(definition, view.record, { shape, settings: kept });
}

export function renameView(definition: Definition, view: SavedView, naming: ViewNaming): Promise<RecordShape> {
  return saveRecord(definition, view.record, namingOf(naming));
}

export function removeView(definition: Definition, view: SavedView): Promise<string> {
  return removeRecord(definition, view.id);
}

const nothing: readonly SavedView[] = [];

function viewsOf(data: InfiniteData<Page>): SavedView[] {
  return data.pages
    .flatMap((page) => page.items)
    .map((record) => ({
      record,
      id: record.id,
      name: String(record.name),
      owner: (record.owner as string | null) ?? null,
      sharing: record.sharing as SavedView['sharing'],
      team: (record.team as string[] | null) ?? [],
      isDefault: record.isDefault === true,
      settings: settingsOfSaved(record.shape as Shape, record.settings),
    }));
}

/** A member may not say what opens first: only who may sends it. */
function namingOf({ name, sharing, team, isDefault }: ViewNaming): Record<string, unknown> {
  return {
    name,
    sharing,
    team: sharing === 'team' ? (team ?? []) : [],
    ...(isDefault === undefined ? {} : { isDefault }),
  };
}
