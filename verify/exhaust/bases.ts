import type { Base } from './base.ts';
import { comparedBases } from './bases-compared.ts';
import { forwardBases } from './bases-forward.ts';
import { rollbackBases } from './bases-rollback.ts';

export const bases: readonly Base[] = [...forwardBases, ...rollbackBases, ...comparedBases];

export const baseNamed = (name: string): Base | undefined => bases.find((each) => each.name === name);
