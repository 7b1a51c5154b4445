import { expect, test } from 'vitest';
import { readImages } from '../../../cli/account/revision.ts';

test.each([
  'web=repo/shop:',
  'web=repo/shop@',
  'web=<IMAGE1_NAME>',
  '<IMAGE1_NAME>',
  'web=repo/shop:$TAG',
  'web=repo/shop:1 ',
  'web=',
])('%j is refused: no task could pull it', (text) => {
  expect(() => readImages([text])).toThrow('--image: expected NAME=IMAGE');
});

test.each([
  'repo/shop:9',
  'web=111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:1.42.0',
  'web=localhost:5000/team/shop',
  `web=public.ecr.aws/nginx/nginx@sha256:${'a'.repeat(64)}`,
  'web=Repo/shop:v1_2-x',
])('%s is an image', (text) => {
  expect(readImages([text])).toHaveLength(1);
});
