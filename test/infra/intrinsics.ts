/**
 * What CloudFormation would make of a value, given its parameters and, under `Id` and `Id.Attribute`, its resources:
 * just the functions our templates use.
 */
export const evaluate = (
  value: unknown,
  parameters: Record<string, string | string[]>,
): string | string[] => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.flatMap((item) => evaluate(item, parameters));

  const [[name, argument] = ['', undefined]] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref' && typeof argument === 'string' && parameters[argument] !== undefined) {
    return parameters[argument];
  }
  if (name === 'Fn::GetAtt') {
    const attribute = parameters[(argument as [string, string]).join('.')];
    if (attribute !== undefined) return attribute;
  }
  if (name === 'Fn::Join' || name === 'Fn::Split') {
    const [delimiter, of] = argument as [string, unknown];
    const evaluated = evaluate(of, parameters);
    return name === 'Fn::Join'
      ? [evaluated].flat().join(delimiter)
      : [evaluated].flat().join().split(delimiter);
  }
  throw new Error(
    `expected a known Ref or Fn::GetAtt, Fn::Join or Fn::Split, found ${JSON.stringify(value)}`,
  );
};
