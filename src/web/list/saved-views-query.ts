import { listQuery } from '../api/queries.ts';

/** Asked while the code of the screen is on its way, so it stands apart from what that code does with the answer. */
export function savedViewsQuery(object: string, userId: string) {
  return listQuery('savedView', {
    // An administrator may see everybody's; tabs are for what concerns the reader.
    filter: {
      object: { is: object },
      or: [
        { owner: { is: userId } },
        { sharing: { is: 'everyone' } },
        { sharing: { is: 'team' }, team: { hasAny: [userId] } },
      ],
    },
    sort: ['name'],
    limit: 100,
  });
}
