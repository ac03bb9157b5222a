// Shared with plugins, but never called by the workbench itself.
declare module 'prismjs';
