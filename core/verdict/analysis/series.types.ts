/**
 * What one colour's target group got in one minute. `bad` are the events that count against it, such as 5xx answers.
 */
export type Counts = { requests: number; bad: number };

/** One minute of both colours. Counts are whole numbers, 0 or more; a colour without requests says nothing. */
export type Minute = { blue: Counts; green: Counts };

/** How much worse green may be and still pass: `psi` times blue's rate plus `delta` (a share of requests, 0 to 1). */
export type Margin = { psi: number; delta: number };
