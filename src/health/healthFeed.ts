import { Subject } from 'rxjs';

import { type HealthReport } from './report';

/** The outcome of one health check of one data source. */
export interface HealthAnswer {
  uid: string;
  ok: boolean;
  message: string;
  report?: HealthReport;
}

/** Every health check of this page, so that the settings show what Save & test has found out without asking again. */
export const healthAnswers = new Subject<HealthAnswer>();
