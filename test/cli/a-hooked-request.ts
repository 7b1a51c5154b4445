/** A function before green's launch, and a person before its first user. */
export const HOOKED = {
  cluster: 'production',
  service: 'shop',
  taskDefinition: 'shop:42',
  alarms: ['shop-users-suffer'],
  analysis: 'off',
  shifts: [
    { greenPct: 10, bake: '2m' },
    { greenPct: 100, bake: '2m' },
  ],
  hooks: [
    {
      name: 'smoke',
      stages: ['PRE_SCALE_UP'],
      lambda: 'arn:aws:lambda:us-east-1:123456789012:function:smoke:live',
    },
    { name: 'business', stages: ['POST_SCALE_UP'], approval: true, timeout: '2h' },
  ],
};

export const SMOKE_ARN = HOOKED.hooks[0]?.lambda ?? '';
