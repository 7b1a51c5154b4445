import { checkDocument } from '../../aws/check-document.ts';
import { isDeploymentError } from '../../core/errors.ts';
import { oneLine } from '../../core/one-line.ts';
import { withoutDefaults } from '../../core/plan/task-definition-defaults.ts';
import {
  containersOf,
  documentIn,
  type ImageChange,
  type TaskDefinitionDocument,
  withImages,
} from '../../core/plan/task-definition-document.ts';
import { type Difference, differences } from '../../report/document-diff.ts';
import type { Arguments } from '../arguments.ts';
import { exists, isFile, readText } from '../files.ts';
import { UsageError } from '../usage-error.ts';
import type { Account } from './account.ts';
import { orNearest } from './not-there.ts';
import type { Target } from './target.ts';

/** What is to be deployed, as the command line said it. */
export type WantedRevision = {
  /** A file, or a family, family:revision or ARN; null: the running one. */
  taskDefinition: string | null;
  /** What the file holds; null when none is named. */
  asked: TaskDefinitionDocument | null;
  images: ImageChange[];
  /** What in the file was taken for what ECS wants, a line each. */
  notes: string[];
};

/** What a file that cutover.yaml names is called in messages. */
export const CONFIGURED = 'taskDefinition in cutover.yaml';

/** Reads what lies on the disk, so that a wrong file is found before anything is asked of AWS. */
export const readWanted = (
  taskDefinition: string | null,
  images: ImageChange[],
  namedBy: string,
): WantedRevision => {
  if (taskDefinition === null || !namesFile(taskDefinition)) {
    return { taskDefinition, images, asked: null, notes: [] };
  }
  const { document, notes } = readDocument(taskDefinition, namedBy);
  return { taskDefinition, images, asked: document, notes };
};

/** As far as the command line and the file name them. */
export const imagesOf = ({ asked, images }: WantedRevision): string[] => [
  ...images.map(({ image }) => image),
  ...containersOf(asked ?? {}).flatMap(({ image }) => (typeof image === 'string' ? [image] : [])),
];

/** For a service that is only read: a file is read here, a name in the account. */
export const askedFor = (
  named: string | null,
  args: Pick<Arguments, 'text'>,
): TaskDefinitionDocument | string | null => {
  const given = args.text('task-definition') !== undefined;
  return readWanted(named, [], given ? '--task-definition' : CONFIGURED).asked ?? named;
};

/** What to deploy: a revision that exists, or a document that has yet to be registered. */
export type Revision = {
  /** The running revision's ARN; null on a first deployment, or when it could not be read. */
  running: string | null;
  /** Against the running revision; null when there is nothing to compare with. */
  changes: Difference[] | null;
  /** Why nothing could be compared although something may run. */
  unread?: string;
} & ({ kind: 'existing'; taskDefinition: string } | { kind: 'new'; document: TaskDefinitionDocument });

/**
 * An empty tag or a placeholder that nobody filled in (`<IMAGE1_NAME>`, `$TAG`) would only fail when a task pulls it.
 */
const IMAGE =
  /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/i;

/** `web=image:tag`, or `image:tag` where there is one container. An image has no `=` before its digest or tag. */
export const readImages = (texts: readonly string[]): ImageChange[] =>
  texts.map((text) => {
    const named = /^([A-Za-z0-9_-]{1,255})=(\S+)$/.exec(text);
    const [, container, image] = named ?? [];
    if (container !== undefined && image !== undefined && IMAGE.test(image)) return { container, image };
    if (IMAGE.test(text)) return { container: null, image: text };
    throw new UsageError(`--image: expected NAME=IMAGE, found "${oneLine(text)}"`, {
      hint: 'for example --image web=111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1.42.0',
    });
  });

/** Of a file that is to be deployed, with what --image fills in. @throws UsageError for an image that no task can pull */
export const checkImages = ({ taskDefinition, asked, images }: WantedRevision): void => {
  if (asked === null) return;
  const problems = containersOf(withImages(asked, images).document).flatMap(({ name, image }, index) =>
    typeof image === 'string' && !IMAGE.test(image)
      ? [
          `containerDefinitions[${typeof name === 'string' ? name : index}].image: expected an image, found "${oneLine(image)}"`,
        ]
      : [],
  );
  if (problems.length === 0) return;
  throw new UsageError(`${taskDefinition}: no task could pull what it names`, {
    problems,
    hint: 'write the image into the file, or fill it in with --image NAME=IMAGE',
  });
};

/** A path; without .json at its end what is no file is a family, family:revision or ARN. */
const namesFile = (text: string): boolean => isFile(text) || text.endsWith('.json');

const readDocument = (path: string, namedBy: string) => {
  if (!isFile(path)) {
    const found = exists(path) ? 'a directory' : 'nothing';
    throw new UsageError(`${namedBy}: expected a file, found ${found} at ${path}`, {
      hint: 'without .json at its end it is taken for a family, family:revision or ARN',
    });
  }
  const text = readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: expected JSON: ${error instanceof Error ? error.message : error}`);
  }
  const document = documentIn(value);
  if (document === null) {
    throw new UsageError(`${path}: expected a task definition with family and containerDefinitions`, {
      hint: '`aws ecs describe-task-definition --task-definition FAMILY` prints one; its output is taken as it is',
    });
  }
  const checked = checkDocument(document);
  if (checked.problems.length === 0) return checked;
  throw new UsageError(`${path} is not a task definition that ECS takes`, {
    problems: checked.problems,
    hint:
      'nothing was registered; a member that is newer than this release of Cutover can be set by ' +
      'registering the revision with other tools and deploying it by its name',
  });
};

/** Reads what runs and what is asked for, and compares them. Registers nothing. */
export const prepareRevision = async (
  account: Account,
  target: Target,
  wanted: WantedRevision,
): Promise<Revision> => {
  const { taskDefinition, images, asked } = wanted;
  try {
    return await compare(account, target, wanted);
  } catch (error) {
    // Showing what changes is a courtesy where the revision exists: a role that may only start deployments may do that.
    const needed = taskDefinition === null || asked !== null || images.length > 0;
    if (needed || !isDeploymentError(error, 'AccessDenied')) throw error;
    return { kind: 'existing', taskDefinition, running: null, changes: null, unread: error.message };
  }
};

const compare = async (
  account: Account,
  target: Target,
  { taskDefinition, images, asked }: WantedRevision,
): Promise<Revision> => {
  const { documents } = account.verbs();
  const fromFile = asked !== null;
  const running = await runningRevision(account, target);
  if (taskDefinition === null && running === null) {
    throw new UsageError(`${target.words} has no running task set to take the task definition from`, {
      hint: 'name one with --task-definition',
    });
  }

  const before = running === null ? null : (await documents.read(running)).document;
  const base = asked ?? (taskDefinition === null ? before : (await documents.read(taskDefinition)).document);
  if (base === null) throw new Error('unreachable: neither a file, a name nor a running revision');
  const { document, problems } = withImages(base, images);
  if (problems.length > 0) throw new UsageError('--image: not every image has its container', { problems });

  const changes = before === null ? null : changesBetween(before, document);
  const unchanged = running !== null && changes?.length === 0;
  const seen = { running, changes };
  if (unchanged && (fromFile || taskDefinition === null)) {
    return { ...seen, kind: 'existing', taskDefinition: running };
  }
  const asItIs = !fromFile && taskDefinition !== null && changesBetween(base, document).length === 0;
  return asItIs ? { ...seen, kind: 'existing', taskDefinition } : { ...seen, kind: 'new', document };
};

/** Of what ECS would make of both. */
const changesBetween = (before: TaskDefinitionDocument, after: TaskDefinitionDocument): Difference[] =>
  differences(withoutDefaults(before), withoutDefaults(after));

/** The PRIMARY task set's; null when there is none yet. */
export const runningRevision = async (account: Account, target: Target): Promise<string | null> => {
  const { host, verbs } = account;
  const read = verbs().ecsServices.read(target.cluster, target.service);
  const { taskSets } = await orNearest(host, target, read);
  return taskSets.find(({ status }) => status === 'PRIMARY')?.taskDefinitionArn ?? null;
};

/** The name to deploy, and what ECS made something else of than was asked: a member left out, another value. */
type Registered = { taskDefinition: string; altered: Difference[] };

/** The name to deploy; a new document is registered first. */
export const registered = async (account: Account, revision: Revision): Promise<Registered> =>
  revision.kind === 'existing'
    ? { taskDefinition: revision.taskDefinition, altered: [] }
    : registeredDocument(account, revision.document);

export const registeredDocument = async (
  account: Account,
  document: TaskDefinitionDocument,
): Promise<Registered> => {
  try {
    const { arn, document: made } = await account.verbs().documents.register(document);
    const { tags: _tags, ...asked } = document;
    return { taskDefinition: arn, altered: changesBetween(asked, made) };
  } catch (error) {
    // What ECS says about the document is about the person's file or image, not about AWS.
    if (isDeploymentError(error, 'Rejected')) throw new UsageError(error.message);
    throw error;
  }
};
