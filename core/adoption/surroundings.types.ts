/** Who else writes a route of the users, by its tags. */
export type RouteOwner = { label: string; name: string; does: string; fix: string; reconciles: boolean };

/** What the running revision asks of the instances that it runs on. */
export type TaskFacts = {
  /** As a list in words; null: ECS chooses them, or there are no instances. */
  fixedPorts: string | null;
  /** Each task takes one of its instance's network interfaces. */
  interfaces: boolean;
};
