/** The two lists of a plan, one to read, one to send: names of their tabs. */
export const planTitles = { order: 'Emission order', preview: 'Emission preview' } as const;

export type PlanTitle = (typeof planTitles)[keyof typeof planTitles];
