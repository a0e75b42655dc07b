/** Node's own looks at bytes: far faster than any loop of ours, for whole windows of rows. */
export { isAscii, isUtf8 } from 'node:buffer';
