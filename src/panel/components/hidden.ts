import { css } from '@emotion/css';

/** Takes text out of sight but leaves it to screen readers. */
export const getHiddenStyle = () =>
  css({
    position: 'absolute',
    width: 1,
    height: 1,
    margin: -1,
    padding: 0,
    overflow: 'hidden',
    clip: 'rect(0, 0, 0, 0)',
    whiteSpace: 'nowrap',
    border: 0,
  });
