import type {
  AddTagsInput,
  DescribeTagsInput,
  DescribeTagsOutput,
  Tag,
  TagDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operations } from '../kernel/fake-client.ts';
import { onlyMembers } from '../kernel/only-members.ts';

type Tags = { set(arn: string, tags: readonly Tag[]): void; operations: Operations };

/** The tags that a world's files describe, and those of what was made during the run. */
export const makeTags = (described: readonly TagDescription[] = []): Tags => {
  const byArn = new Map<string, Tag[]>(
    described.map(({ ResourceArn = '', Tags = [] }) => [ResourceArn, Tags]),
  );
  const set = (arn: string, tags: readonly Tag[]): void => {
    const kept = (byArn.get(arn) ?? []).filter(({ Key }) => !tags.some((tag) => tag.Key === Key));
    byArn.set(arn, [...kept, ...tags]);
  };
  return {
    set,
    operations: {
      AddTags: (input: AddTagsInput) => {
        onlyMembers('AddTags', input, ['ResourceArns', 'Tags']);
        for (const arn of input.ResourceArns ?? []) set(arn, input.Tags ?? []);
        return {};
      },
      DescribeTags: (input: DescribeTagsInput): DescribeTagsOutput => {
        onlyMembers('DescribeTags', input, ['ResourceArns']);
        return {
          TagDescriptions: (input.ResourceArns ?? []).map((ResourceArn) => ({
            ResourceArn,
            Tags: byArn.get(ResourceArn) ?? [],
          })),
        };
      },
    },
  };
};
