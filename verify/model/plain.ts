/**
 * Data as it arrives after it was sent: what JSON keeps of it. It is shared by every state that follows, so nobody
 * may change it.
 */
export const plain = <Value>(value: Value): Value => frozen(JSON.parse(JSON.stringify(value)));

const frozen = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
};
