import type { MoveKind, MoveNames } from './adoption.types.ts';

/** What marks everything that a move makes: `CLUSTER/SERVICE` of the old service. */
export const MOVE_TAG = 'cutover:moved-from';
/** On the twin: the group that served when the move began. */
export const SERVED_TAG = 'cutover:served-from';
/** On the twin: the old service's second group, if it had one. */
export const SERVED_BESIDE_TAG = 'cutover:served-beside';
/** On the twin: what of the old service's scaling was suspended before. */
export const SUSPENDED_TAG = 'cutover:suspended-before';

/** A request with this header and the twin's name as its value reaches the twin before any user does. */
export const PREVIEW_HEADER = 'x-cutover';

/** Target group names have 32 characters at most [fact 72]; `-green` takes six. */
const GROUP_NAME_BASE = 26;

export const twinNameOf = (old: string): string => `${old}-x`;

export const moveNames = (
  cluster: string,
  old: string,
  twin: string,
  {
    group = null,
    cloudMap = false,
    byDeployment = false,
  }: Partial<Pick<MoveNames, 'group' | 'cloudMap' | 'byDeployment'>> = {},
): MoveNames => {
  // Letters, digits and hyphens, none at an end.
  const base =
    twin.replaceAll('_', '-').replace(/^-+/, '').slice(0, GROUP_NAME_BASE).replace(/-+$/, '') || 'moved';
  return { cluster, old, twin, blue: `${base}-blue`, green: `${base}-green`, group, cloudMap, byDeployment };
};

/**
 * ECS takes letters, digits, underscores and hyphens (API reference, CreateService), 255 of them; the value of the
 * preview rule's header has 128 characters at most [fact 84].
 */
export const SERVICE_NAME = /^[A-Za-z0-9_-]{1,128}$/;

export const markOf = ({ cluster, old }: Pick<MoveNames, 'cluster' | 'old'>): string => `${cluster}/${old}`;

/** What a person types to see where the move is, and with an option behind it to go there. */
export const commandOf = (
  kind: MoveKind,
  { cluster, old, twin, group, cloudMap, byDeployment }: MoveNames,
): string =>
  [
    `cutover ${kind} ${cluster}/${old}`,
    ...(twin === twinNameOf(old) ? [] : [`--name ${twin}`]),
    ...(group === null ? [] : [`--group ${group}`]),
    ...(cloudMap ? ['--cloud-map'] : []),
    ...(byDeployment ? ['--by-deployment'] : []),
  ].join(' ');

/** A token of at most 36 characters [fact 15] that is the same for the same move. */
export const tokenOf = (text: string): string => {
  let hash = 0xcbf29ce484222325n;
  for (const letter of text)
    hash = ((hash ^ BigInt(letter.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return `cutover-${hash.toString(16).padStart(16, '0')}`;
};
