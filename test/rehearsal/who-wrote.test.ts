import { DeleteTaskSetCommand, UpdateServicePrimaryTaskSetCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { groupArn, listenerArn } from '../../verify/stage/small-names.ts';
import { expectSafe, type Played, type PlayOptions, play, type Scene } from './a-scene.ts';

/** Somebody else writes in the second minute of the first bake; the rollback takes its time. */

const BLUE = groupArn('web', 'a');
const GREEN = groupArn('web', 'b');

const takesWeights = ({ stage }: Scene): void => {
  stage.foreignWrite();
  const groups = [
    { targetGroupArn: BLUE, weight: 70 },
    { targetGroupArn: GREEN, weight: 30 },
  ];
  stage.world.elbv2.foreignWrite(listenerArn('web'), groups, 'terraform apply');
};

/** Long enough behind the load balancer for CloudTrail to have any event. */
const slow = { request: { settle: '20m' } };

const played = (script: (scene: Scene) => void, options: PlayOptions = {}): Promise<Played> =>
  play({
    deployments: [slow],
    ...options,
    script: (scene) => scene.when('Bake', () => script(scene), { afterMs: 90_000 }),
  });

const reasonOf = ({ ends }: Played): string => ends[0]?.outcome?.reason ?? '';

describe('a deployment that found other weights than its own ends with who wrote them', () => {
  test('by name, tool and address, when CloudTrail has the event by then', async () => {
    const run = await played(takesWeights);

    expectSafe(run);
    expect(reasonOf(run)).toMatch(
      /somebody else changed the listener.*; it was infrastructure\/terraform-apply with Terraform\/1\.13\.4 from 203\.0\.113\.24: ModifyListener at \d\d:\d\d:\d\d UTC, CloudTrail event [0-9a-f-]{36}$/,
    );
    expect(run.ends[0]?.outcome?.drift).toMatchObject({
      of: 'weights',
      answer: 'named',
      writer: { identity: 'infrastructure/terraform-apply' },
    });
  });

  test('or that CloudTrail may name him later, when it has not', async () => {
    const run = await played(takesWeights, { deployments: [{}] });

    expectSafe(run);
    expect(reasonOf(run)).toMatch(
      /; CloudTrail does not name who it was, or not yet: an event takes up to 15 minutes$/,
    );
  });

  test.each([
    ['denied', /; who it was is not known: cloudtrail:LookupEvents is not allowed$/],
    ['serverError', /; who it was is not known: CloudTrail could not be read$/],
    ['throttle', /; who it was is not known: CloudTrail could not be read$/],
    ['silent', /; who it was is not known: CloudTrail could not be read$/],
  ] as const)('or why nobody can tell, when the lookup is answered by: %s', async (fault, ends) => {
    const run = await played((scene) => {
      scene.stage.world.kernel.intercept(({ operation }) =>
        operation === 'LookupEvents' ? fault : undefined,
      );
      takesWeights(scene);
    });

    expectSafe(run);
    expect(run.ends.map(({ outcome }) => outcome?.kind)).toEqual(['rolledBack']);
    expect(reasonOf(run)).toMatch(ends);
  });

  test('and so does one whose PRIMARY somebody gave to green, by an end that has nothing else to do with it', async () => {
    const run = await played((scene) => {
      const [green] = scene.stage.world.ecs.taskSets().filter(({ status }) => status !== 'PRIMARY');
      const where = { cluster: 'proof', service: 'web', primaryTaskSet: green?.id ?? '' };
      void scene.stage.world.ecs.client.send(new UpdateServicePrimaryTaskSetCommand(where));
      scene.say('abort');
    });

    expectSafe(run);
    expect(reasonOf(run)).toMatch(
      /; somebody else had taken PRIMARY from blue, which has it again; it was ada with .*: UpdateServicePrimaryTaskSet at/,
    );
    expect(run.ends[0]?.outcome?.drift).toMatchObject({ of: 'primary', answer: 'named' });
  });

  test("and so does one whose green's task set somebody deleted", async () => {
    const run = await played(
      ({ stage }) => {
        const [green] = stage.world.ecs.taskSets().filter(({ status }) => status !== 'PRIMARY');
        const where = { cluster: 'proof', service: 'web', taskSet: green?.id ?? '', force: true };
        void stage.world.ecs.client.send(new DeleteTaskSetCommand(where));
        // A read a moment later may be from before it; in this world it is not.
      },
      { seed: 2 },
    );

    expect(reasonOf(run)).toMatch(
      /somebody else deletes it; it was ada with aws-cli\/2\.31\.0 from 203\.0\.113\.7: DeleteTaskSet/,
    );
  });
});

test('nobody asks CloudTrail when nobody else wrote', async () => {
  let asked = 0;
  const run = await played((scene) => {
    scene.stage.world.kernel.onServed(({ operation }) => {
      if (operation === 'LookupEvents') asked += 1;
    });
    scene.alarm('ALARM');
    scene.at(5 * MINUTE_MS, () => scene.alarm('OK'));
  });

  expect(run.ends.map(({ outcome }) => outcome?.kind)).toEqual(['rolledBack']);
  expect(asked).toBe(0);
});
