/**
 * Names of the tabs that show a list: of a plan to read, of one to send, which becomes the receipt, and of what ingestion
 * will do.
 */
export const planTitles = { order: 'Emission order', emission: 'Emission', forecast: 'Forecast' } as const;

export type PlanTitle = (typeof planTitles)[keyof typeof planTitles];
