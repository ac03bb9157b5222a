import { locationService } from '@grafana/runtime';
import { useEffect } from 'react';

/** Plain links to the workbench's own pages change the address without loading the page again. */
export function useInPageLinks() {
  useEffect(() => {
    document.addEventListener('click', follow);
    return () => document.removeEventListener('click', follow);
  }, []);
}

function follow(event: MouseEvent) {
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  const modified = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!anchor || modified || event.defaultPrevented || anchor.target === '_blank' || anchor.hasAttribute('download')) {
    return;
  }
  const url = new URL(anchor.href, window.location.href);
  const samePage =
    url.pathname === window.location.pathname && url.search === window.location.search && url.hash !== '';
  if (url.origin !== window.location.origin || samePage || /^\/(api|public)\//.test(url.pathname)) {
    return;
  }
  event.preventDefault();
  locationService.push(url.pathname + url.search);
}
