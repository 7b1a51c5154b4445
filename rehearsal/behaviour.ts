import { didYouMean } from '../core/did-you-mean.ts';
import type { Behaviour } from '../sim/parts.types.ts';
import { healthy, kinds } from './behaviour-kinds.ts';

/** How a version behaves, as `--version` takes it: a name, and often a value after a colon. */

/** `old` is what runs before, where the version is described by it; absent: it behaves. */
type ParsedBehaviour = { ok: true; behaviour: Behaviour; old?: Behaviour } | { ok: false; message: string };

/** Every behaviour with one line of help, for `--help`. */
export const behaviourNames: readonly { usage: string; help: string }[] = kinds.map(({ usage, help }) => ({
  usage,
  help,
}));

/** Reads what `--version` was given. */
export const parseBehaviour = (text: string): ParsedBehaviour => {
  // `crash-loop@20s` leaves the exit code out, and the colon with it.
  const match = /^([^:@]*)(?::(.*)|(@.*))?$/s.exec(text);
  const name = match?.[1] ?? text;
  const value = match?.[2] ?? match?.[3];
  const named = kinds.filter((candidate) => candidate.name === name);
  const [kind] = named;
  if (kind === undefined) {
    const names = [...new Set(kinds.map((candidate) => candidate.name))];
    const meant = didYouMean(name, names);
    const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    return {
      ok: false,
      message: `expected a behaviour, one of ${names.join(', ')}; found "${text}".${hint}`,
    };
  }

  const departure = named.map(({ read }) => read(value)).find((read) => read !== null) ?? null;
  if (departure === null) {
    const found = value === undefined ? `"${text}" with nothing after it` : `"${value}"`;
    return {
      ok: false,
      message: `expected ${kind.expected} for ${kind.name} (as in ${kind.usage}), found ${found}`,
    };
  }
  const { old, ...own } = departure;
  return {
    ok: true,
    behaviour: { ...healthy, ...own, name: text },
    ...(old === undefined ? {} : { old: { ...healthy, ...old, name: `before ${text}` } }),
  };
};
