import { describe, expect, test } from 'vitest';
import { ownTaskSet, refuseForeignLabel } from '../../../core/deployment/own-task-set.ts';
import { aFirstDeployment, aPlan, aTaskSet } from '../a-deployment.ts';

const ID = 'web-7-0f3a9c2e11';
const plan = aPlan();
const blue = aTaskSet({ id: plan.blue?.id ?? '', externalId: ID, status: 'PRIMARY' });
const { taskDefinitionArn, targetGroupArn } = plan.green;
const asPlanned = { externalId: ID, status: 'ACTIVE', taskDefinitionArn, targetGroupArn } as const;
const own = aTaskSet({ id: 'ecs-svc/9', ...asPlanned });
const other = aTaskSet({ id: 'ecs-svc/8', externalId: 'web-6-77aa00bb22', status: 'ACTIVE' });

describe('green is', () => {
  test('the task set with the deployment’s id, among others', () => {
    expect(ownTaskSet([other, own], plan, ID)?.id).toBe('ecs-svc/9');
  });

  test('none where nothing carries it', () => {
    expect(ownTaskSet([other], plan, ID)).toBeNull();
  });

  test('never blue, whatever label blue carries', () => {
    expect(ownTaskSet([blue], plan, ID)).toBeNull();
    expect(ownTaskSet([blue, own], plan, ID)?.id).toBe('ecs-svc/9');
  });

  test.each([
    ['runs another version', { taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7' }],
    ['serves another group', { targetGroupArn: 'arn:of:another' }],
    ['is younger', { createdAtMs: own.createdAtMs + 1 }],
  ])('not what somebody else gave the id, where that %s', (_, changes) => {
    const twin = { ...own, id: 'ecs-svc/7', createdAtMs: own.createdAtMs - 1, ...changes };

    expect(ownTaskSet([twin, own], plan, ID)?.id).toBe('ecs-svc/9');
    expect(ownTaskSet([own, twin], plan, ID)?.id).toBe('ecs-svc/9');
  });

  test.each([
    ['runs another version', { taskDefinitionArn: 'arn:aws:ecs:eu-west-1:1:task-definition/shop:7' }],
    ['serves another group', { targetGroupArn: 'arn:of:another' }],
  ])('nothing that somebody else gave the id, also where it is alone and %s', (_, changes) => {
    expect(ownTaskSet([blue, { ...own, ...changes }], plan, ID)).toBeNull();
  });

  test('what carries the id also where there is no blue', () => {
    expect(ownTaskSet([own], aFirstDeployment(), ID)?.id).toBe('ecs-svc/9');
  });
});

describe('before the plan', () => {
  test.each([
    ['the PRIMARY one', blue],
    ['one that is left over', own],
    ['one that drains', { ...own, status: 'DRAINING' as const }],
  ])('a task set with the id is refused: %s', (_, taskSet) => {
    expect(refuseForeignLabel([other, taskSet], ID)).toContain(`found ${taskSet.id} (${taskSet.status})`);
  });

  test('other labels are nobody’s business', () => {
    expect(refuseForeignLabel([other], ID)).toBeNull();
    expect(refuseForeignLabel([], ID)).toBeNull();
  });
});
