/** What somebody else wrote during a deployment, in the form in which CloudTrail can be asked who it was. */
export type Drift = {
  /** `weights`: a listener or a rule. `taskSet`: green's task set. `primary`: which of both is PRIMARY. */
  of: 'weights' | 'taskSet' | 'primary';
  /** ARNs and ids, one of which is in the parameters of the call that wrote. */
  resources: string[];
  /** The write came between these times. */
  afterMs: number;
  foundAtMs: number;
  /** The plan's weights were written back, and the deployment continued. */
  writtenBack?: true;
};

/** What CloudTrail is asked about: a drift, or who changed what scales the service, which ends no deployment. */
export type Written = Pick<Drift, 'resources' | 'afterMs' | 'foundAtMs'> & { of: Drift['of'] | 'scaling' };

/** Who made a call, as CloudTrail has it: nobody's proof, but the account's own record. */
export type Writer = {
  /** An IAM user, `ROLE/SESSION`, the root user, or the AWS service that made the call for somebody. */
  identity: string;
  /** The address or the AWS service that it came from. */
  source: string;
  /** What made the call, as it names itself: `Terraform/1.9.5`. */
  tool: string;
  /** e.g. `ModifyRule` */
  operation: string;
  atMs: number;
  /** By which CloudTrail finds it again. */
  eventId: string;
};

/** What CloudTrail answered: `notYet` may be named later, `notAllowed` by somebody who has the permission. */
export type WriterAnswer =
  | { answer: 'named'; writer: Writer }
  | { answer: 'notYet' | 'notAllowed' | 'unreadable'; writer: null };

/** Kept with the end of a deployment that found it. */
export type DriftAtEnd = Drift & WriterAnswer;
