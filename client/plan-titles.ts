/** The two lists of a plan: one to read, and one to send, which becomes the receipt. Names of their tabs. */
export const planTitles = { order: 'Emission order', emission: 'Emission' } as const;

export type PlanTitle = (typeof planTitles)[keyof typeof planTitles];
