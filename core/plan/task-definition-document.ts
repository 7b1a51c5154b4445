import { isObject } from '../is-object.ts';

/** A task definition as AWS's JSON has it: what RegisterTaskDefinition takes, or DescribeTaskDefinition answers. */
export type TaskDefinitionDocument = Readonly<Record<string, unknown>>;

/** What DescribeTaskDefinition adds and RegisterTaskDefinition refuses (ECS API reference, RegisterTaskDefinition). */
const ANSWERED_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
];

/** What to register so that a revision equals the described one, in everything but its number. */
export const registrationOf = (described: TaskDefinitionDocument): TaskDefinitionDocument =>
  Object.fromEntries(
    Object.entries(described).filter(([name, value]) => value !== undefined && !ANSWERED_ONLY.includes(name)),
  );

/**
 * A task definition out of a file: the registration itself, or what `aws ecs describe-task-definition` printed.
 * Null when it is neither.
 */
export const documentIn = (value: unknown): TaskDefinitionDocument | null => {
  if (!isObject(value)) return null;
  const { taskDefinition, tags } = value;
  const inner = isObject(taskDefinition)
    ? { ...taskDefinition, ...(Array.isArray(tags) && tags.length > 0 ? { tags } : {}) }
    : value;
  return typeof inner.family === 'string' && Array.isArray(inner.containerDefinitions)
    ? registrationOf(inner)
    : null;
};

/** One `--image`: without a container it means the only one. */
export type ImageChange = { container: string | null; image: string };

/** Replaces images and nothing else; every change that fits no container is a problem. */
export const withImages = (
  document: TaskDefinitionDocument,
  changes: readonly ImageChange[],
): { document: TaskDefinitionDocument; problems: string[] } => {
  const containers = containersOf(document);
  const names = containers.map(nameIn);
  const problems: string[] = [];
  const images = new Map<string, string>();
  for (const { container, image } of changes) {
    const name = container ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined) {
      problems.push(
        `--image ${image}: expected NAME=IMAGE, because ${String(document.family)} has the containers ` +
          `${names.join(', ')}`,
      );
    } else if (!names.includes(name)) {
      problems.push(
        `--image ${name}=${image}: expected a container of ${String(document.family)} ` +
          `(${names.join(', ')}), found "${name}"`,
      );
    } else if (images.has(name)) problems.push(`--image ${name}: given more than once`);
    else images.set(name, image);
  }
  const containerDefinitions = containers.map((container) => {
    const image = images.get(nameIn(container));
    return image === undefined ? container : { ...container, image };
  });
  return { document: { ...document, containerDefinitions }, problems };
};

/** ECS refuses a container without a name when the document is registered, in its own words. */
const nameIn = ({ name }: Record<string, unknown>): string => (typeof name === 'string' ? name : '');

export const containersOf = ({ containerDefinitions }: TaskDefinitionDocument): Record<string, unknown>[] =>
  Array.isArray(containerDefinitions) ? containerDefinitions.filter(isObject) : [];

/** The image of each container, by the container's name. */
export const imagesIn = (document: TaskDefinitionDocument): Map<string, string> =>
  new Map(containersOf(document).map((container) => [nameIn(container), String(container.image)]));
