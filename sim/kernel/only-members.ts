/** Refuses input members that a fake gives no meaning to: silently ignoring one would hide what AWS does with it. */
export const onlyMembers = (operation: string, input: object, modelled: readonly string[]): void => {
  const stranger = Object.entries(input).find(
    ([name, value]) => value !== undefined && !modelled.includes(name),
  );
  if (stranger !== undefined) throw new Error(`sim does not model ${operation}.${stranger[0]}`);
};
