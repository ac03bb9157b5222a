import { configure } from '@testing-library/react';
import userEvent, { PointerEventsCheckLevel } from '@testing-library/user-event';

/** A user of the page, without the look into styles before each click (see layout.ts). */
export function testUser() {
  return userEvent.setup({ delay: null, pointerEventsCheck: PointerEventsCheckLevel.Never });
}

// Grafana's lists wait for a pause in typing before they ask; on a busy machine that adds up.
configure({ asyncUtilTimeout: 10_000 });
