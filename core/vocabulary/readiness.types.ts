/**
 * What a rollback at one moment would take and come to. `ready`: blue carries all users, who leave green as soon as the
 * weights are written. `short`: some stay on green until blue is back. `gone`: blue has begun to go or is deleted, and
 * only a new deployment brings its version back. `unknown`: what it depends on could not be read. `none`: there is no
 * blue, as on a first deployment.
 */
export type Readiness = {
  kind: 'ready' | 'short' | 'gone' | 'unknown' | 'none';
  /** Until the last new request has left green, from the alarm's event or the command on, as a rule; null: unknown. */
  seconds: number | null;
  /** The same as long as the APIs answer, with slow starts and a slow load balancer; null: nobody can tell. */
  atMostSeconds: number | null;
  /** Share of today's requests that blue would answer, percent; null: unknown. */
  carriesPct: number | null;
  /** All of it in one sentence. */
  line: string;
};
