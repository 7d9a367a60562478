export { Derived as Display, NotEditable as Editor } from '../web/derived.tsx';
