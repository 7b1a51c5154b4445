/** What a deployment used of the services that charge by use. */
type Usage = {
  /** Step Functions Standard, retries included. */
  transitions: number;
  lambdaInvocations: number;
  lambdaGbSeconds: number;
  /** Write and read request units: 1 KB and 4 KB, consistent reads. */
  dynamoWrites: number;
  dynamoReads: number;
  /** Custom events published. */
  events: number;
  /** Series asked for with GetMetricData. */
  metricsRead: number;
};

/** Dollars. */
type Cost = {
  total: number;
  stepFunctions: number;
  lambda: number;
  dynamoDb: number;
  eventBridge: number;
  cloudWatch: number;
};

/** List prices of us-east-1 in dollars, without free tiers and taxes. */
const PRICES = {
  /** $0.025 per 1,000; aws.amazon.com/step-functions/pricing [fact 97]. */
  transition: 0.025 / 1_000,
  /** $0.20 per million; aws.amazon.com/lambda/pricing [fact 132]. */
  lambdaInvocation: 0.2 / 1_000_000,
  /** arm64, first tier [fact 132]. */
  lambdaGbSecond: 0.000_013_333_4,
  /** On demand, Standard table class, since November 2024; aws.amazon.com/dynamodb/pricing/on-demand. */
  dynamoWrite: 0.625 / 1_000_000,
  dynamoRead: 0.125 / 1_000_000,
  /** $1.00 per million custom events of up to 64 KB; aws.amazon.com/eventbridge/pricing. */
  event: 1 / 1_000_000,
  /** $0.01 per 1,000 metrics, none of them free; aws.amazon.com/cloudwatch/pricing. */
  metricRead: 0.01 / 1_000,
} as const;

/** Millionths of a dollar: a deployment costs fractions of a cent, and less than that says nothing. */
const rounded = (dollars: number): number => Math.round(dollars * 1_000_000) / 1_000_000;

export const price = (usage: Usage): Cost => {
  const stepFunctions = usage.transitions * PRICES.transition;
  const lambda =
    usage.lambdaInvocations * PRICES.lambdaInvocation + usage.lambdaGbSeconds * PRICES.lambdaGbSecond;
  const dynamoDb = usage.dynamoWrites * PRICES.dynamoWrite + usage.dynamoReads * PRICES.dynamoRead;
  const eventBridge = usage.events * PRICES.event;
  const cloudWatch = usage.metricsRead * PRICES.metricRead;
  return {
    total: rounded(stepFunctions + lambda + dynamoDb + eventBridge + cloudWatch),
    stepFunctions: rounded(stepFunctions),
    lambda: rounded(lambda),
    dynamoDb: rounded(dynamoDb),
    eventBridge: rounded(eventBridge),
    cloudWatch: rounded(cloudWatch),
  };
};
