import { DescribeTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { chunks } from '../core/chunks.ts';
import type { TaggedRoute } from '../core/vocabulary/surroundings.types.ts';
import { defined } from './answer.ts';
import type { Call, Sender } from './call.ts';

/** The API takes so many at once (ELBv2 API, DescribeTags). */
const TAGGED_PER_CALL = 20;

/** Tags of listeners, rules and target groups. */
export const readRouteTags = async (
  elbv2: Sender,
  call: Call,
  arns: readonly string[],
  patienceMs?: number,
): Promise<TaggedRoute[]> => {
  const what = `read the tags of ${arns.join(', ')}`;
  const tagged: TaggedRoute[] = [];
  for (const ResourceArns of chunks([...arns], TAGGED_PER_CALL)) {
    const command = new DescribeTagsCommand({ ResourceArns });
    const answer = await call(elbv2, command, { what, ...defined({ patienceMs }) });
    for (const { ResourceArn: arn = '', Tags = [] } of answer.TagDescriptions ?? [])
      tagged.push({ arn, tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])) });
  }
  return tagged;
};
