// What there is for a reader, by the names under which it is switched off.

export const keys = async (key) => (await import("./keys.js")).press(key);
export const passages = () => import("./passages.js");
export const place = () => import("./reading-place.js");
export const marks = () => import("./highlights.js");
export const quote = () => import("./respond.js");
