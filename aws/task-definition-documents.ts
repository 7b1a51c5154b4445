import {
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { isObject } from '../core/is-object.ts';
import { registrationOf, type TaskDefinitionDocument } from '../core/plan/task-definition-document.ts';
import type { ObservedTaskDefinition } from '../core/vocabulary/observed.types.ts';
import { required } from './answer.ts';
import type { Call, Sender } from './call.ts';
import { keepAnswer, sendAsItIs } from './raw-document.ts';
import { orNoSuchRevision, revisionStatus } from './task-definitions.ts';

export type ReadRevision = { document: TaskDefinitionDocument; status: ObservedTaskDefinition['status'] };

/** What ECS says that it registered, without the tags. */
type RegisteredRevision = { arn: string; document: TaskDefinitionDocument };

/**
 * Whole task definitions, as the command line reads and registers them; the workflow itself needs only a few fields.
 */
export type TaskDefinitionDocuments = {
  /** What to register to get the same again, with its tags; and whether ECS launches it: only an ACTIVE one. */
  read(name: string): Promise<ReadRevision>;
  register(document: TaskDefinitionDocument): Promise<RegisteredRevision>;
};

export const makeTaskDefinitionDocuments = (client: Sender, call: Call): TaskDefinitionDocuments => ({
  async read(name) {
    const what = `read task definition ${name}`;
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: name, include: ['TAGS'] });
    const answered = keepAnswer(command);
    const { taskDefinition, tags } = await orNoSuchRevision(call(client, command, { what }), what);
    const raw = answered()?.taskDefinition;
    const known = required(taskDefinition, 'a task definition', what);
    const document = {
      ...registrationOf(isObject(raw) ? raw : { ...known }),
      ...(tags === undefined || tags.length === 0 ? {} : { tags }),
    };
    return { document, status: revisionStatus(known) };
  },

  async register(document) {
    const what = `register a revision of task definition ${String(document.family)}`;
    // ECS checks the document, and its answer names what is wrong; a lost answer leaves one unused revision behind.
    const command = new RegisterTaskDefinitionCommand(
      document as unknown as RegisterTaskDefinitionCommandInput,
    );
    sendAsItIs(command, document);
    const answered = keepAnswer(command);
    const { taskDefinition } = await call(client, command, { what });
    const raw = answered()?.taskDefinition;
    return {
      arn: required(taskDefinition?.taskDefinitionArn, "the new revision's ARN", what),
      document: registrationOf(isObject(raw) ? raw : { ...taskDefinition }),
    };
  },
});
