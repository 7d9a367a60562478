import { PersonScreen } from './person.tsx';
import { UsersScreen } from './users.tsx';

/** Who works here, or one of them: `users/<id>`. */
export function PeopleScreen({ rest: [id] }: { rest: readonly string[] }) {
  return id ? <PersonScreen key={id} id={id} /> : <UsersScreen />;
}
